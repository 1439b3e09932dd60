/** A replica that differs is found by its sums and repaired by leaf; what repair does not cure begins from nothing (laws I20, I21). */
import { expect, test } from "vitest";
import type { Sync } from "../../src/sync/api.ts";
import { leafOf } from "../../src/sync/sums.ts";
import { converged, damage, disk, opened } from "./support/disk.ts";
import { SITE } from "./support/site.ts";
import { Browser, incidents, newWorld, type World } from "./support/world.ts";

const ROWS = 200;

async function phone(): Promise<{ world: World; browser: Browser; sync: Sync }> {
  const world = newWorld();
  for (let i = 0; i < ROWS; i++) world.site.put("incident", `i${i}`, { text: `${i}` });
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => sync.rows("incident").value.size === ROWS);
  await world.settled(browser);
  browser.asked.length = 0;
  return { world, browser, sync };
}

/** Something changes elsewhere while the phone has no socket: the next pull brings it, and the sums. */
async function pull(world: World, browser: Browser, sync: Sync): Promise<void> {
  const before = (await disk(browser)).sync.cur;
  world.site.put("incident", "more", { text: `more ${world.time.now}` });
  for (const session of world.site.sessions) session.close();
  sync.retry();
  await world.until(async () => (await disk(browser)).sync.cur !== before);
  await world.settled(browser);
}

function rowsOf(leaf: number): number {
  return Array.from({ length: ROWS }, (_, i) => leafOf("incident", `i${i}`)).filter((other) => other === leaf).length;
}

test("a row lost from the disk comes back, and only the rows of its leaf travel", async () => {
  const { world, browser, sync } = await phone();
  let came = 0;
  const fetch = browser.fetch.bind(browser);
  browser.fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (!url.includes("/repair")) return response;
    const text = await response.text();
    came = text.split("\n").filter((line) => line.includes('"t":"r"')).length;
    return new Response(text, { headers: response.headers });
  };

  await damage(browser, "i7", null, [ROWS - 1, "0123456789abcdef"]);
  await pull(world, browser, sync);

  expect(browser.asked.filter((line) => line === `POST /s/${SITE}/repair`)).toHaveLength(1);
  expect(came).toBe(rowsOf(leafOf("incident", "i7")));
  expect((await disk(browser)).bodies.get("incident/i7")).toBe('{"text":"7"}');
  expect((await disk(browser)).sync.differs).toEqual({});
});

test("a row that the site does not have in that bucket is taken away by the repair", async () => {
  const { world, browser, sync } = await phone();
  await browser.store().tx(["rows"], {}, async (tx) => {
    const rows = tx.objectStore("rows");
    await rows.put({ ...(await rows.get(["incident", "i7"]))!, rid: "stray", h: "00000000000000ff" });
  });
  await damage(browser, "i7", {}, [ROWS + 1, "0123456789abcdef"]);

  await pull(world, browser, sync);

  await world.until(() => !sync.rows("incident").value.has("stray"));
  expect((await disk(browser)).rows.some(({ rid }) => rid === "stray")).toBe(false);
});

test("a bucket that differs again within a day begins from nothing and is reported; a third time it is only reported", async () => {
  const { world, browser, sync } = await phone();
  await damage(browser, "i7", null, [ROWS, "0000000000000001"]);
  await pull(world, browser, sync);
  expect((await disk(browser)).sync.trouble).toBe("");
  await damage(browser, "i8", null, [ROWS, "0000000000000002"]);
  await pull(world, browser, sync);

  expect(await converged(world, browser, sync.dev)).toBe(true);
  await world.until(() => world.site.devices.get(sync.dev)!.troubles.length === 1);
  expect(world.site.devices.get(sync.dev)!.troubles[0]).toMatch(/^sums hall \d+:[0-9a-f]{16} \d+:[0-9a-f]{16}$/);
  await world.until(async () => (await disk(browser)).sync.trouble === "");
  expect(world.site.faces.repairs).toHaveLength(1);

  // The site itself counts wrong: the phone does not fetch everything for ever.
  const sums = world.site.faces.sums.bind(world.site.faces);
  world.site.faces.sums = (mine) => ({ ...sums(mine), hall: [1, "00000000000000aa"] });
  await pull(world, browser, sync);
  await pull(world, browser, sync);
  await pull(world, browser, sync);
  const asked = browser.asked.filter((line) => line.includes("/pull")).length;
  await pull(world, browser, sync);
  expect(browser.asked.filter((line) => line.includes("/pull")).length - asked).toBeLessThan(3);
  expect(incidents(sync)).toHaveLength(ROWS + 1);
});

test("what is told of a bucket that not everybody has names neither it nor how much is in it (I18)", async () => {
  const { world, browser, sync } = await phone();
  world.site.buckets.push("role:CHECK");
  const sums = world.site.faces.sums.bind(world.site.faces);
  world.site.faces.sums = (mine) => ({ ...sums(mine), "role:CHECK": [3, "00000000000000aa"] });

  for (let n = 0; n < 3; n++) await pull(world, browser, sync);

  await world.until(() => world.site.devices.get(sync.dev)!.troubles.length > 0);
  expect(new Set(world.site.devices.get(sync.dev)!.troubles)).toEqual(new Set(["sums own 0000000000000000 00000000000000aa"]));
});

test("a row whose body the disk has changed is found within its day's share, dropped and fetched again", async () => {
  const { world, browser, sync } = await phone();
  const store = await opened(browser);
  const [other] = await store.seal(['{"text":"别的"}']);
  for (let i = 0; i < ROWS; i++) await damage(browser, `i${i}`, { d: other! });
  expect(await converged(world, browser, sync.dev)).toBe(false);

  await world.time.pass(700_000);
  await world.until(() => world.site.faces.repairs.length === 1);
  await world.settled(browser);

  const right = [...(await disk(browser)).bodies].filter(([key, body]) => body === `{"text":"${key.slice(10)}"}`);
  expect(right.length).toBeGreaterThanOrEqual(1);
  expect(right.length).toBeLessThan(ROWS);
});

test("a row changed on the disk is not sent for while the day's share does not meet it", async () => {
  const { world, browser } = await phone();
  await world.time.pass(700_000);
  await world.until(async () => (await disk(browser)).sync.audited_at > 0);
  const [other] = await (await opened(browser)).seal(['{"text":"别的"}']);
  for (let i = 0; i < ROWS; i++) await damage(browser, `i${i}`, { d: other! });

  await world.time.pass(700_000);

  await world.settled(browser);
  expect(world.site.faces.repairs).toHaveLength(0);
});

test("a row that vanished without a word is missed by the daily count and fetched again", async () => {
  const { world, browser } = await phone();
  await damage(browser, "i7", null);

  await world.time.pass(700_000);

  await world.until(async () => (await disk(browser)).bodies.has("incident/i7"));
  expect(world.site.faces.repairs).toHaveLength(1);
});

test("rows that are whole pass their audit unseen", async () => {
  const { world, browser, sync } = await phone();

  await world.time.pass(700_000);
  await world.until(async () => (await disk(browser)).sync.audited_at > 0);

  expect(await converged(world, browser, sync.dev)).toBe(true);
  expect(world.site.faces.repairs).toHaveLength(0);
});
