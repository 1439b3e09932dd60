/** How soon another tab leads, whenever the one that led falls silent: 8 s after a freeze, 1 s after a close, by virtual time (law I28). */
import { expect, onTestFinished, test } from "vitest";
import { Bus } from "../../src/sync/bus.ts";
import { Election } from "../../src/sync/election.ts";
import type { Store } from "../../src/sync/store.ts";
import { Browser, newWorld, type TabEnv, type World } from "./support/world.ts";

const FROZEN_MS_MAX = 8_000;
const BEAT_MS = 2_000;
const SILENCE_MS = 6_000;
const CLOSED_MS_MAX = 1_000;
const STEP_MS = 50;
const NEWS = () => ({ link: { online: true } as never, quiet_ms: 0, shows: "" });

/** A tab that does nothing but lead or follow. */
class Tab {
  readonly env: TabEnv;
  readonly terms: number[] = [];
  private readonly store: Store;
  private readonly bus: Bus;
  private readonly election: Election;

  constructor(browser: Browser) {
    this.env = browser.env();
    this.store = browser.store();
    this.bus = new Bus(this.env, "tabs");
    const { env, bus, store } = this;
    this.election = new Election({ env, bus, store, news: NEWS, lead: (term) => this.terms.push(term), follow: () => undefined });
    this.election.start();
  }

  get leads(): boolean {
    return this.election.leading && !this.env.frozen;
  }

  /** What it hears of whoever leads. */
  listen(then: () => void): void {
    this.bus.listen(({ t }) => t === "beat" && then());
  }

  close(): void {
    this.election.stop();
    this.bus.close();
    this.store.close();
  }
}

/** So many tabs of one person, opened `apart` ms one after another; the first leads. All are closed when the test ends, before its world. */
async function tabs(world: World, count: number, apart = 10): Promise<Tab[]> {
  const browser = new Browser(world);
  await (await browser.signIn()).close();
  const made: Tab[] = [];
  onTestFinished(() => made.forEach((tab) => tab.close()));
  for (let i = 0; i < count; i++) {
    made.push(new Tab(browser));
    await world.time.pass(0); // it has its lock, or waits for it
    await world.time.pass(apart);
  }
  expect(made.filter(({ leads }) => leads)).toEqual([made[0]]);
  return made;
}

/** Virtual ms until one of these tabs leads. */
async function takeover(world: World, tabs: Tab[]): Promise<number> {
  const since = world.time.now;
  while (!tabs.some(({ leads }) => leads)) {
    expect(world.time.now - since).toBeLessThanOrEqual(FROZEN_MS_MAX);
    await world.time.pass(STEP_MS);
  }
  return world.time.now - since;
}

/** The moments of a beat at which something may happen, and how far apart the tabs were opened. */
const MOMENTS = [5, 205, 605, 1_005, 1_405, 1_805].flatMap((moment) => [10, 905, 1_505, 1_990].map((apart) => [moment, apart] as const));

test.each(MOMENTS)("a leader frozen %i ms after its beat (tabs %i apart) is replaced within eight seconds, not before it was silent for long", async (moment, apart) => {
  const world = newWorld();
  const [first, second] = (await tabs(world, 2, apart)) as [Tab, Tab];
  let heard_at = 0;
  second.listen(() => (heard_at = world.time.now));
  await world.time.pass(moment);

  first.env.frozen = true;
  const took = await takeover(world, [second]);

  expect(took).toBeLessThanOrEqual(FROZEN_MS_MAX);
  expect(took).toBeGreaterThan(4_000);
  expect(world.time.now - heard_at).toBeGreaterThan(SILENCE_MS);
});

test.each(MOMENTS)("a leader closed %i ms after its beat (tabs %i apart) is replaced within a second", async (moment, apart) => {
  const world = newWorld();
  const [first, second] = (await tabs(world, 2, apart)) as [Tab, Tab];
  await world.time.pass(moment);

  first.close();

  expect(await takeover(world, [second])).toBeLessThanOrEqual(CLOSED_MS_MAX);
});

test.each(MOMENTS)("a tab that has given its place away leads within a second when the other closes %i ms later (tabs %i apart)", async (moment, apart) => {
  const world = newWorld();
  const [first, second] = (await tabs(world, 2, apart)) as [Tab, Tab];
  first.env.show(false);
  await takeover(world, [second]);
  first.env.show(true);
  await world.time.pass(moment);

  second.close();

  expect(await takeover(world, [first])).toBeLessThanOrEqual(CLOSED_MS_MAX);
});

test.each(MOMENTS)("a tab whose place was stolen while it was frozen leads within a second of its thaw when the thief has closed %i ms before (tabs %i apart)", async (moment, apart) => {
  const world = newWorld();
  const [first, second] = (await tabs(world, 2, apart)) as [Tab, Tab];
  first.env.frozen = true;
  await takeover(world, [second]);
  second.close();
  await world.time.pass(moment);

  first.env.frozen = false;
  await world.time.pass(0); // it hears that its lock is gone

  expect(await takeover(world, [first])).toBeLessThanOrEqual(CLOSED_MS_MAX);
  expect(first.terms.at(-1)).toBeGreaterThan(second.terms.at(-1)!);
});

test("a leader with nothing to tell tells it every two seconds, which wakes a phone no more often than takeover needs", async () => {
  const world = newWorld();
  const [first, second] = (await tabs(world, 2)) as [Tab, Tab];
  const heard: number[] = [];
  second.listen(() => heard.push(world.time.now));

  await world.time.pass(20 * BEAT_MS);

  expect(heard.length).toBe(20);
  expect(new Set(heard.slice(1).map((at, i) => at - heard[i]!))).toEqual(new Set([BEAT_MS]));
  expect(first.leads).toBe(true);
});

test.each(MOMENTS)("a tab that follows and sleeps for an hour takes nothing from a leader who is awake, thawed %i ms after a beat (tabs %i apart)", async (moment, apart) => {
  const world = newWorld();
  const [first, second] = (await tabs(world, 2, apart)) as [Tab, Tab];
  second.env.frozen = true;
  await world.time.pass(3_600_000 + moment);

  second.env.frozen = false;
  await world.time.pass(30_000);

  expect([first.leads, first.terms.length, second.terms]).toEqual([true, 1, []]);
});

test("of six tabs one replaces a frozen leader, and when the next in the queue is frozen, too, one of the rest does; thawed, they follow", async () => {
  const world = newWorld();
  const all = await tabs(world, 6);
  const [first, second, ...rest] = all as [Tab, Tab, ...Tab[]];

  first.env.frozen = second.env.frozen = true;
  expect(await takeover(world, all)).toBeLessThanOrEqual(FROZEN_MS_MAX);
  await world.time.pass(30_000);
  const [leader, ...more] = rest.filter(({ leads }) => leads);
  expect([leader?.terms.length, more]).toEqual([1, []]);

  first.env.frozen = second.env.frozen = false;
  await world.time.pass(30_000);
  expect(all.filter(({ leads }) => leads)).toEqual([leader]);
  const terms = all.flatMap((tab) => tab.terms);
  expect(new Set(terms).size).toBe(terms.length);
});

test("when the leader closes and the next in the queue is frozen, another leads within eight seconds", async () => {
  const world = newWorld();
  const all = await tabs(world, 3);
  const [first, second] = all as [Tab, Tab];
  second.env.frozen = true;

  first.close();

  expect(await takeover(world, all)).toBeLessThanOrEqual(FROZEN_MS_MAX);
});

test("a tab that is closed leaves no timer, no lock and no channel, whether it led, followed, slept or was about to lead", async () => {
  const world = newWorld();
  const all = await tabs(world, 4);
  all[1]!.env.frozen = true;
  expect([world.time.due, world.browsers.flatMap(({ held }) => held).length]).toEqual([5, 5]);

  all[0]!.close();
  all[1]!.close();
  await world.time.pass(7_000);
  for (const tab of all) tab.close();
  all[1]!.env.frozen = false;
  await world.time.pass(0);

  expect([world.time.due, world.browsers.flatMap(({ held }) => held)]).toEqual([0, []]);
});
