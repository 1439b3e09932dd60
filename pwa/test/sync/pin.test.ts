/** PINs (docs/security.md): what opens a vault, what does not, and that tries are counted whatever happens between them. */
import { beforeEach, expect, test } from "vitest";
import { FREE_TRIES, ITERATIONS, isUsable, lock, lockOthers, openBySecret, pinState, dropPin, setLease, setPin, TooSoon, TRIES_MAX, unlock, WrongPin, type Whose } from "../../src/sync/pin.ts";
import { withKeyring } from "../../src/sync/keyring.ts";
import type { Seal } from "../../src/sync/seal.ts";
import { getVault, Locked, openVault } from "../../src/sync/vault.ts";
import { SITE } from "./support/site.ts";
import { Browser, newWorld, type TabEnv, type World } from "./support/world.ts";

const PIN = "271828";
const OTHER = "314159";
const SECRET = "what the site says after a sign-in";
const HOUR_MS = 3_600_000;
const TEXT = "甲同志 09:40 离岗";

let world: World;
let browser: Browser;
let env: TabEnv;
let lin: Whose;

beforeEach(() => {
  world = newWorld();
  browser = new Browser(world);
  env = browser.env();
  lin = { env, site: SITE, uid: "lin" };
});

/** A vault with a PIN, a text in it, and its lease over. */
async function lockedVault(whose: Whose = lin): Promise<string> {
  const seal = await openVault(whose.env, whose.site, whose.uid);
  const [kept] = await seal.seal([TEXT]);
  await openBySecret(whose, SECRET);
  await setPin(whose, PIN);
  await lock(whose);
  return kept!;
}

async function textOf(seal: Seal, kept: string): Promise<string> {
  return (await seal.open([kept]))[0]!;
}

/** The same device after the app was ended and started again. */
function restarted(): Whose {
  return { ...lin, env: browser.env() };
}

async function wrong(times: number): Promise<WrongPin> {
  let last: unknown;
  for (let i = 0; i < times; i++) last = await unlock(restarted(), OTHER).catch((error: unknown) => error);
  expect(last).toBeInstanceOf(WrongPin);
  return last as WrongPin;
}

test("a vault without a PIN opens by itself, and the disk holds no text", async () => {
  const seal = await openVault(env, SITE, "lin");
  const [kept] = await seal.seal([TEXT]);
  expect(kept).not.toContain("离岗");
  expect(await textOf(await openVault(browser.env(), SITE, "lin"), kept!)).toBe(TEXT);
});

test("sealing the same text twice gives two texts, and what was changed does not open", async () => {
  const seal = await openVault(env, SITE, "lin");
  const [one, two] = await seal.seal([TEXT, TEXT]);
  expect(one).not.toBe(two);
  const bent = one!.slice(0, -4) + (one!.endsWith("AAA=") ? "BBB=" : "AAA=");
  await expect(seal.open([bent])).rejects.toThrow();
});

test("a text kept before there was a vault is read as it is", async () => {
  const seal = await openVault(env, SITE, "lin");
  expect(await seal.open(['{"v":1}'])).toEqual(['{"v":1}']);
});

test("the data key cannot be taken out, and no copy of it lies in the vault once there is a PIN", async () => {
  await lockedVault();
  await unlock(lin, PIN);
  const vault = (await getVault(env, SITE, "lin"))!;
  expect(vault.bare).toBeNull();
  expect(vault.device.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("raw", vault.lease!.key)).rejects.toThrow();
  expect(vault.pin!.iterations).toBe(ITERATIONS);
});

test("two tabs that start at once make one vault", async () => {
  const [a, b] = await Promise.all([openVault(env, SITE, "lin"), openVault(browser.env(), SITE, "lin")]);
  const [kept] = await a.seal([TEXT]);
  expect(await textOf(b, kept!)).toBe(TEXT);
});

test("with a PIN the vault stays closed until it is entered; a copy of the profile without it reads nothing", async () => {
  const kept = await lockedVault();
  await expect(openVault(browser.env(), SITE, "lin")).rejects.toThrow(Locked);
  // The copy has everything the device has, the device key too.
  const { device, pin, spare } = (await getVault(env, SITE, "lin"))!;
  for (const part of [pin!.key!, spare!]) {
    const inner = await crypto.subtle.decrypt({ name: "AES-GCM", iv: part.subarray(0, 12) }, device, part.subarray(12));
    expect(inner.byteLength).toBe(12 + 32 + 16);
    await expect(crypto.subtle.decrypt({ name: "AES-GCM", iv: inner.slice(0, 12) }, device, inner.slice(12))).rejects.toThrow();
  }
  expect(await textOf(await unlock(restarted(), PIN), kept)).toBe(TEXT);
});

test("an unlocked vault opens again without asking until its lease ends", async () => {
  const kept = await lockedVault();
  await unlock(lin, PIN);
  await world.time.pass(11.9 * HOUR_MS);
  expect(await textOf(await openVault(browser.env(), SITE, "lin"), kept)).toBe(TEXT);
  await world.time.pass(0.2 * HOUR_MS);
  await expect(openVault(browser.env(), SITE, "lin")).rejects.toThrow(Locked);
});

test("a clock set back does not make a lease longer", async () => {
  await lockedVault();
  await unlock(lin, PIN);
  const back = browser.env();
  back.skew_ms = -24 * HOUR_MS;
  await expect(openVault(back, SITE, "lin")).rejects.toThrow(Locked);
});

test("the hall's hours shorten a lease that runs; a person who wants to be asked has none on the disk", async () => {
  await lockedVault();
  await unlock(lin, PIN);
  await setLease(lin, { hours: 1 });
  await world.time.pass(HOUR_MS + 1);
  await expect(openVault(env, SITE, "lin")).rejects.toThrow(Locked);
  await setLease(lin, { keep: false });
  const seal = await unlock(lin, PIN);
  expect(seal.until).toBe(env.wall() + HOUR_MS);
  await expect(openVault(browser.env(), SITE, "lin")).rejects.toThrow(Locked);
});

test("five wrong tries are free, then each waits twice as long, over a restart too", async () => {
  await lockedVault();
  const last = await wrong(FREE_TRIES);
  expect(last).toMatchObject({ left: 5, wait_ms: 30_000 });
  await expect(unlock(restarted(), PIN)).rejects.toThrow(TooSoon);
  expect((await pinState(restarted())).wait_ms).toBe(30_000);
  await world.time.pass(30_000);
  expect((await wrong(1)).wait_ms).toBe(60_000);
  await world.time.pass(60_000);
  expect((await wrong(1)).wait_ms).toBe(120_000);
});

test("a right PIN forgives the wrong ones before it", async () => {
  await lockedVault();
  await wrong(FREE_TRIES - 1);
  await unlock(lin, PIN);
  expect(await wrong(FREE_TRIES - 1)).toMatchObject({ wait_ms: 0 });
});

test("a clock set back does not shorten a wait, and a wait begun under a wrong clock does not last for ever", async () => {
  await lockedVault();
  env.skew_ms = 365 * 24 * HOUR_MS;
  for (let i = 0; i < FREE_TRIES; i++) await expect(unlock(lin, OTHER)).rejects.toThrow(WrongPin);
  env.skew_ms = 0;
  await expect(unlock(lin, PIN)).rejects.toMatchObject({ wait_ms: 30_000 });
  await world.time.pass(30_000);
  await unlock(lin, PIN);
});

test("a try that was cut in the middle has been counted", async () => {
  await lockedVault();
  void unlock(lin, OTHER).catch(() => undefined);
  await world.until(async () => (await getVault(browser.env(), SITE, "lin"))!.pin!.tries === 1);
});

async function spend(): Promise<void> {
  for (let i = 0; i < TRIES_MAX; i++) {
    await unlock(restarted(), OTHER).catch(() => undefined);
    await world.time.pass((await pinState(lin)).wait_ms);
  }
}

test("after ten wrong tries the PIN is gone for good, and a sign-in opens the vault", async () => {
  const kept = await lockedVault();
  await spend();
  expect(await pinState(lin)).toMatchObject({ spent: true, spare: true });
  expect((await getVault(env, SITE, "lin"))!.pin!.key).toBeNull();
  await world.time.pass(1_000 * HOUR_MS);
  await expect(unlock(lin, PIN)).rejects.toThrow(Locked);

  expect(await textOf(await openBySecret(lin, SECRET), kept)).toBe(TEXT);
  expect(await pinState(lin)).toMatchObject({ set: false, spare: true });
  await setPin(lin, OTHER);
  await lock(lin);
  expect(await textOf(await unlock(restarted(), OTHER), kept)).toBe(TEXT);
});

test("a sign-in opens the vault and leaves its PIN, unless the person has forgotten it", async () => {
  const kept = await lockedVault();
  expect(await textOf(await openBySecret(lin, SECRET), kept)).toBe(TEXT);
  await lock(lin);
  await expect(openVault(browser.env(), SITE, "lin")).rejects.toThrow(Locked);

  expect(await textOf(await openBySecret(lin, SECRET, true), kept)).toBe(TEXT);
  expect(await textOf(await openVault(browser.env(), SITE, "lin"), kept)).toBe(TEXT);
});

test("another secret, or none, opens nothing", async () => {
  await lockedVault();
  for (const secret of ["", "somebody else's"]) {
    for (const forgotten of [false, true]) await expect(openBySecret(lin, secret, forgotten)).rejects.toThrow(Locked);
  }
  expect(await pinState(lin)).toMatchObject({ set: true, spent: false });
});

test("a changed PIN opens, the old one does not; changing needs the old one", async () => {
  const kept = await lockedVault();
  await expect(setPin(lin, OTHER, "000000")).rejects.toThrow(WrongPin);
  await setPin(lin, OTHER, PIN);
  await lock(lin);
  await expect(unlock(lin, PIN)).rejects.toThrow(WrongPin);
  expect(await textOf(await unlock(lin, OTHER), kept)).toBe(TEXT);
});

test("a PIN may be given up, by who knows it", async () => {
  const kept = await lockedVault();
  await expect(dropPin(lin, OTHER)).rejects.toThrow(WrongPin);
  await dropPin(lin, PIN);
  expect(await textOf(await openVault(browser.env(), SITE, "lin"), kept)).toBe(TEXT);
});

test("two people on one phone: neither's key opens the other's texts, and whoever comes in ends the other's lease", async () => {
  const kept = await lockedVault();
  await unlock(lin, PIN);
  const chen = { ...lin, uid: "chen" };
  const hers = await openVault(env, SITE, "chen");
  await expect(hers.open([kept])).rejects.toThrow();

  await lockOthers(chen);

  await expect(openVault(env, SITE, "lin")).rejects.toThrow(Locked);
  expect(await textOf(await unlock(restarted(), PIN), kept)).toBe(TEXT);
});

test("the keys of an earlier release stay when the vaults are added to them", async () => {
  const request = browser.idb.open("zg", 1);
  await new Promise<void>((done) => {
    request.onupgradeneeded = () => {
      request.result.createObjectStore("accounts", { keyPath: ["site", "uid"] }).put({ site: SITE, uid: "lin", name: "林示" });
      request.result.createObjectStore("displays", { keyPath: "site" });
    };
    request.onsuccess = () => done();
  });
  request.result.close();
  await openVault(env, SITE, "lin");
  expect(await withKeyring(env, (db) => db.get("accounts", [SITE, "lin"]))).toMatchObject({ name: "林示" });
});

test.each([
  ["271828", true],
  ["000000", false],
  ["123456", false],
  ["987654", false],
  ["12345", false],
  ["27182818284590", false],
  ["27a828", false],
])("%s as a PIN: %s", (pin, usable) => {
  expect(isUsable(pin)).toBe(usable);
});
