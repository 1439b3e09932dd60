/** The wall screen: paired by somebody else's hand, honest about its age, up from its cache without a network. */
import { afterEach, expect, test, vi } from "vitest";
import { openDisplay, type Display } from "../../src/sync/display.ts";
import { SITE } from "./support/site.ts";
import { Browser, newWorld, type TabEnv, type World } from "./support/world.ts";

const acceptRestart = vi.hoisted(() => vi.fn());
vi.mock("../../src/sync/log.ts", async (original) => ({ ...(await original<object>()), acceptRestart }));

let open: Display[] = [];

async function display(browser: Browser, env: TabEnv = browser.env()): Promise<Display> {
  const screen = await openDisplay(SITE, env);
  open.push(screen);
  return screen;
}

afterEach(async () => {
  await Promise.all(open.map((screen) => screen.close()));
  open = [];
});

function worldWithPosts(): World {
  const world = newWorld();
  world.site.signedIn = false;
  world.site.put("post.pub", "p1", { label: "on_post" });
  return world;
}

/** Confirmed by an administrator; the screen itself does nothing more. */
async function paired(world: World, browser: Browser, env?: TabEnv): Promise<Display> {
  const screen = await display(browser, env);
  await world.until(() => screen.pairing.value?.code === "123456");
  world.site.paired = true;
  await world.until(() => screen.rows("post.pub").value.size === 1);
  return screen;
}

test("a new screen shows a code, and rows as soon as somebody has confirmed it", async () => {
  const world = worldWithPosts();
  const screen = await paired(world, new Browser(world));

  expect(screen.paired.value).toBe(true);
  expect(screen.pairing.value).toBeNull();
});

test("a screen nobody has confirmed asks for its code and nothing else", async () => {
  const world = worldWithPosts();
  const browser = new Browser(world);
  const screen = await display(browser);
  await world.until(() => screen.pairing.value?.code === "123456");
  await world.time.pass(60_000);

  expect(new Set(browser.asked.map((asked) => asked.replace(/[0-9a-f]{32}$/, "{dev}")))).toEqual(
    new Set([`POST /s/${SITE}/displays`, `GET /s/${SITE}/displays/{dev}`]),
  );
});

test("a screen whose clock is a day wrong proves itself by the site's time", async () => {
  const world = worldWithPosts();
  const browser = new Browser(world);
  const env = browser.env();
  env.skew_ms = -86_400_000;

  const screen = await paired(world, browser, env);

  await world.until(() => Math.abs(screen.now() - world.time.now) < 1_000);
});

test("after a power cut without a network it starts from its cache and says how old that is", async () => {
  const world = worldWithPosts();
  const browser = new Browser(world);
  await (await paired(world, browser)).close();
  browser.network = "down";
  await world.time.pass(600_000);

  const screen = await display(browser);

  expect(screen.rows("post.pub").value.size).toBe(1);
  await world.until(() => screen.status.value.state === "offline");
  expect(screen.age()).toBeGreaterThanOrEqual(600_000);
});

test("its age stays young while the site answers, and grows when the line is cut", async () => {
  const world = worldWithPosts();
  const browser = new Browser(world);
  const screen = await paired(world, browser);
  await world.until(() => [...world.site.sessions].some(({ live }) => live));
  for (let i = 0; i < 10; i++) {
    await world.time.pass(3_000);
    await world.settled(browser);
    expect(screen.age()).toBeLessThan(10_000);
  }

  browser.network = "down";
  await world.time.pass(60_000);

  expect(screen.age()).toBeGreaterThan(55_000);
});

test("ten minutes unplugged, fifty changes: two seconds after its return it shows what is", async () => {
  const world = worldWithPosts();
  const browser = new Browser(world);
  const screen = await paired(world, browser);
  browser.network = "down";
  for (const session of world.site.sessions) session.close();
  await world.time.pass(600_000);
  for (let i = 0; i < 50; i++) world.site.put("post.pub", `p${i}`, { label: i % 2 ? "on_post" : "step_away" });

  browser.network = "up";
  const since = world.time.now;
  await world.until(() => screen.rows("post.pub").value.size === 50);

  expect(world.time.now - since).toBeLessThan(3_000);
});

test("a session that ended is renewed without anybody; a screen that was taken away asks for a code again", async () => {
  const world = worldWithPosts();
  const browser = new Browser(world);
  acceptRestart.mockClear();
  const screen = await paired(world, browser);
  world.site.signedIn = false;
  for (const session of world.site.sessions) session.close();
  world.site.put("post.pub", "p2", { label: "covered" });
  await world.until(() => screen.rows("post.pub").value.size === 2);

  world.site.paired = false;
  world.site.signedIn = false;
  for (const session of world.site.sessions) session.close();

  await world.until(() => !screen.paired.value && screen.pairing.value?.code === "123456");
  // Who confirms the code accepts that the evidence log began anew; a session that is renewed accepts nothing.
  expect(acceptRestart.mock.calls).toEqual([[SITE]]);
});
