/** One tab leads; when it closes, freezes or hides another takes over, and what it then still writes does not count (laws I28, I29). */
import { expect, test } from "vitest";
import { reEnrol } from "../../src/sync/reenrol.ts";
import { applyCut } from "../../src/sync/replica.ts";
import { Fenced, getMeta } from "../../src/sync/store.ts";
import { SITE } from "./support/site.ts";
import { Browser, incidents, newWorld, report, type TabEnv, type World } from "./support/world.ts";
import type { Sync } from "../../src/sync/api.ts";

function term(browser: Browser): Promise<number> {
  return browser.store().tx(["meta"], { mode: "readonly" }, async (tx) => (await getMeta(tx, "term")) ?? 0);
}

/** Two tabs of one person; the first leads. */
async function twoTabs(world: World, browser: Browser): Promise<{ tabs: [Sync, Sync]; envs: [TabEnv, TabEnv] }> {
  const envs: [TabEnv, TabEnv] = [browser.env(), browser.env()];
  await (await browser.signIn()).close();
  const first = await browser.openTab(envs[0]);
  await world.settled(browser);
  const second = await browser.openTab(envs[1]);
  await world.until(() => second.status.value.contact_at !== null);
  return { tabs: [first, second], envs };
}

test("two tabs hold one socket, and a record of the tab that follows is sent by the one that leads", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const { tabs } = await twoTabs(world, browser);

  await tabs[1].save("incident.report", report("跟随的"));

  await world.until(() => tabs[1].outbox.value[0]?.state === "applied" && tabs[1].status.value.state === "synced");
  expect(world.site.sessions.size).toBe(1);
  expect(incidents(tabs[0])).toEqual(incidents(tabs[1]));
});

test("when the leader closes, the other leads at once", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const { tabs } = await twoTabs(world, browser);
  const before = await term(browser);

  await tabs[0].close();
  await tabs[1].save("incident.report", report("接班"));

  await world.until(() => tabs[1].outbox.value[0]?.state === "applied");
  expect(await term(browser)).toBe(before + 1);
});

test("a frozen leader is replaced by a visible tab that hears nothing for six seconds", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const { tabs, envs } = await twoTabs(world, browser);
  const before = await term(browser);
  const since = world.time.now;

  envs[0].frozen = true;
  await world.until(async () => (await term(browser)) === before + 1);

  expect(world.time.now - since).toBeGreaterThan(4_000);
  await tabs[1].save("incident.report", report("醒着的"));
  await world.until(() => tabs[1].outbox.value[0]?.state === "applied");
});

test("a leader that was replaced while it waited for an answer can write nothing", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const { tabs } = await twoTabs(world, browser);
  await world.settled(browser);
  const old = await term(browser);
  const { cur, epoch, bh, acked } = await browser.store().tx(["meta"], { mode: "readonly" }, async (tx) => (await getMeta(tx, "sync"))!);
  await tabs[0].close();
  await world.until(async () => (await term(browser)) === old + 1);
  await world.settled(browser);

  const row = { t: "r" as const, b: ["hall"], k: "incident", rid: "i1", v: 1, h: "", d: '{"text":"僵尸"}' };
  const cut = { from: { cur, epoch }, to: { cur: "z", epoch, bh }, reset: false, rows: [row], ack: acked, dur: 0 };
  const zombie = applyCut({ env: browser.env(), store: browser.store(), who: { site: SITE, uid: "lin", dev: tabs[0].dev }, term: old }, cut);

  await expect(zombie).rejects.toBeInstanceOf(Fenced);
  expect(incidents(tabs[1])).toEqual([]);
});

test.each(["its answer comes, then it wakes", "it wakes, then its answer comes"])(
  "a leader frozen for minutes in the middle of a push wakes in the middle of another's: each record once, nothing waits (%s)",
  async (order) => {
    const world = newWorld();
    const browser = new Browser(world);
    const { tabs, envs } = await twoTabs(world, browser);
    const answers: (() => void)[] = [];
    const held = () => (browser.hold = new Promise((resolve) => answers.push(resolve)));
    held();
    await tabs[0].save("incident.report", report("一"));
    await world.until(() => world.site.log.length === 1);
    const before = await term(browser);

    envs[0].frozen = true;
    browser.hold = null;
    await world.until(async () => (await term(browser)) > before);
    await tabs[1].save("incident.report", report("二"));
    await world.until(() => tabs[1].status.value.state === "synced" && world.site.log.length === 2);
    await world.time.pass(240_000);
    held();
    await tabs[1].save("incident.report", report("三"));
    await world.until(() => world.site.log.length === 3);
    const steps = [() => answers[0]!(), () => (envs[0].frozen = false)];
    for (const step of order.startsWith("it wakes") ? steps.reverse() : steps) {
      step();
      await world.time.pass(50);
    }
    const fourth = tabs[0].save("incident.report", report("四"));
    browser.hold = null;
    answers[1]!();
    await fourth;

    await world.until(() => tabs.every((tab) => tab.status.value.state === "synced") && world.site.log.length === 4);
    for (const tab of tabs) expect(tab.outbox.value.map(({ state }) => state)).toEqual(["applied", "applied", "applied", "applied"]);
    for (const tab of tabs) expect(incidents(tab)).toEqual(["一", "三", "二", "四"].sort());
    expect([...world.site.sessions].filter(({ live }) => live)).toHaveLength(1);
    expect(world.site.devices.size).toBe(1);
  },
);

test("a leader that was replaced while it meant to leave its chain makes the site know no other device", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const { tabs } = await twoTabs(world, browser);
  const old = await term(browser);
  await tabs[0].close();
  await world.until(async () => (await term(browser)) === old + 1);
  await world.settled(browser);

  const zombie = reEnrol({ env: browser.env(), store: browser.store(), who: { site: SITE, uid: "lin", dev: tabs[1].dev }, term: old });

  await expect(zombie).rejects.toBeInstanceOf(Fenced);
  expect(world.site.devices.size).toBe(1);
  expect(await browser.store().tx(["meta"], { mode: "readonly" }, (tx) => getMeta(tx, "successor"))).toBeFalsy();
});

test("a hidden leader gives its place to a visible tab", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const { tabs, envs } = await twoTabs(world, browser);
  const before = await term(browser);

  envs[0].show(false);

  await world.until(async () => (await term(browser)) > before);
  await tabs[1].save("incident.report", report("看得见的"));
  await world.until(() => tabs[0].outbox.value[0]?.state === "applied");
});

test("both tabs know of an expired session and of the network, whoever leads", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const { tabs } = await twoTabs(world, browser);

  browser.network = "down";
  for (const session of world.site.sessions) session.close();

  await world.until(() => tabs.every((tab) => tab.status.value.state === "offline"));
  browser.network = "up";
  world.site.signedIn = false;
  await world.until(() => tabs.every((tab) => tab.status.value.login));
});
