/** Chains that break and sites that come back from a backup: nothing is lost, nothing doubles, and a person sees one item per intent (I1, I2, I8, I9, I10). */
import { expect, test } from "vitest";
import type { Sync } from "../../src/sync/api.ts";
import type { Tx } from "../../src/sync/store.ts";
import type { OpBody, RescueFile } from "../../src/sync/types.gen.ts";
import { newSync } from "../../src/sync/upgrade.ts";
import { unsentCount } from "../../src/sync/account.ts";
import { takeAck } from "../../src/sync/acks.ts";
import { converged, disk, opened } from "./support/disk.ts";
import { openRescue, rescueKey } from "./support/rescue.ts";
import { SITE } from "./support/site.ts";
import { Browser, incidents, newWorld, report, turn, type World } from "./support/world.ts";

/** A phone on which `texts` were saved and have arrived. */
async function phone(...texts: string[]): Promise<{ world: World; browser: Browser; sync: Sync }> {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  for (const text of texts) await sync.save("incident.report", report(text));
  await world.until(() => sync.status.value.state === "synced" && world.site.log.length === texts.length);
  await world.until(async () => (await disk(browser)).sync.acked.seq === texts.length);
  return { world, browser, sync };
}

const texts = (log: OpBody[]) => log.map(({ a }) => (a as { text: string }).text);

async function kept(browser: Browser): Promise<OpBody[]> {
  const store = await opened(browser);
  const ops = await store.tx(["outbox"], { mode: "readonly" }, (tx) => tx.objectStore("outbox").getAll());
  return (await store.openOps(ops)).map(({ body }) => JSON.parse(body) as OpBody);
}

/** A copy of everything a browser profile has on its disk, to be put back later. */
async function image(browser: Browser): Promise<() => Promise<void>> {
  const store = browser.store();
  const names = ["meta", "outbox", "rows"] as const;
  const before = await store.tx([...names], { mode: "readonly" }, async (tx) => {
    const all = names.map(async (name) => [name, await tx.objectStore(name).getAllKeys(), await tx.objectStore(name).getAll()] as const);
    return Promise.all(all);
  });
  const [files, notes] = [new Map(browser.files!.files), new Map(browser.notes)];
  return async () => {
    put(files, browser.files!.files);
    put(notes, browser.notes);
    await store.tx([...names], {}, async (tx) => {
      for (const [name, keys, values] of before) {
        const kept = tx.objectStore(name) as unknown as { clear(): Promise<void>; put(value: unknown, key?: unknown): Promise<unknown> };
        await kept.clear();
        for (const [i, value] of values.entries()) await (name === "meta" ? kept.put(value, keys[i]) : kept.put(value));
      }
    });
  };
}

function put(before: Map<string, string>, to: Map<string, string>): void {
  to.clear();
  for (const [name, text] of before) to.set(name, text);
}

test("a site restored from a backup is given what it lost, each record once, and the rows come anew", async () => {
  const { world, browser, sync } = await phone("一", "二", "三");
  world.site.restore(sync.dev, 1, "e2");
  expect(texts(world.site.log)).toEqual(["一"]);

  await sync.save("incident.report", report("四"));

  await world.until(() => world.site.log.length === 4);
  await world.until(() => sync.status.value.state === "synced");
  expect(texts(world.site.log)).toEqual(["一", "二", "三", "四"]);
  await world.until(() => converged(world, browser, sync.dev));
  expect((await disk(browser)).sync.epoch).toBe("e2");
  expect(sync.outbox.value.map(({ state }) => state)).toEqual(["applied", "applied", "applied", "applied"]);
});

test("a restored site that nobody writes to is refilled all the same", async () => {
  const { world, sync } = await phone("一", "二");

  world.site.restore(sync.dev, 0, "e2");

  await world.until(() => world.site.log.length === 2);
  await world.until(() => sync.status.value.state === "synced");
});

test("an answer of the site as it was before its restore, later than rows of the restored one, settles nothing", async () => {
  const { world, browser, sync } = await phone("一");
  let release = (): void => undefined;
  let held = false;
  const fetch = browser.fetch.bind(browser);
  browser.fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (!held && url.includes("/push")) {
      held = true;
      await new Promise<void>((resolve) => (release = resolve));
    }
    return response;
  };
  await sync.save("incident.report", report("二"));
  await world.until(() => world.site.log.length === 2);

  world.site.restore(sync.dev, 1, "e2");
  await world.until(async () => (await disk(browser)).sync.epoch === "e2");
  release();

  await world.until(() => world.site.log.length === 2);
  expect(texts(world.site.log)).toEqual(["一", "二"]);
});

test("a device enrolled after the backup is made known again and sends everything", async () => {
  const { world, sync } = await phone("一", "二");
  world.site.restore(sync.dev, 0, "e2");
  world.site.devices.delete(sync.dev);

  await sync.save("incident.report", report("三"));

  await world.until(() => world.site.log.length === 3);
  await world.until(() => sync.status.value.state === "synced");
});

test("records that are durable and forgotten here make no gap that stops the queue", async () => {
  const { world, browser, sync } = await phone("一", "二", "三");
  const store = browser.store();
  await store.tx(["outbox"], {}, (tx) => tx.objectStore("outbox").delete(1));
  const before = sync.dev;
  // The backup is older than the one that was called durable: its head is a number this phone does not keep any more.
  world.site.restore(sync.dev, 1, "e2");

  await sync.save("incident.report", report("四"));

  await world.until(() => world.site.log.length === 4);
  expect(texts(world.site.log)).toEqual(["一", "二", "三", "四"]);
  expect(sync.dev).not.toBe(before);
});

test("a profile that was rolled back writes its numbers again: the fork is seen, the chain is left, nothing is lost or doubled", async () => {
  const { world, browser, sync } = await phone("一");
  const back = await image(browser);
  await sync.save("incident.report", report("二"));
  await world.until(() => world.site.log.length === 2);
  await sync.close();
  await back();

  const again = await browser.openTab();
  const { id } = await again.save("incident.report", report("三"));

  await world.until(() => world.site.log.length === 3);
  await world.until(() => again.status.value.state === "synced");
  expect(texts(world.site.log)).toEqual(["一", "二", "三"]);
  expect(again.dev).not.toBe(sync.dev);
  expect(world.site.devices.get(sync.dev)!.closed).toBe(true);
  const [first, third] = await kept(browser);
  expect(third).toMatchObject({ id, dev: again.dev, seq: 2, orig: { dev: sync.dev, seq: 2 } });
  expect(first).toMatchObject({ orig: { dev: sync.dev, seq: 1 } });
  expect(again.outbox.value.map(({ id: one, state }) => [one === id, state])).toEqual([[false, "applied"], [true, "applied"]]);
  await world.until(() => converged(world, browser, again.dev));
});

test("a record whose result the site has let go of, and the profile has lost again, is asked for again (I7)", async () => {
  const { world, browser, sync } = await phone();
  browser.network = "down";
  const { id } = await sync.save("incident.report", report("一"));
  const back = await image(browser);
  browser.network = "up";
  await world.until(() => sync.outbox.value[0]?.state === "applied");
  await sync.close();
  world.site.put("op.result", id, null, []);
  await back();
  // The rows come before the push does: their ack names a record whose result is gone.
  const fetch = browser.fetch.bind(browser);
  let cuts = 1;
  browser.fetch = (url, init) => (url.endsWith("/push") && cuts-- > 0 ? Promise.reject(new TypeError("cut")) : fetch(url, init));

  const again = await browser.openTab();

  await world.until(() => again.outbox.value[0]?.state === "applied");
  expect(world.site.log).toHaveLength(1);
  expect(again.dev).toBe(sync.dev);
});

test("a re-signed record keeps its id, its words, its clocks and the code the person was given", async () => {
  const { world, browser, sync } = await phone();
  browser.network = "down";
  const receipt = await sync.save("incident.report", report("原话"));
  const [before] = await kept(browser);
  world.site.nextStop = { code: "fork" };

  browser.network = "up";
  await world.until(() => world.site.log.length === 1);

  const [after] = await kept(browser);
  expect({ ...after, dev: 0, seq: 0, prev: 0, orig: 0 }).toEqual({ ...before, dev: 0, seq: 0, prev: 0, orig: 0 });
  expect(JSON.stringify(after!.clk)).toBe(JSON.stringify(before!.clk));
  await world.until(() => sync.outbox.value[0]!.state === "applied");
  expect(sync.outbox.value).toHaveLength(1);
  expect(sync.outbox.value[0]).toMatchObject({ id: receipt.id, code: receipt.code });
});

test("a refused record still waits for its person after the chain was left, with its reason", async () => {
  const { world, sync } = await phone();
  world.site.decide = () => ({ st: "refused", code: "STALE", cur: 4 });
  const { id } = await sync.save("visit.publish", { text: "" }, { rid: "v1", guard: { v1: 3 } });
  await world.until(() => sync.status.value.state === "attention");
  const before = sync.dev;
  world.site.nextStop = { code: "fork" };
  world.site.decide = () => ({ st: "applied" });
  await sync.save("incident.report", report("后来"));

  await world.until(() => sync.dev !== before && world.site.log.some(({ dev }) => dev === sync.dev));
  await world.until(() => sync.outbox.value.every(({ state }) => state !== "saved" && state !== "sending"));

  expect(sync.outbox.value.find((item) => item.id === id)).toMatchObject({ state: "refused", reason: "STALE", cur: 4 });
  expect(sync.status.value).toMatchObject({ state: "attention", count: 1 });
});

test("what was applied before the chain was left is not laid over the rows a second time", async () => {
  const { world, browser, sync } = await phone("早先的");
  world.site.put("incident", [...sync.rows("incident").value.keys()][0]!, { text: "别人改过" });
  world.site.fanOut();
  await world.until(() => incidents(sync)[0] === "别人改过");
  const seen: string[] = [];
  const before = sync.dev;
  world.site.nextStop = { code: "fork" };
  browser.hold = new Promise((resolve) => world.time.after(200, resolve));
  await sync.save("incident.report", report("新的"));
  for (let i = 0; i < 4_000 && world.site.log.length < 2; i++) {
    seen.push(...incidents(sync));
    await world.time.pass(2);
  }

  expect(sync.dev).not.toBe(before);
  expect(new Set(seen)).toEqual(new Set(["别人改过", "新的"]));
});

/** What the pill says while a restored site tells its rows and takes nothing, and in the end: state, number, and how much the site has. */
async function busyAfter(world: World, browser: Browser, sync: Sync, restored: () => unknown, all = 2): Promise<[string, number, number][]> {
  const { site } = world;
  const said = (): [string, number, number] => [sync.status.value.state, sync.status.value.count, site.log.length];
  const takes = site.fetch.bind(site);
  const busy = () => new Response(JSON.stringify({ type: "busy", status: 503, retry: true }), { status: 503, headers: { "Content-Type": "application/json" } });
  site.fetch = async (path, init) => (path.endsWith("/push") ? busy() : takes(path, init));
  await restored();
  await world.until(async () => (await disk(browser)).sync.epoch === "e2" && (await disk(browser)).sync.cur !== "");
  await world.quiet(browser);
  const meanwhile = said();
  site.fetch = takes;
  await world.until(() => sync.status.value.state === "synced" && site.log.length === all);
  return [meanwhile, said()];
}

test("of a restored site that lacks what an earlier chain had sent nobody is told that it is there (I8, I10)", async () => {
  const { world, browser, sync } = await phone("一");
  world.site.nextStop = { code: "fork" };
  await sync.save("incident.report", report("二"));
  await world.until(() => world.site.log.length === 2 && sync.status.value.state === "synced");

  const said = await busyAfter(world, browser, sync, () => world.site.restore(sync.dev, 0, "e2"));

  expect(said).toEqual([["pending", 2, 0], ["synced", 0, 2]]);
});

test("of a restored site that has another chain here nothing is taken for sent, whatever the one before had answered (I8, I10)", async () => {
  const { world, browser, sync } = await phone("一");
  await sync.save("incident.report", report("二"));
  await world.until(() => world.site.log.length === 2 && sync.status.value.state === "synced");
  const before = sync.dev;

  const said = await busyAfter(world, browser, sync, () => {
    world.site.restore(before, 0, "e2");
    world.site.devices.get(before)!.links.push("f".repeat(64));
  });

  expect(sync.dev).not.toBe(before);
  expect(said).toEqual([["pending", 2, 0], ["synced", 0, 2]]);
});

test("what a late gap took back and rows acknowledge once more is sent (I8)", async () => {
  const [first, second] = [{ seq: 1, hash: "h1" }, { seq: 2, hash: "h2" }];
  const tx = { objectStore: () => ({ get: async () => ({ link: "h2" }) }) } as unknown as Tx;
  const sync = { ...newSync("e1", first), acked: second };

  const next = await takeAck(tx, { site: SITE, uid: "lin", dev: "d" }, sync, { ack: second, dur: 0 }, true);

  expect(next).toMatchObject({ sent: second, acked: second, broken: false });
});

/** A phone whose records 一 二 三 a backup was said to hold, and that keeps 一 no more: of a site put back to 一 alone it knows no link. */
async function forgetful(): Promise<{ world: World; browser: Browser; sync: Sync }> {
  const it = await phone("一", "二", "三");
  const { world, browser } = it;
  world.site.dur = 3;
  world.site.put("incident", "other", { text: "别的" });
  world.site.fanOut();
  await world.until(async () => (await disk(browser)).sync.dur === 3);
  await browser.store().tx(["outbox"], {}, (tx) => tx.objectStore("outbox").delete(1));
  world.site.dur = 1;
  return it;
}

test("of a site put back from a backup older than the one called durable nothing above that is taken for sent (I8, I10)", async () => {
  const { world, browser, sync } = await forgetful();
  const before = sync.dev;

  const said = await busyAfter(world, browser, sync, () => world.site.restore(before, 1, "e2"), 3);

  expect(sync.dev).not.toBe(before);
  expect(said).toEqual([["pending", 2, 1], ["synced", 0, 3]]);
});

test("what a site put back from an older backup lacks counts as unsent and is in the rescue file while nobody can sign in (I1, I10)", async () => {
  const key = await rescueKey();
  const { world, browser, sync } = await forgetful();
  world.site.rescueKey = key.point;
  world.site.signedIn = false;
  world.site.restore(sync.dev, 1, "e2");
  await world.until(() => sync.status.value.login);

  const { id } = await sync.save("incident.report", report("四"));
  await world.until(async () => (await disk(browser)).sync.broken);
  await world.quiet(browser);

  expect(sync.outbox.value.map((item) => [item.id === id, item.state])).toEqual([[false, "saved"], [false, "saved"], [true, "saved"]]);
  expect(await unsentCount(SITE, "lin", browser.env())).toBe(3);
  world.site.signedIn = true;
  browser.fetch = ((fetch) => (url, init) => (url.endsWith("/push") ? Promise.reject(new TypeError("cut")) : fetch(url, init)))(browser.fetch.bind(browser));
  const inside = await openRescue(key, JSON.parse(await (await sync.exportUnsent()).file.text()) as RescueFile);
  expect(inside.ops.map((body) => (JSON.parse(body) as { a: { text: string } }).a.text)).toEqual(["二", "三", "四"]);
});

test("a restored site whose backup is not called durable makes nothing durable that it has (I10)", async () => {
  const { world, browser, sync } = await phone("一", "二");
  world.site.dur = 2;
  world.site.put("incident", "other", { text: "别的" });
  world.site.fanOut();
  await world.until(async () => (await disk(browser)).sync.dur === 2);

  world.site.dur = 0;
  world.site.restore(sync.dev, 2, "e2");
  await world.until(async () => (await disk(browser)).sync.epoch === "e2");

  expect((await disk(browser)).sync).toMatchObject({ dur: 0, sent: { seq: 2 }, broken: false });
});

test("of a site that is restored while a broken chain is left nothing is taken for sent that the one before had answered (I8, I10)", async () => {
  const { world, browser, sync } = await phone("一");
  const { site } = world;
  const before = sync.dev;
  const answers = site.fetch.bind(site);
  site.fetch = async (path, init) => {
    if (path.endsWith("/devices") && site.epoch !== "e2") site.restore(before, 0, "e2");
    return answers(path, init);
  };
  site.nextStop = { code: "fork" };

  const said = await busyAfter(world, browser, sync, () => {
    const restored = site.fetch;
    site.fetch = async (path, init) => (site.epoch !== "e2" && path.endsWith("/push") ? answers : restored)(path, init);
    return sync.save("incident.report", report("二"));
  });

  expect(sync.dev).not.toBe(before);
  expect(said).toEqual([["pending", 2, 0], ["synced", 0, 2]]);
});

test.each([1, 2])("an ack by frame for a link this device never wrote, number %d, breaks the chain; it settles nothing (I8)", async (seq) => {
  const { world, browser, sync } = await phone("我的");
  await world.settled(browser);
  const before = sync.dev;
  const [session] = world.site.sessions;
  const { cur, bh } = (await disk(browser)).sync;

  session!.send({ t: "c", prev: cur, to: cur, bh, rows: [], ack: { seq, hash: "f".repeat(64) }, dur: 0 });

  await world.until(() => sync.dev !== before);
  await world.until(() => sync.status.value.state === "synced");
  expect(world.site.log).toHaveLength(1);
  await world.until(() => converged(world, browser, sync.dev));
});

test("without a session a broken chain waits for a sign-in and goes on recording", async () => {
  const { world, browser, sync } = await phone();
  world.site.signedIn = false;
  world.site.nextStop = { code: "fork" };
  const before = sync.dev;
  await sync.save("incident.report", report("一"));
  await world.until(() => sync.status.value.login);
  await sync.save("incident.report", report("二"));
  expect(sync.dev).toBe(before);
  expect(world.site.log).toHaveLength(0);

  world.site.signedIn = true;
  sync.retry();

  await world.until(() => world.site.log.length === 2);
  expect(world.site.devices.get(before)!.closed).toBe(true);
  expect((await kept(browser)).every(({ dev, orig }) => dev === sync.dev && orig?.dev === before)).toBe(true);
});

test.each(["answers lost", "down"] as const)("a re-enrolment whose answer is lost (%s) goes on with the same key", async (fate) => {
  const { world, browser, sync } = await phone();
  world.site.nextStop = { code: "fork" };
  const fetch = browser.fetch.bind(browser);
  let failed = 0;
  browser.fetch = async (url, init) => {
    if (!url.endsWith("/devices") || failed++ > 2) return fetch(url, init);
    if (fate === "answers lost") await fetch(url, init);
    throw new TypeError("cut");
  };

  await sync.save("incident.report", report("一"));

  await world.until(() => world.site.log.length === 1);
  expect([...world.site.devices.values()]).toHaveLength(2);
});

test("another tab goes on in the new chain: what it saves continues it", async () => {
  const { world, browser, sync } = await phone();
  const other = await browser.openTab();
  world.site.nextStop = { code: "fork" };

  await Promise.all([sync.save("incident.report", report("一")), other.save("incident.report", report("二"))]);
  await world.until(() => world.site.log.length === 2);
  await other.save("incident.report", report("三"));

  await world.until(() => world.site.log.length === 3);
  await world.until(() => other.dev === sync.dev && other.status.value.state === "synced");
  expect(new Set(world.site.log.map(({ dev }) => dev))).toEqual(new Set([sync.dev]));
  expect(world.site.devices.size).toBe(2);
  const ops = await kept(browser);
  expect(ops.map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test("a revoked device hands over what it has, and is told to forget when nothing waits any more", async () => {
  const { world, browser, sync } = await phone("一");
  browser.network = "down";
  for (const text of ["二", "三"]) await sync.save("incident.report", report(text));
  world.site.devices.get(sync.dev)!.revoked = true;
  expect(sync.status.value.wipe).toBe(false);

  browser.network = "up";

  await world.until(() => sync.status.value.wipe);
  expect(texts(world.site.quarantine)).toEqual(["二", "三"]);
});

test.each([0, 1, 2, 3, 4, 5, 6])("a tab opened while another, which closes, leaves a broken chain behind goes on with the new one (%i turns later)", async (turns) => {
  const world = newWorld();
  const browser = new Browser(world);
  const first = await browser.signIn();
  await world.time.pass(0);
  world.site.nextStop = { code: "fork" };
  browser.network = "no sockets";
  for (const text of ["一", "二", "三"]) await first.save("incident.report", report(text));
  for (let n = 0; n < turns; n++) await turn();

  await first.close();
  const second = await browser.openTab();

  await world.until(() => world.site.log.length === 3);
  await world.until(() => second.outbox.value.every(({ state }) => state === "applied"));
});
