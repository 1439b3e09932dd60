/** Sending: in order, once, and believed only on the site's word about this very chain (laws I2, I5, I7, I8, I9; promise 3). */
import { expect, test } from "vitest";
import type { Sync } from "../../src/sync/api.ts";
import { getMeta, putMeta, type SyncState } from "../../src/sync/store.ts";
import { disk } from "./support/disk.ts";
import { Browser, incidents, newWorld, report } from "./support/world.ts";

async function where(browser: Browser): Promise<SyncState> {
  return (await disk(browser)).sync;
}

function states(sync: Sync): string[] {
  return sync.outbox.value.map(({ state }) => state);
}

test("what was saved offline arrives in order once the network is back, and the pill says so", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  browser.network = "down";
  for (const text of ["一", "二", "三"]) await sync.save("incident.report", report(text));
  await world.until(() => sync.status.value.state === "offline");
  expect(sync.status.value.count).toBe(3);

  browser.network = "up";
  await world.until(() => sync.status.value.state === "synced");

  expect(world.site.log.map(({ seq, a }) => [seq, (a as { text: string }).text])).toEqual([[1, "一"], [2, "二"], [3, "三"]]);
  expect(states(sync)).toEqual(["applied", "applied", "applied"]);
  expect(sync.outbox.value[0]).toMatchObject({ grade: "A", received_at: expect.any(Number) });
});

test("a captive portal that answers 200 with a page marks nothing as sent and counts as offline", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => sync.status.value.state === "synced");
  browser.network = "portal";

  await sync.save("incident.report", report("门户"));
  await world.until(() => sync.status.value.state === "offline");

  expect(browser.asked.at(-1)).toMatch(/push|pull/);
  expect(["saved", "sending"]).toContain(states(sync)[0]);
  expect(sync.outbox.value[0]!.received_at).toBeUndefined();
  expect((await where(browser)).sent.seq).toBe(0);
  browser.network = "up";
  await world.until(() => sync.status.value.state === "synced");
  expect(world.site.log).toHaveLength(1);
});

test("a lost answer is asked for again and the record stays one", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => sync.status.value.state === "synced");
  browser.network = "answers lost";
  await sync.save("incident.report", report("一次"));
  await world.until(() => world.site.log.length === 1);

  browser.network = "up";
  await world.until(() => sync.status.value.state === "synced");

  expect(world.site.log).toHaveLength(1);
  expect(states(sync)).toEqual(["applied"]);
  expect(incidents(sync)).toEqual(["一次"]);
});

test("a refused command waits in the tray with its reason until the person settles it, and stays in the outbox", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  world.site.decide = (op) => (op.t === "c" ? { st: "refused", code: "STALE", cur: 4 } : { st: "applied" });

  const { id } = await sync.save("visit.publish", { text: "" }, { rid: "v1", guard: { v1: 3 } });
  await world.until(() => states(sync)[0] === "refused");

  expect(sync.status.value).toMatchObject({ state: "attention", count: 1 });
  expect(sync.outbox.value[0]).toMatchObject({ reason: "STALE", cur: 4 });
  await sync.settle(id, "dropped", "已经发布");
  expect(sync.status.value.state).toBe("synced");
  expect(sync.outbox.value[0]).toMatchObject({ state: "refused", settled: { way: "dropped", reason: "已经发布" } });
});

test("one poisoned record among a hundred is held and named; ninety-nine land", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  browser.network = "down";
  world.site.decide = (op) => (op.seq === 50 ? { st: "held", code: "INTERNAL" } : { st: "applied" });
  for (let i = 1; i <= 100; i++) await sync.save("incident.report", report(`${i}`));

  browser.network = "up";
  await world.until(() => states(sync).filter((state) => state === "applied").length === 99);

  expect(sync.status.value).toMatchObject({ state: "attention", count: 1 });
  expect(sync.outbox.value.find(({ state }) => state === "held")).toMatchObject({ seq: 50, reason: "INTERNAL" });
});

test("a held record that waits for another settles itself and asks nothing of the person", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  world.site.decide = () => ({ st: "held", code: "REF_WAIT" });
  const { id } = await sync.save("incident.tick", { duty: "handling", at: 0 }, { rid: "i1" });
  await world.until(() => states(sync)[0] === "held");
  expect(sync.status.value.state).toBe("synced");

  world.site.put("op.result", id, { seq: 1, k: "incident.tick", rid: "i1", st: "applied", at: 5, grade: "A" }, [`dev:${sync.dev}`]);
  world.site.fanOut();

  await world.until(() => states(sync)[0] === "applied");
});

test("a gap is filled from what the device kept", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  for (const text of ["一", "二"]) await sync.save("incident.report", report(text));
  await world.until(() => sync.status.value.state === "synced" && world.site.log.length === 2);
  world.site.restore(sync.dev, 1, world.site.epoch);

  await sync.save("incident.report", report("三"));

  await world.until(() => world.site.log.length === 3);
  expect(world.site.log.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  await world.until(() => sync.status.value.state === "synced");
});

test("a busy site is asked again when it says so", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  world.site.nextStop = { code: "busy", retry_ms: 400 };

  await sync.save("incident.report", report("忙"));

  await world.until(() => sync.status.value.state === "synced" && world.site.log.length === 1);
});

test("what waits says when it is tried next, until it has been sent", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  expect(sync.status.value.next_at).toBeUndefined();
  browser.network = "down";

  await sync.save("incident.report", report("等"));

  await world.until(() => sync.status.value.next_at !== undefined);
  expect(sync.status.value.next_at).toBeGreaterThan(sync.outbox.value[0]!.saved_at);
  browser.network = "up";
  await world.until(() => sync.status.value.state === "synced");
  expect(sync.status.value.next_at).toBeUndefined();
});

test("three hundred records go in pushes of at most two hundred", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  browser.network = "down";
  for (let i = 0; i < 300; i++) await sync.save("incident.report", report(`${i}`));
  await world.until(() => sync.status.value.state === "offline");
  browser.asked.length = 0;

  browser.network = "up";
  await world.until(() => sync.status.value.state === "synced");

  expect(world.site.log).toHaveLength(300);
  expect(world.site.log.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
});

test("an expired session asks for a sign-in, keeps recording and keeps sending", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => sync.status.value.state === "synced");
  world.site.signedIn = false;
  for (const session of world.site.sessions) session.close();
  await world.until(() => sync.status.value.login);

  await sync.save("incident.report", report("照记"));

  await world.until(() => states(sync)[0] === "applied");
  expect(sync.status.value).toMatchObject({ login: true, problem: "login_required", state: "attention" });
  world.site.signedIn = true;
  sync.retry();
  await world.until(() => sync.status.value.state === "synced" && !sync.status.value.login);
});

test("closed records in a verified backup are forgotten at the next start, but for the last two hundred and those to be dealt with", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  browser.network = "down";
  world.site.decide = (op) => ({ st: op.t === "c" ? "refused" : "applied" });
  await sync.save("visit.publish", { text: "" }, { rid: "v1" });
  for (let i = 1; i < 205; i++) await sync.save("incident.report", report(`${i}`));
  browser.network = "up";
  await world.until(async () => (await where(browser)).acked.seq === 205);
  await sync.close();
  await browser.store().tx(["meta"], {}, async (tx) => putMeta(tx, "sync", { ...(await getMeta(tx, "sync"))!, dur: 205 }));

  await browser.openTab();

  const left = () => browser.store().tx(["outbox"], { mode: "readonly" }, (tx) => tx.objectStore("outbox").getAllKeys());
  await world.until(async () => (await left()).length === 201);
  expect((await left()).slice(0, 2)).toEqual([1, 6]);
});
