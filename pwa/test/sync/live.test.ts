/** The connection: probes, silence, farewells, hidden pages (PROTOCOL.md §3). */
import { expect, test } from "vitest";
import { Browser, incidents, newWorld, type World } from "./support/world.ts";

async function live(world: World): Promise<void> {
  await world.until(() => [...world.site.sessions].some((session) => session.live));
}

test("a page that comes back to the front finds a dead socket within three seconds and pulls what it missed", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const env = browser.env();
  await (await browser.signIn()).close();
  const sync = await browser.openTab(env);
  await live(world);
  await world.settled(browser);
  // The other end has forgotten this socket without a word, as after a sleep.
  const [session] = world.site.sessions;
  world.site.sessions.clear();
  session!.take = () => Promise.resolve();
  world.site.put("incident", "i1", { text: "睡过了" });
  const since = world.time.now;

  env.show(true);

  await world.until(() => incidents(sync)[0] === "睡过了");
  expect(world.time.now - since).toBeLessThan(4_000);
});

test("a socket silent for a minute is given up and opened again", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await live(world);
  world.site.sessions.clear();
  world.site.put("incident", "i1", { text: "没听见" });

  await world.time.pass(61_000);

  await world.until(() => incidents(sync)[0] === "没听见");
});

test("a poke in place of the greeting is answered with where the device stands, and frames follow", async () => {
  const world = newWorld();
  world.site.pokes = true;
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await live(world);
  await world.settled(browser);

  world.site.put("incident", "i1", { text: "听见了" });
  world.site.fanOut();

  await world.until(() => incidents(sync)[0] === "听见了");
  expect(world.site.sessions.size).toBe(1);
});

test("a farewell is kept: nothing is asked before the time it names", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  await browser.signIn();
  await live(world);
  await world.settled(browser);
  const since = world.time.now;
  const [session] = world.site.sessions;

  session!.send({ t: "bye", code: "restart", after_ms: 10_000, spread_ms: 4_000 });
  await world.until(() => world.site.sessions.size === 0);
  await live(world);

  expect(world.time.now - since).toBeGreaterThanOrEqual(12_000);
});

test("a page nobody has looked at for five minutes leaves, and is back when somebody does", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const env = browser.env();
  await (await browser.signIn()).close();
  const sync = await browser.openTab(env);
  await live(world);

  env.show(false);
  await world.time.pass(301_000);
  await world.until(() => world.site.sessions.size === 0);
  await world.quiet(browser);
  world.site.put("incident", "i1", { text: "回来看" });
  expect(incidents(sync)).toEqual([]);
  env.show(true);

  await world.until(() => incidents(sync)[0] === "回来看");
  await live(world);
});

test("a frame that is no frame ends the connection, not the engine", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await live(world);
  const [session] = world.site.sessions;

  session!.send("not a frame" as unknown as object);
  session!.send({ t: "c" });
  world.site.put("incident", "i1", { text: "照常" });

  await world.until(() => incidents(sync)[0] === "照常");
});

test("a socket that waits for a pull does not keep the pull waiting once the network is back", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  await (await browser.signIn()).close();
  world.site.put("incident", "i1", { text: "别人报的" });
  browser.network = "sockets alone";
  const env = browser.env();
  const sync = await browser.openTab(env);
  await world.until(() => sync.status.value.contact_at === world.time.now);
  // Tries fail, until the wait between two of them is at its longest.
  await world.time.pass(300_000);
  const since = world.time.now;

  browser.network = "up";
  env.show(true);

  await world.until(() => incidents(sync)[0] === "别人报的");
  expect(world.time.now - since).toBeLessThan(1_000);
});
