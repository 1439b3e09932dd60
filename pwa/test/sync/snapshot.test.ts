/** Large buckets come as files, in chunks that need not be fetched twice, and agree with what pages would have brought (laws I14, I24). */
import { expect, test } from "vitest";
import { CHUNK_ROWS } from "./support/faces.ts";
import { converged, disk } from "./support/disk.ts";
import { Browser, incidents, newWorld, type World } from "./support/world.ts";

const ROWS = 23;

function hall(): World {
  const world = newWorld();
  world.site.buckets = ["hall", "role:INS", "unit:a"];
  world.site.faces.snapshotFrom = 10;
  for (let i = 0; i < ROWS; i++) world.site.put("incident", `hall${i}`, { text: `hall ${i}` }, i % 3 ? ["hall"] : ["hall", "role:INS"]);
  for (let i = 0; i < 12; i++) world.site.put("incident", `ins${i}`, { text: `ins ${i}` }, ["role:INS"]);
  for (let i = 0; i < 4; i++) world.site.put("incident", `a${i}`, { text: `a ${i}` }, ["unit:a"]);
  return world;
}

const ALL = ROWS + 12 + 4;

test("a new phone takes the large buckets as files, the small ones by pages, and ends as the site", async () => {
  const world = hall();
  const browser = new Browser(world);
  const sync = await browser.signIn();

  await world.until(() => incidents(sync).length === ALL);

  await world.settled(browser);
  expect(await converged(world, browser, sync.dev)).toBe(true);
  expect(browser.asked.filter((line) => line.includes("/snapshot/"))).toHaveLength(2);
  expect((await disk(browser)).sync).toMatchObject({ snaps: [], fill: [], have: false });
});

test("what changes and leaves while the files travel is right in the end", async () => {
  const world = hall();
  const browser = new Browser(world);
  const fetch = browser.fetch.bind(browser);
  browser.fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (url.includes("/snapshot/hall")) {
      world.site.put("incident", "hall1", { text: "改了" }, ["hall"]);
      world.site.put("incident", "hall2", null, []);
      world.site.put("incident", "hall3", { text: "只给巡查" }, ["role:INS"]);
    }
    return response;
  };
  const sync = await browser.signIn();

  await world.until(() => incidents(sync).includes("只给巡查") && incidents(sync).length === ALL - 1);

  await world.settled(browser);
  expect(await converged(world, browser, sync.dev)).toBe(true);
});

test("a file cut in the middle, and a phone ended there, goes on after the last whole chunk", async () => {
  const world = hall();
  const browser = new Browser(world);
  const afters: number[] = [];
  let cuts = 1;
  const fetch = browser.fetch.bind(browser);
  browser.fetch = async (url, init) => {
    if (url.includes("/snapshot/hall")) afters.push(Number(new URL(url).searchParams.get("after")));
    const response = await fetch(url, init);
    if (!url.includes("/snapshot/hall") || cuts-- <= 0) return response;
    const lines = (await response.text()).split("\n");
    // Two whole chunks and a half, in two pieces that do not end where lines do.
    const some = lines.slice(0, 2 * CHUNK_ROWS + 5).join("\n");
    const parts = [some.slice(0, 333), some.slice(333)];
    const body = new ReadableStream({
      pull(controller) {
        const part = parts.shift();
        if (part === undefined) controller.error(new TypeError("cut"));
        else controller.enqueue(new TextEncoder().encode(part));
      },
    });
    return new Response(body, { headers: response.headers });
  };
  const sync = await browser.signIn();
  await world.until(async () => (await disk(browser)).sync.snaps[0]?.done === 2);
  await sync.close();

  const again = await browser.openTab();

  await world.until(() => incidents(again).length === ALL);
  await world.settled(browser);
  expect(await converged(world, browser, again.dev)).toBe(true);
  expect(afters.slice(0, 2)).toEqual([0, 2]);
});

test.each([
  ["is gone", (world: World) => (world.site.faces.snapshot = () => undefined)],
  ["always ends in its first chunk", (world: World) => {
    const snapshot = world.site.faces.snapshot.bind(world.site.faces);
    world.site.faces.snapshot = (id, after) => snapshot(id, after)?.slice(0, id.startsWith("hall") ? 3 : undefined);
  }],
  ["always ends in its second chunk", (world: World) => {
    const snapshot = world.site.faces.snapshot.bind(world.site.faces);
    world.site.faces.snapshot = (id, after) => snapshot(id, after)?.slice(0, !id.startsWith("hall") ? undefined : after ? 3 : CHUNK_ROWS + 4);
  }],
  ["is not what it says", (world: World) => {
    const snapshot = world.site.faces.snapshot.bind(world.site.faces);
    world.site.faces.snapshot = (id, after) => snapshot(id, after)?.map((line, i) => (i === CHUNK_ROWS + 3 ? { ...line, h: "00000000000000ff" } : line));
  }],
])("a file that %s is left, and pages bring the bucket", async (_, spoil) => {
  const world = hall();
  spoil(world);
  const browser = new Browser(world);
  const sync = await browser.signIn();

  await world.until(() => incidents(sync).length === ALL);

  await world.settled(browser);
  expect(await converged(world, browser, sync.dev)).toBe(true);
});
