/** A snapshot that never begins keeps no phone empty. */
import { expect, test } from "vitest";
import { Browser, incidents, newWorld } from "./support/world.ts";

test.each([
  ["an empty body", false],
  ["an error before the first byte", true],
])("a snapshot that always ends before its first line is left out for pages: %s", async (_, fails) => {
  const world = newWorld();
  world.site.buckets = ["hall", "role:INS", "unit:a"];
  world.site.faces.snapshotFrom = 10;
  for (let i = 0; i < 23; i++) world.site.put("incident", `hall${i}`, { text: `hall ${i}` }, ["hall"]);
  const browser = new Browser(world);
  const fetch = browser.fetch.bind(browser);
  let asked = 0;
  browser.fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (!url.includes("/snapshot/hall")) return response;
    asked += 1;
    const pull = (body: ReadableStreamDefaultController) => (fails ? body.error(new TypeError("net::ERR_CONTENT_DECODING_FAILED")) : body.close());
    return new Response(new ReadableStream({ pull }), { headers: response.headers });
  };
  const sync = await browser.signIn();
  await world.until(() => incidents(sync).length === 23);
  expect(asked).toBeLessThan(10);
});
