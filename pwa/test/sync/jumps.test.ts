/** Phones whose clock stands or jumps years away: nothing is forgotten, left unrepaired or unsent for it (I1, I10, I13). */
import { expect, test } from "vitest";
import { converged, damage } from "./support/disk.ts";
import { KEEP_OPS_MIN } from "../../src/sync/fate.ts";
import type { Sync } from "../../src/sync/api.ts";
import { getMeta, putMeta, type SyncState } from "../../src/sync/store.ts";
import { signIn } from "../../src/sync/signin.ts";
import { SITE } from "./support/site.ts";
import { Browser, newWorld, report, type TabEnv, type World } from "./support/world.ts";

const DAY_MS = 86_400_000;
const AWAY_MS = 40 * DAY_MS;
const DECADE_MS = 3_652 * DAY_MS;

async function phone(skew_ms = 0): Promise<{ world: World; browser: Browser; env: TabEnv; sync: Sync }> {
  const world = newWorld();
  for (let i = 0; i < 20; i++) world.site.put("incident", `i${i}`, { text: `${i}` });
  const browser = new Browser(world);
  const { env, sync } = await open(browser, skew_ms);
  await world.until(() => sync.rows("incident").value.size === 20);
  await world.settled(browser);
  return { world, browser, env, sync };
}

/** 林 signs in on a phone whose clock stands so far away: a jump has locked the vault. */
async function open(browser: Browser, skew_ms: number): Promise<{ env: TabEnv; sync: Sync }> {
  const env = browser.env();
  env.skew_ms = skew_ms;
  const account = await signIn(SITE, { persona: "lin" }, env);
  return { env, sync: await browser.openTab(env, account) };
}

/** Where the phone stands; a clock that has jumped locks the vault, which this needs not. */
function stands(browser: Browser): Promise<SyncState> {
  return browser.store().tx(["meta"], { mode: "readonly" }, async (tx) => (await getMeta(tx, "sync"))!);
}

/** Something changes elsewhere while the phone has no socket: the next pull brings it, and the sums. */
async function pull(world: World, browser: Browser, sync: Sync): Promise<void> {
  const before = (await stands(browser)).cur;
  world.site.put("incident", "more", { text: `more ${world.time.now}` });
  for (const session of world.site.sessions) session.close();
  sync.retry();
  await world.until(async () => (await stands(browser)).cur !== before);
  await world.settled(browser);
}

/** The phone lies there, and is looked at again. */
async function later(world: World, ms: number): Promise<void> {
  world.time.now += ms;
  await world.time.pass(700_000);
}

test("what the site has in no backup stays on a phone whose clock stands forty days ahead, and refills a restored site", async () => {
  const { world, browser, sync } = await phone(AWAY_MS);
  for (let i = 0; i < KEEP_OPS_MIN + 3; i++) await sync.save("incident.report", report(`${i}`));
  await world.until(() => sync.status.value.state === "synced" && world.site.log.length === KEEP_OPS_MIN + 3);
  await world.until(async () => (await stands(browser)).acked.seq === KEEP_OPS_MIN + 3);
  await sync.close();

  const { sync: again } = await open(browser, AWAY_MS);
  await world.settled(browser);
  world.site.restore(again.dev, 1, "e2");
  await again.save("incident.report", report("最后"));

  await world.until(() => world.site.log.length === KEEP_OPS_MIN + 4);
});

test("what the site has in no backup stays when the clock jumps ten years ahead, and goes after thirty days of the site", async () => {
  const { world, browser, sync } = await phone();
  for (let i = 0; i < KEEP_OPS_MIN + 3; i++) await sync.save("incident.report", report(`${i}`));
  await world.until(async () => (await stands(browser)).acked.seq === KEEP_OPS_MIN + 3);
  await sync.close();
  const kept = async (skew_ms: number): Promise<number> => {
    const { sync: again } = await open(browser, skew_ms);
    await world.settled(browser);
    await again.close();
    return browser.store().tx(["outbox"], { mode: "readonly" }, (tx) => tx.objectStore("outbox").count());
  };

  expect(await kept(DECADE_MS)).toBe(KEEP_OPS_MIN + 3);
  world.time.now += 31 * DAY_MS;
  await kept(0); // hears what time it is
  expect(await kept(0)).toBeLessThan(KEEP_OPS_MIN + 3);
});

test("a bucket that was repaired and fetched anew while the clock stood years ahead is repaired again afterwards", async () => {
  const { world, browser, env, sync } = await phone(DECADE_MS);
  for (const rid of ["i7", "i8"]) {
    await damage(browser, rid, null, [20, "0000000000000001"]);
    await pull(world, browser, sync);
  }
  env.skew_ms = 0;
  await later(world, 3 * DAY_MS);
  world.site.faces.repairs.length = 0;

  await damage(browser, "i9", null, [20, "0000000000000003"]);
  await pull(world, browser, sync);

  expect(world.site.faces.repairs).toHaveLength(1);
  expect(await converged(world, browser, sync.dev)).toBe(true);
});

test("marks that an app of before wrote while the clock stood years ahead put no repair off", async () => {
  const { world, browser, sync } = await phone();
  const ahead = world.time.now + DECADE_MS;
  const marks = async (change: Partial<SyncState>) =>
    browser.store().tx(["meta"], {}, async (tx) => putMeta(tx, "sync", { ...(await getMeta(tx, "sync"))!, ...change }));
  await marks({ repaired: Object.fromEntries(Object.keys((await stands(browser)).sums).map((bucket) => [bucket, ahead])), restarted_at: ahead });

  await damage(browser, "i8", null, [20, "0000000000000002"]);
  await pull(world, browser, sync);

  expect(world.site.faces.repairs).toHaveLength(1);
  expect(await converged(world, browser, sync.dev)).toBe(true);

  // What a repair just now did not cure is fetched anew, whenever that was last done.
  await marks({ restarted_at: ahead });
  await damage(browser, "i9", null, [20, "0000000000000003"]);
  await pull(world, browser, sync);

  expect(await converged(world, browser, sync.dev)).toBe(true);
});

test("rows are audited every day again after the clock stood years ahead", async () => {
  const { world, browser, env } = await phone(DECADE_MS);
  await world.time.pass(700_000);
  await world.until(async () => (await stands(browser)).audited_at > 0);
  env.skew_ms = 0;
  const before = (await stands(browser)).audited_at;

  await later(world, 2 * DAY_MS);

  expect((await stands(browser)).audited_at).not.toBe(before);
});
