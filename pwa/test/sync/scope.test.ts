/** Rights that change: only the difference is dropped and fetched, and what is kept agrees with its sums (laws I13, I17, I19, I23). */
import { expect, test } from "vitest";
import { converged, disk } from "./support/disk.ts";
import { Browser, incidents, newWorld, type World } from "./support/world.ts";

function fill(world: World, bucket: string, count: number): void {
  for (let i = 0; i < count; i++) world.site.put("incident", `${bucket}${i}`, { text: `${bucket} ${i}` }, [bucket]);
}

test("a role that is taken away takes its rows with it and leaves the others alone", async () => {
  const world = newWorld();
  world.site.buckets = ["hall", "role:INS", "role:OFF"];
  fill(world, "hall", 3);
  fill(world, "role:INS", 2);
  world.site.put("incident", "both", { text: "两处" }, ["role:INS", "hall"]);
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => incidents(sync).length === 6);
  await world.settled(browser);
  const before = sync.rows("incident").value.get("hall1");
  browser.asked.length = 0;

  world.site.buckets = ["hall", "role:OFF"];
  world.site.fanOut();
  await world.until(() => incidents(sync).length === 4);

  await world.settled(browser);
  expect(incidents(sync)).toEqual(["hall 0", "hall 1", "hall 2", "两处"]);
  expect(await converged(world, browser, sync.dev)).toBe(true);
  expect(sync.rows("incident").value.get("hall1")).toBe(before);
  expect(browser.asked.filter((line) => line.includes("/pull"))).toHaveLength(2);
  const both = (await disk(browser)).rows.find(({ rid }) => rid === "both");
  expect(both?.buckets).toEqual(["hall"]);
});

test("a role that is given fills its rows over several pages while changes elsewhere go on, and asks for nothing the device has", async () => {
  const world = newWorld();
  world.site.faces.page = 3;
  fill(world, "role:OFF", 8);
  fill(world, "hall", 8);
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => incidents(sync).length === 8);
  await world.settled(browser);
  let seen = 0;
  const fetch = browser.fetch.bind(browser);
  browser.fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (!url.includes("/pull")) return response;
    const text = await response.text();
    seen += text.split("\n").filter((line) => line.includes('"t":"r"')).length;
    if (text.includes('"fill":["role:OFF"]')) world.site.put("incident", "hall0", { text: `hall 0 ${seen}` }, ["hall"]);
    return new Response(text, { headers: response.headers });
  };

  world.site.buckets = ["hall", "role:OFF"];
  world.site.fanOut();
  await world.until(() => incidents(sync).length === 16 && incidents(sync).includes("hall 0 6"));

  await world.until(() => converged(world, browser, sync.dev));
  expect(seen).toBe(8 + 1);
  expect((await disk(browser)).sync).toMatchObject({ fill: [], have: false, buckets: ["hall", "role:OFF", `dev:${sync.dev}`] });
});

test("a role given and taken again in the middle of its filling ends right", async () => {
  const world = newWorld();
  world.site.faces.page = 2;
  fill(world, "role:OFF", 9);
  fill(world, "unit:a", 5);
  fill(world, "hall", 3);
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => incidents(sync).length === 3);

  world.site.buckets = ["hall", "role:OFF"];
  world.site.fanOut();
  await world.until(() => incidents(sync).length > 4);
  world.site.buckets = ["hall", "unit:a"];
  world.site.fanOut();

  await world.until(() => incidents(sync).length === 8);
  await world.until(() => converged(world, browser, sync.dev));
});

test("a page of a fill that is lost on the way is asked for again from where the fill stood", async () => {
  const world = newWorld();
  world.site.faces.page = 2;
  fill(world, "role:OFF", 7);
  fill(world, "hall", 1);
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.settled(browser);
  const fetch = browser.fetch.bind(browser);
  let pulls = 0;
  browser.fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (url.includes("/pull") && ++pulls % 2 === 0) throw new TypeError("cut");
    return response;
  };

  world.site.buckets = ["hall", "role:OFF"];
  world.site.fanOut();

  await world.until(() => incidents(sync).length === 8);
  await world.until(() => converged(world, browser, sync.dev));
});
