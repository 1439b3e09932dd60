/** Rows: one cut or nothing, only forward, the overlay gone in the very moment the truth is there (laws I12, I13, I14, I15, I19, I24). */
import { effect } from "@preact/signals";
import { expect, test } from "vitest";
import type { Sync } from "../../src/sync/api.ts";
import { applyCut, type Cut } from "../../src/sync/replica.ts";
import { converged, disk as stored } from "./support/disk.ts";
import { SITE } from "./support/site.ts";
import { Browser, incidents, newWorld, report, type World } from "./support/world.ts";

function fill(world: World, count: number): void {
  for (let i = 0; i < count; i++) world.site.put("incident", `i${i}`, { text: `${i}`, level: 1 });
  world.site.fanOut();
}

/** A phone whose record the site's rows contain. */
async function withRecord() {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.settled(browser);
  const { rid } = await sync.save("incident.report", report("自己的"));
  await world.until(() => sync.rows("incident").value.get(rid)?.pending === false);
  await world.settled(browser);
  return { world, browser, sync, rid };
}

/** Whether a record was seen as waiting, each time something was drawn. */
function watch(sync: Sync, rid: string): (boolean | undefined)[] {
  const seen: (boolean | undefined)[] = [];
  effect(() => {
    seen.push(sync.rows("incident").value.get(rid)?.pending);
  });
  return seen;
}

test("pages follow one another until the device has everything", async () => {
  const world = newWorld();
  world.site.faces.page = 7;
  fill(world, 40);
  const browser = new Browser(world);
  const sync = await browser.signIn();

  await world.until(() => sync.rows("incident").value.size === 40);
  expect(await converged(world, browser, sync.dev)).toBe(true);
});

test("a frame brings a change of another device at once, and a row that left every bucket goes", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.settled(browser);
  browser.asked.length = 0;

  fill(world, 3);
  await world.until(() => sync.rows("incident").value.size === 3);
  world.site.put("incident", "i1", null);
  world.site.fanOut();
  await world.until(() => sync.rows("incident").value.size === 2);

  expect(browser.asked).toEqual([]);
  expect(await converged(world, browser, sync.dev)).toBe(true);
});

test("a row in two buckets stays until the last of them lets it go", async () => {
  const world = newWorld();
  world.site.buckets = ["hall", "role:INS"];
  const browser = new Browser(world);
  const sync = await browser.signIn();
  world.site.put("incident", "i1", { text: "两处" }, ["hall", "role:INS"]);
  world.site.fanOut();
  await world.until(() => incidents(sync).length === 1);

  world.site.put("incident", "i1", { text: "一处" }, ["role:INS"]);
  world.site.fanOut();
  await world.until(() => incidents(sync)[0] === "一处");
  world.site.put("incident", "i1", null, ["role:INS"]);
  world.site.fanOut();

  await world.until(() => incidents(sync).length === 0);
});

test("a frame that does not continue this cursor is not applied: the device pulls", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.settled(browser);
  const [session] = world.site.sessions;
  world.site.put("incident", "missed", { text: "漏掉的" });
  browser.asked.length = 0;

  // The frame of the first change was lost inside the server: the next one begins where this device is not.
  const ack = world.site.last(sync.dev);
  const row = { t: "r", b: ["hall"], k: "incident", rid: "wrong", v: 1, h: "", d: '{"text":"不该出现"}' };
  session!.send({ t: "c", prev: "elsewhere", to: "further", bh: "0", rows: [row], ack, dur: 0 });

  await world.until(() => incidents(sync).length === 1);
  expect(incidents(sync)).toEqual(["漏掉的"]);
  expect(browser.asked).toContain(`GET /s/${SITE}/pull`);
});

test("a frame for another set of buckets is not applied (rights have changed): the device starts anew", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  world.site.put("incident", "old", { text: "旧权限" });
  world.site.fanOut();
  await world.until(() => incidents(sync).length === 1);

  world.site.buckets = ["role:TEAM"];
  world.site.put("incident", "new", { text: "新权限" }, ["role:TEAM"]);
  world.site.fanOut();

  await world.until(() => incidents(sync)[0] === "新权限");
  expect(incidents(sync)).toEqual(["新权限"]);
});

test("a page that comes after the cursor has moved on is refused whole", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  fill(world, 2);
  await world.until(() => sync.rows("incident").value.size === 2);
  await world.settled(browser);
  const before = await stored(browser);
  const who = { site: SITE, uid: "lin", dev: sync.dev };
  const row = { t: "r" as const, b: ["hall"], k: "incident", rid: "i1", v: 1, h: "", d: '{"text":"过时"}' };
  const to = { cur: "further", epoch: before.sync.epoch, bh: before.sync.bh };
  const late: Cut = { from: { cur: "", epoch: before.sync.epoch }, to, reset: false, rows: [row], ack: before.sync.acked, dur: 0 };

  expect(await applyCut({ env: browser.env(), store: browser.store(), who, term: before.term }, late)).toBeNull();
  const other = { ...late, from: { cur: before.sync.cur, epoch: "e0" } };
  expect(await applyCut({ env: browser.env(), store: browser.store(), who, term: before.term }, other)).toBeNull();

  expect(await stored(browser)).toEqual(before);
});

test("a pull cut before its last line moves nothing", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  fill(world, 5);
  const fetch = browser.fetch.bind(browser);
  let cuts = 0;
  browser.fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (!url.includes("/pull") || cuts >= 3) return response;
    cuts += 1;
    const text = await response.text();
    return new Response(text.slice(0, text.lastIndexOf('{"t":"e"')), { headers: response.headers });
  };
  const sync = await browser.signIn();

  await world.until(() => cuts >= 1 && sync.status.value.state === "offline");
  expect((await stored(browser)).sync.cur).toBe("");
  expect((await stored(browser)).rows.length).toBe(0);
  await world.until(() => sync.rows("incident").value.size === 5);
});

test("a record is in view from its saving on, first as its own, then as the site's, and never gone in between", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => sync.status.value.state === "synced");
  const seen: (boolean | undefined)[] = [];
  const { rid } = await sync.save("incident.report", report("一直在"));
  const stop = effect(() => {
    seen.push(sync.rows("incident").value.get(rid)?.pending);
  });

  await world.until(() => sync.rows("incident").value.get(rid)?.pending === false);
  await world.until(() => sync.status.value.state === "synced");
  stop();

  expect(seen).not.toContain(undefined);
  expect([...new Set(seen)]).toEqual([true, false]);
});

test("a record whose result is known stays in view until the rows that contain it have come", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  browser.network = "no sockets";
  const sync = await browser.signIn();
  await world.until(() => sync.status.value.state === "synced");
  await world.quiet(browser);
  let release = (): void => undefined;
  const fetch = browser.fetch.bind(browser);
  browser.fetch = async (url, init) => {
    if (url.includes("/pull")) await new Promise<void>((resolve) => (release = resolve));
    return fetch(url, init);
  };

  const { rid } = await sync.save("incident.report", report("还没回来"));
  await world.until(() => sync.outbox.value[0]!.state === "applied");
  expect(sync.rows("incident").value.get(rid)).toMatchObject({ pending: true });
  browser.fetch = fetch;
  release();

  await world.until(() => sync.rows("incident").value.get(rid)?.pending === false);
});

test("a record that the first pages do not show yet stays in view until the last has come", async () => {
  const { world, browser, sync, rid } = await withRecord();
  browser.network = "no sockets";
  for (const session of world.site.sessions) session.close();
  const seen = watch(sync, rid);
  world.site.faces.page = 2;

  fill(world, 9);
  const { rid: last } = await sync.save("incident.report", report("在末页"));
  const lastSeen = watch(sync, last);
  await world.until(() => sync.rows("incident").value.get(last)?.pending === false);

  expect([seen, lastSeen].flat()).not.toContain(undefined);
});

test("own records stay in view while everything is fetched anew", async () => {
  const { world, browser, sync, rid } = await withRecord();
  const seen = watch(sync, rid);
  world.site.faces.page = 2;
  fill(world, 9);
  await world.until(() => sync.rows("incident").value.size === 10);
  await world.settled(browser);
  const sizes: number[] = [];
  effect(() => {
    sizes.push(sync.rows("incident").value.size);
  });

  world.site.faces.tooOld = true;
  for (const session of world.site.sessions) session.close();
  sync.retry();
  await world.until(() => Math.min(...sizes) < 10 && sync.rows("incident").value.size === 10);
  await world.until(() => sync.rows("incident").value.get(rid)?.pending === false);

  expect(seen).not.toContain(undefined);
  expect(seen).toContain(true);
});

test("an older version of a row than is here changes nothing: a frame may be older than a repair", async () => {
  const { browser, sync, rid } = await withRecord();
  const { sync: at, term, bodies } = await stored(browser);
  const who = { site: SITE, uid: "lin", dev: sync.dev };
  const here = { cur: at.cur, epoch: at.epoch, bh: at.bh };
  const older = { t: "r" as const, b: ["hall"], k: "incident", rid, v: 0, h: "00000000000000aa" };
  const cut: Cut = { from: here, to: { ...here, cur: "further" }, reset: false, rows: [{ ...older, d: '{"text":"旧"}' }, { ...older, d: null }], ack: at.acked, dur: 0 };

  expect(await applyCut({ env: browser.env(), store: browser.store(), who, term }, cut)).toMatchObject({ cur: "further" });
  expect((await stored(browser)).bodies).toEqual(bodies);
  expect((await stored(browser)).sync.sums).toEqual(at.sums);
});

test("a result that was refused takes the optimistic row away", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  world.site.decide = () => ({ st: "refused", code: "GONE" });

  await sync.save("incident.report", report("不成"));
  expect(incidents(sync)).toEqual(["不成"]);

  await world.until(() => sync.outbox.value[0]!.state === "refused");
  expect(incidents(sync)).toEqual([]);
});

test("rows that did not change keep their identity, so that screens need not redraw them", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  fill(world, 3);
  await world.until(() => sync.rows("incident").value.size === 3);
  const before = sync.rows("incident").value.get("i0");

  world.site.put("incident", "i1", { text: "新" });
  world.site.fanOut();
  await world.until(() => incidents(sync).includes("新"));

  expect(sync.rows("incident").value.get("i0")).toBe(before);
});

test("another incarnation of the site gives all rows anew and keeps what is unsent", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  fill(world, 3);
  await world.until(() => sync.rows("incident").value.size === 3);
  browser.network = "down";
  for (const session of world.site.sessions) session.close();
  await sync.save("incident.report", report("还没发"));

  world.site.epoch = "e2";
  world.site.put("incident", "i2", null);
  browser.network = "up";

  await world.until(() => sync.status.value.state === "synced");
  await world.until(() => incidents(sync).join() === "0,1,还没发");
  expect((await stored(browser)).sync.epoch).toBe("e2");
});

test("a site, or a proxy, that holds no long poll is asked now and then, not without a pause", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  world.site.holds = false;
  browser.network = "no sockets";
  const sync = await browser.signIn();
  const { fetch } = browser;
  // A phone that asks without a pause lets no time pass: this ends it.
  browser.fetch = (url, init) => (browser.asked.length > 500 ? new Promise(() => undefined) : fetch.call(browser, url, init));
  await world.until(() => sync.status.value.state === "synced");
  const before = browser.asked.length;

  await world.time.pass(60_000);
  expect(browser.asked.length - before).toBeLessThan(30);
  fill(world, 2);

  await world.until(() => sync.rows("incident").value.size === 2);
  expect(sync.status.value).toMatchObject({ online: true, state: "synced" });
});

test("a long poll that is held brings rows at once, and one request is enough while nothing changes", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  browser.network = "no sockets";
  const sync = await browser.signIn();
  await world.until(() => sync.status.value.state === "synced");
  await world.time.pass(10_000);
  const before = browser.asked.length;
  await world.time.pass(10_000);
  expect(browser.asked.slice(before)).toEqual([]);

  fill(world, 1);
  await world.time.pass(0);

  expect(sync.rows("incident").value.size).toBe(1);
});

test("without sockets rows come by long poll", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  browser.network = "no sockets";
  const sync = await browser.signIn();
  await world.until(() => sync.status.value.state === "synced");

  fill(world, 2);

  await world.until(() => sync.rows("incident").value.size === 2);
  expect(world.site.sessions.size).toBe(0);
  expect(sync.status.value).toMatchObject({ online: true, state: "synced" });
});
