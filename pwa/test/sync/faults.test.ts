/** Whatever network and tabs do: every confirmed record arrives once, in order, and every tab ends as the site (I1, I2, I3, I13, I35). */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Sync } from "../../src/sync/api.ts";
import { Browser, incidents, newWorld, report, type Network, type World } from "./support/world.ts";

type Step =
  | { do: "save" | "restart" | "other" | "drop sockets" | "second tab" | "retry" }
  | { do: "wait"; ms: number }
  | { do: "network"; is: Network };

const networks = fc.constantFrom<Network>("up", "down", "portal", "answers lost", "no sockets");
const event = fc.constantFrom("restart" as const, "other" as const, "drop sockets" as const, "second tab" as const, "retry" as const);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ do: "save" as const }) },
  { weight: 3, arbitrary: networks.map((is) => ({ do: "network" as const, is })) },
  { weight: 3, arbitrary: fc.nat(3_000).map((ms) => ({ do: "wait" as const, ms })) },
  { weight: 3, arbitrary: event.map((what) => ({ do: what })) },
);

/** One phone living through the steps. */
class Phone {
  readonly confirmed: string[] = [];
  tabs: Sync[] = [];

  constructor(
    private readonly world: World,
    readonly browser: Browser,
  ) {}

  async take(step: Step): Promise<void> {
    const tab = this.tabs[this.tabs.length - 1];
    if (step.do === "save") this.confirmed.push((await tab!.save("incident.report", report(`own ${this.confirmed.length}`))).id);
    if (step.do === "network") this.browser.network = step.is;
    if (step.do === "wait") await this.world.time.pass(step.ms);
    if (step.do === "retry") tab!.retry();
    if (step.do === "drop sockets") for (const session of this.world.site.sessions) session.close();
    if (step.do === "second tab" && this.tabs.length < 3) this.tabs.push(await this.browser.openTab());
    if (step.do === "restart") await this.restart();
    if (step.do === "other") {
      this.world.site.put("incident", `other${this.world.time.now % 3}`, { text: `other ${this.world.time.now}` });
      this.world.site.fanOut();
    }
  }

  private async restart(): Promise<void> {
    for (const tab of this.tabs) await tab.close();
    this.tabs = [await this.browser.openTab()];
  }
}

test("under random faults nothing is lost, doubled or reordered, and nothing stays stuck", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const world = newWorld();
      world.site.page = 3;
      const phone = new Phone(world, new Browser(world));
      phone.tabs = [await phone.browser.signIn()];
      for (const one of steps) await phone.take(one);

      phone.browser.network = "up";
      phone.tabs[0]!.retry();
      await world.until(() => phone.tabs.every((tab) => tab.status.value.state === "synced"));
      const own = (tab: Sync) => incidents(tab).filter((text) => text.startsWith("own"));
      await world.until(() => phone.tabs.every((tab) => own(tab).length === phone.confirmed.length));
      const [{ dev }] = phone.tabs as [Sync];
      const rows = [...world.site.visible(dev)].filter(([key]) => key.startsWith("incident/"));
      const there = rows.map(([, d]) => (JSON.parse(d) as { text: string }).text).sort();
      await world.until(() => phone.tabs.every((tab) => incidents(tab).join() === there.join()));

      expect(world.site.log.map(({ id }) => id)).toEqual(phone.confirmed);
      for (const tab of phone.tabs) await tab.close();
    }),
    { numRuns: 40 },
  );
});
