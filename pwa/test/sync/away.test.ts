/** A phone long without its site locks, and hides what is sealed before that; nothing on it is lost (PRV-19, docs/security.md; law I1). */
import { expect, test } from "vitest";
import { openSync } from "../../src/sync/account.ts";
import type { Sync } from "../../src/sync/api.ts";
import { pinState, setPin, unlock, type Whose } from "../../src/sync/pin.ts";
import { signIn } from "../../src/sync/signin.ts";
import { getVault, Overdue } from "../../src/sync/vault.ts";
import { SITE } from "./support/site.ts";
import { Browser, EFFECTS, incidents, newWorld, report, type World } from "./support/world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;

interface Scene {
  world: World;
  browser: Browser;
  sync: Sync;
  mine: Whose;
}

/** A phone of a hall with these rules that has lost its network, with one record unsent. */
async function phone(rules: Record<string, number> = {}): Promise<Scene> {
  const world = newWorld();
  world.site.put("hall", "hall", { rules: { "off.max_offline_days": 30, "off.max_offline_sealed_hours": 24, ...rules } });
  world.site.put("incident", "i1", { text: "别人的" });
  world.site.put("visit", "v1", { text: "暗访" });
  const browser = new Browser(world);
  const sync = await browser.signIn();
  const mine = { env: browser.env(), site: SITE, uid: "lin" };
  await world.until(() => sync.rows("incident").value.size === 1);
  // On a busy machine the rule may be read after the site's last word: it is written down with the next, a silence of a minute later.
  await world.time.pass(2 * MINUTE);
  const days = rules["off.max_offline_days"] ?? 30;
  await world.until(async () => (await getVault(mine.env, SITE, "lin"))?.offline_days === days && !sync.status.value.overdue);
  await world.settled(browser);
  browser.network = "down";
  for (const session of world.site.sessions) session.close();
  await sync.save("incident.report", report("没发出的"));
  return { world, browser, sync, mine };
}

/** Time goes by while the phone lies there; then the app looks again. */
async function pass(world: World, ms: number): Promise<void> {
  world.time.now += ms;
  await world.time.pass(2 * MINUTE);
}

test("thirty days without the site lock a phone that runs; what waits is kept and goes out after a sign-in", async () => {
  const { world, browser, sync, mine } = await phone();
  await pass(world, 29 * DAY);
  expect(sync.status.value.overdue).toBeUndefined();
  await pass(world, DAY);
  await world.until(() => sync.status.value.overdue === true);

  await sync.close();
  await expect(browser.openTab()).rejects.toThrow(Overdue);
  browser.network = "up";
  const { seal } = await signIn(SITE, { persona: "lin" }, browser.env());
  expect((await pinState(mine)).overdue).toBe(false);
  const again = await openSync(SITE, "lin", EFFECTS, browser.env(), seal);
  world.open.push(again);
  await world.until(() => world.site.log.length === 1);
  await world.until(() => incidents(again).join() === "别人的,没发出的");
});

test("the PIN alone does not open it then, and no try is counted", async () => {
  const { world, sync, mine } = await phone({ "off.max_offline_days": 2 });
  await setPin(mine, "271828");
  await sync.close();
  world.time.now += 2 * DAY;

  await expect(unlock(mine, "271828")).rejects.toThrow(Overdue);
  expect(await pinState(mine)).toMatchObject({ overdue: true, spent: false, wait_ms: 0 });
});

test("every contact begins the time anew, and a clock set back a day does not make it longer", async () => {
  const { world, browser, sync, mine } = await phone({ "off.max_offline_days": 2 });
  await pass(world, DAY);
  browser.network = "up";
  sync.retry();
  await world.until(() => world.site.log.length === 1);
  await world.until(async () => world.time.now - (await getVault(mine.env, SITE, "lin"))!.heard_at! < HOUR);
  browser.network = "down";
  await sync.close();

  world.time.now += DAY;
  const tab = await browser.openTab();
  await tab.close();
  world.time.now -= 3 * DAY;
  await expect(browser.openTab()).rejects.toThrow(Overdue);
});

test("sealed rows are hidden after a day without the site and come back with it; others, and what waits, stay in view", async () => {
  const { world, browser, sync } = await phone();
  expect([sync.rows("visit").value.size, sync.veiled.value]).toEqual([1, false]);
  await pass(world, 23 * HOUR);
  expect(sync.rows("visit").value.size).toBe(1);

  await pass(world, HOUR);
  await world.until(() => sync.rows("visit").value.size === 0);
  expect(sync.veiled.value).toBe(true);
  expect(incidents(sync)).toEqual(["别人的", "没发出的"]);

  // A start without a network hides them from the beginning.
  await sync.close();
  const again = await browser.openTab();
  expect([again.rows("visit").value.size, again.veiled.value]).toEqual([0, true]);
  browser.network = "up";
  again.retry();
  await world.until(() => again.rows("visit").value.size === 1);
  expect(again.veiled.value).toBe(false);
});
