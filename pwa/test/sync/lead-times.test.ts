/** How soon another tab leads, whenever the one that led falls silent: 10 s after a freeze, 1 s after a close, by virtual time (law I28). */
import { expect, test } from "vitest";
import { Bus } from "../../src/sync/bus.ts";
import { Leader } from "../../src/sync/leader.ts";
import { Browser, newWorld, type TabEnv, type World } from "./support/world.ts";

const FROZEN_MS_MAX = 10_000;
const CLOSED_MS_MAX = 1_000;
const STEP_MS = 50;

interface Tab {
  env: TabEnv;
  leader: Leader;
  terms: number[];
}

const NEWS = () => ({ link: { online: true } as never, quiet_ms: 0, shows: "" });

/** So many tabs of one person, opened `apart` ms one after another, which know only of one another; the first leads. */
async function tabs(world: World, count: number, apart = 10): Promise<Tab[]> {
  const browser = new Browser(world);
  await (await browser.signIn()).close();
  const made: Tab[] = [];
  for (let i = 0; i < count; i++) {
    const [env, terms] = [browser.env(), [] as number[]];
    const leader = new Leader({ env, bus: new Bus(env, "tabs"), store: browser.store(), news: NEWS, lead: (term) => terms.push(term), follow: () => undefined });
    made.push({ env, leader, terms });
    leader.start();
    await world.time.pass(0); // it has asked for the lock
    await world.time.pass(apart);
  }
  expect(leading(made)).toEqual([made[0]]);
  return made;
}

function leading(tabs: Tab[]): Tab[] {
  return tabs.filter(({ env, leader }) => leader.leading && !env.frozen);
}

/** Virtual ms until one of these tabs leads. */
async function takeover(world: World, tabs: Tab[]): Promise<number> {
  const since = world.time.now;
  while (!leading(tabs).length) {
    expect(world.time.now - since).toBeLessThanOrEqual(FROZEN_MS_MAX);
    await world.time.pass(STEP_MS);
  }
  return world.time.now - since;
}

/** The moments of a beat at which something may happen, and how far apart the tabs were opened. */
const MOMENTS = [5, 205, 605, 1_005, 1_405, 1_805].flatMap((moment) => [10, 905, 1_990].map((apart) => [moment, apart] as const));

function stop(tabs: Tab[]): void {
  for (const { leader } of tabs) leader.stop();
}

test.each(MOMENTS)("a leader frozen %i ms after its beat (tabs %i apart) is replaced within ten seconds, not before it was silent for long", async (moment, apart) => {
  const world = newWorld();
  const [first, second] = (await tabs(world, 2, apart)) as [Tab, Tab];
  await world.time.pass(moment);

  first.env.frozen = true;
  const took = await takeover(world, [second]);

  expect(took).toBeLessThanOrEqual(FROZEN_MS_MAX);
  expect(took).toBeGreaterThan(4_000);
  stop([first, second]);
});

test.each(MOMENTS)("a leader closed %i ms after its beat (tabs %i apart) is replaced within a second", async (moment, apart) => {
  const world = newWorld();
  const [first, second] = (await tabs(world, 2, apart)) as [Tab, Tab];
  await world.time.pass(moment);

  first.leader.stop();

  expect(await takeover(world, [second])).toBeLessThanOrEqual(CLOSED_MS_MAX);
  stop([second]);
});

test.each(MOMENTS)("a tab that has given its place away leads within a second when the other closes %i ms later (tabs %i apart)", async (moment, apart) => {
  const world = newWorld();
  const [first, second] = (await tabs(world, 2, apart)) as [Tab, Tab];
  first.env.show(false);
  await takeover(world, [second]);
  first.env.show(true);
  await world.time.pass(moment);

  second.leader.stop();

  expect(await takeover(world, [first])).toBeLessThanOrEqual(CLOSED_MS_MAX);
  stop([first]);
});

test("of six tabs one replaces a frozen leader, and one more when the next in the queue is frozen, too", async () => {
  const world = newWorld();
  const all = await tabs(world, 6);
  const [first, second] = all as [Tab, Tab];

  first.env.frozen = second.env.frozen = true;
  expect(await takeover(world, all)).toBeLessThanOrEqual(FROZEN_MS_MAX);
  await world.time.pass(30_000);

  expect(leading(all)).toHaveLength(1);
  const terms = all.flatMap((tab) => tab.terms);
  expect(new Set(terms).size).toBe(terms.length);
  first.env.frozen = second.env.frozen = false;
  await world.time.pass(30_000);
  expect(leading(all)).toHaveLength(1);
  stop(all);
});

test("when the leader closes and the next in the queue is frozen, another leads within ten seconds", async () => {
  const world = newWorld();
  const all = await tabs(world, 3);
  const [first, second] = all as [Tab, Tab];
  second.env.frozen = true;

  first.leader.stop();

  expect(await takeover(world, all)).toBeLessThanOrEqual(FROZEN_MS_MAX);
  stop(all);
});
