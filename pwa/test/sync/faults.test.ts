/**
 * Whatever network, tabs, disks, rights and restored sites do: every confirmed record arrives once, in order, every tab ends as the site, sums are
 * those of the rows, and a record shown is never out of view before its truth is there (I1, I2, I3, I8, I10, I12–I17, I20, I35).
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Sync } from "../../src/sync/api.ts";
import { getMeta, putMeta } from "../../src/sync/store.ts";
import { count, type Sums } from "../../src/sync/sums.ts";
import { converged } from "./support/disk.ts";
import { Browser, incidents, newWorld, report, type Network, type TabEnv, type World } from "./support/world.ts";

type Event =
  | ("restart" | "other" | "drop sockets" | "second tab" | "close first" | "freeze" | "thaw" | "hide" | "show" | "retry")
  | ("rights" | "row lost" | "fork" | "roll back" | "journal cut" | "restore" | "signed out" | "signed in" | "busy" | "gap" | "too old" | "impatient");
type Step =
  | { do: "save" | Event }
  | { do: "wait"; ms: number }
  | { do: "network"; is: Network };

const networks = fc.constantFrom<Network>("up", "down", "portal", "answers lost", "no sockets", "sockets alone");
const usual = fc.constantFrom<Event>("restart", "other", "drop sockets", "second tab", "close first", "freeze", "thaw", "hide", "show", "retry");
const rare = fc.constantFrom<Event>(
  ...(["rights", "row lost", "fork", "roll back", "journal cut", "restore", "signed out", "signed in", "busy", "gap", "too old", "impatient"] as const),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: "save" as const }) },
  { weight: 3, arbitrary: networks.map((is) => ({ do: "network" as const, is })) },
  { weight: 3, arbitrary: fc.nat(3_000).map((ms) => ({ do: "wait" as const, ms })) },
  { weight: 3, arbitrary: usual.map((what) => ({ do: what })) },
  { weight: 3, arbitrary: rare.map((what) => ({ do: what })) },
);

const REFUSED_MS = 300_000;

/** One phone living through the steps. */
class Phone {
  readonly confirmed: string[] = [];
  tabs: Sync[] = [];
  private readonly envs = new Map<Sync, TabEnv>();
  private epochs = 1;
  private cut = false;

  constructor(
    private readonly world: World,
    readonly browser: Browser,
  ) {}

  async open(env = this.browser.env()): Promise<Sync> {
    const tab = await this.browser.openTab(env);
    this.envs.set(tab, env);
    return tab;
  }

  async take(step: Step): Promise<void> {
    const tab = this.tabs[this.tabs.length - 1];
    const { site } = this.world;
    if (step.do === "save") this.confirmed.push((await tab!.save("incident.report", report(`own ${this.confirmed.length}`))).id);
    if (step.do === "network") this.browser.network = step.is;
    if (step.do === "wait") await this.world.time.pass(step.ms);
    if (step.do === "retry") tab!.retry();
    if (step.do === "drop sockets") for (const session of this.world.site.sessions) session.close();
    if (step.do === "second tab" && this.tabs.length < 3) this.tabs.push(await this.open());
    if (step.do === "restart") await this.restart();
    if (step.do === "rights") this.rights();
    if (step.do === "row lost") await this.loseRow();
    if (step.do === "close first" && this.tabs.length > 1) await this.tabs.shift()!.close();
    if (step.do === "freeze" && this.tabs.length > 1) this.envs.get(this.tabs[0]!)!.frozen = true;
    if (step.do === "thaw") this.thaw();
    if (step.do === "hide") this.envs.get(tab!)!.show(false);
    if (step.do === "show") this.show();
    if (step.do === "signed out") site.signedIn = false;
    if (step.do === "signed in") site.signedIn = true;
    if (step.do === "impatient") site.holds = !site.holds;
    if (step.do === "too old") site.faces.tooOld = true;
    if (step.do === "fork") site.nextStop = { code: "fork" };
    if (step.do === "gap") site.nextStop = { code: "gap", want: 1 };
    if (step.do === "busy") site.nextStop = { code: "busy", retry_ms: 500 };
    if (step.do === "restore") this.restore();
    if (step.do === "roll back") await this.rollBack();
    if (step.do === "journal cut") this.cutJournal();
    if (step.do === "other") {
      this.world.site.put("incident", `other${this.world.time.now % 3}`, { text: `other ${this.world.time.now}` });
      this.world.site.fanOut();
    }
  }

  thaw(): void {
    for (const tab of this.browser.tabs) tab.frozen = false;
  }

  show(): void {
    for (const tab of this.browser.tabs) tab.show(true);
  }

  /** A role is given, or taken. */
  private rights(): void {
    const { site } = this.world;
    site.buckets = site.buckets.length > 1 ? ["hall"] : ["hall", "role:OFF"];
    site.put("incident", `office${this.world.time.now % 5}`, { text: `office ${this.world.time.now}` }, ["role:OFF"]);
    site.fanOut();
  }

  /** The disk forgets a row, and the daily look counts anew. */
  private async loseRow(): Promise<void> {
    await this.browser.store().tx(["meta", "rows"], {}, async (tx) => {
      const rows = tx.objectStore("rows");
      const [key] = (await rows.getAllKeys()).filter(([kind]) => kind === "incident");
      if (key) await rows.delete(key);
      const sums: Sums = {};
      for (const row of await rows.getAll()) count(sums, row, 1);
      await putMeta(tx, "sync", { ...(await getMeta(tx, "sync"))!, sums });
    });
  }

  /** The site comes back from a backup that lacks the last few records. */
  private restore(): void {
    const { site } = this.world;
    const { dev } = this.tabs[0]!;
    if (site.devices.has(dev)) site.restore(dev, Math.max(0, site.last(dev).seq - 2), `e${++this.epochs}`);
  }

  /** The browser hands back an older database; the journal is as it was. */
  private async rollBack(): Promise<void> {
    if (this.cut) return;
    for (const tab of this.tabs) await tab.close();
    await this.world.time.pass(0); // what they had begun has ended: a disk changes under a browser that is not there
    const store = this.browser.store();
    await store.tx(["meta", "outbox"], {}, async (tx) => {
      const [head, sync] = [(await getMeta(tx, "head"))!, (await getMeta(tx, "sync"))!];
      const last = await tx.objectStore("outbox").get(head.seq - 1);
      if (!last || sync.sent.seq > last.seq || sync.acked.seq > last.seq) return;
      await tx.objectStore("outbox").delete(head.seq);
      await putMeta(tx, "head", { seq: last.seq, hash: last.link });
    });
    store.close();
    this.tabs = [await this.open()];
    await this.world.until(() => this.tabs[0]!.outbox.value.length === this.confirmed.length);
  }

  /** Only one place at a time: what both have lost is lost (journal.test.ts). */
  private cutJournal(): void {
    this.cut = true;
    const { files } = this.browser.files!;
    for (const [name, text] of files) if (name.endsWith(".journal")) files.set(name, text.slice(0, text.length / 2));
  }

  private async restart(): Promise<void> {
    for (const tab of this.tabs) await tab.close();
    this.tabs = [await this.open()];
  }
}

test("under random faults nothing is lost, doubled or reordered, and nothing stays stuck", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const world = newWorld();
      world.site.faces.page = 3;
      const phone = new Phone(world, new Browser(world));
      await (await phone.browser.signIn()).close();
      phone.tabs = [await phone.open()];
      for (const one of steps) await phone.take(one);

      phone.browser.network = "up";
      phone.thaw();
      phone.show();
      world.site.signedIn = true;
      // A pull compares sums and repairs what the disk has lost.
      for (const session of world.site.sessions) session.close();
      for (const tab of phone.tabs) tab.retry();
      // A no is asked again after five minutes.
      await world.time.pass(REFUSED_MS);
      await world.until(() => world.site.log.length >= phone.confirmed.length);
      await world.until(() => phone.tabs.every((tab) => tab.status.value.state === "synced"));
      const own = (tab: Sync) => incidents(tab).filter((text) => text.startsWith("own"));
      await world.until(() => phone.tabs.every((tab) => own(tab).length === phone.confirmed.length));
      await world.until(() => phone.tabs.every((tab) => tab.dev === phone.tabs[0]!.dev));
      const [{ dev }] = phone.tabs as [Sync];
      await world.until(async () => converged(world, phone.browser, phone.tabs[0]!.dev));
      const rows = [...world.site.visible(dev)].filter(([key]) => key.startsWith("incident/"));
      const there = rows.map(([, d]) => (JSON.parse(d) as { text: string }).text).sort();
      await world.until(() => phone.tabs.every((tab) => incidents(tab).join() === there.join()));

      expect(world.site.log.map(({ id }) => id)).toEqual(phone.confirmed);
      for (const tab of phone.tabs) await tab.close();
    }),
    { numRuns: 40 },
  );
});
