/**
 * PINs: setting, unlocking with back-off, locking, the way back in by a sign-in (docs/security.md). Loaded when used, never at a start.
 *
 *     open ──lock, lease over──▶ locked ──PIN──▶ open          locked ──10 wrong──▶ spent ──sign-in──▶ open, new PIN
 */
import { fromHex, toHex, utf8 } from "./bytes.ts";
import type { Env } from "./env.ts";
import { withKeyring } from "./keyring.ts";
import { openBytes, Seal, sealBytes, type Bytes } from "./seal.ts";
import { databaseName, keyName } from "./store.ts";
import { DATA_KEY, dataKey, getVault, isOverdue, Locked, makeVault, Overdue, type KeptVault, type PinLock } from "./vault.ts";

/** OWASP's count for PBKDF2-SHA-256: 0.1 s on a desk, about 0.3 s on a cheap phone, and only when somebody unlocks. */
export const ITERATIONS = 600_000;
export const PIN_DIGITS_MIN = 6;
export const PIN_DIGITS_MAX = 12;
/** Wrong tries without a wait, and those after which the PIN opens nothing any more. */
export const FREE_TRIES = 5;
export const TRIES_MAX = 10;
const FIRST_WAIT_MS = 30_000;
const HOUR_MS = 3_600_000;
const SALT_BYTES = 16;
/** Until the hall's rule `off.max_offline_days` has been seen. */
const OFFLINE_DAYS = 30;

/** Whose vault, on which device. */
export interface Whose {
  env: Env;
  site: string;
  uid: string;
}

/** The PIN was wrong; `left` tries remain, the next after `wait_ms`. */
export class WrongPin extends Error {
  constructor(
    readonly left: number,
    readonly wait_ms: number,
  ) {
    super("wrong pin");
  }
}

/** Too soon after wrong tries: nothing was tried. */
export class TooSoon extends Error {
  constructor(readonly wait_ms: number) {
    super("too soon");
  }
}

/** What may be shown of a vault without opening it. */
export interface PinState {
  set: boolean;
  /** The PIN opens nothing any more: sign in. */
  spent: boolean;
  /** The site has not been heard for too long: sign in. */
  overdue: boolean;
  /** Until the next try counts. */
  wait_ms: number;
  /** A sign-in opens the vault too, so a forgotten PIN loses nothing. */
  spare: boolean;
  keep: boolean;
  lease_hours: number;
  /** When the lease on this device ends (wall ms); null without one. */
  until: number | null;
}

/** Looks at a vault without opening it. */
export async function pinState({ env, site, uid }: Whose): Promise<PinState> {
  const vault = await getVault(env, site, uid);
  const pin = vault?.pin ?? null;
  return {
    set: pin !== null,
    spent: pin !== null && isSpent(pin),
    overdue: vault !== undefined && isOverdue(vault, env.wall()),
    wait_ms: pin ? waitOf(pin, env.wall()) : 0,
    spare: Boolean(vault?.spare),
    keep: vault?.keep ?? true,
    lease_hours: vault?.lease_hours ?? 0,
    until: vault?.lease?.until ?? null,
  };
}

/** Long enough, digits only, and neither one digit repeated nor digits in a row. */
export function isUsable(pin: string): boolean {
  return new RegExp(`^\\d{${PIN_DIGITS_MIN},${PIN_DIGITS_MAX}}$`).test(pin) && !isWeak(pin);
}

function isWeak(pin: string): boolean {
  const steps = new Set([...pin].slice(1).map((digit, i) => Number(digit) - Number(pin[i])));
  return steps.size === 1 && [-1, 0, 1].includes([...steps][0]!);
}

/**
 * Opens a vault with its PIN and begins a lease. A try is counted on disk before it is made. Throws `WrongPin`, `TooSoon`, `Overdue` or `Locked`
 * (spent).
 */
export async function unlock(whose: Whose, pin: string): Promise<Seal> {
  const kept = await getVault(whose.env, whose.site, whose.uid);
  if (kept && isOverdue(kept, whose.env.wall())) throw new Overdue();
  const vault = await countTry(whose);
  const raw = await tried(whose, vault, pin);
  return lease(whose, await dataKey(raw));
}

/** Sets a PIN, or another one; `old`: the present one. Begins a lease. Throws as `unlock` does. */
export async function setPin(whose: Whose, pin: string, old = ""): Promise<Seal> {
  const vault = (await getVault(whose.env, whose.site, whose.uid))!;
  const raw = vault.bare ? await openBytes(vault.device, vault.bare) : await tried(whose, await countTry(whose), old);
  return putPin(whose, vault, raw, pin);
}

/** Back to a vault without a PIN. Throws as `unlock` does. */
export async function dropPin(whose: Whose, pin: string): Promise<void> {
  const vault = await countTry(whose);
  const raw = await tried(whose, vault, pin);
  const bare = await sealBytes(vault.device, raw);
  raw.fill(0);
  await change(whose, (now) => ({ ...now, bare, pin: null, lease: null }));
}

/**
 * Opens a vault with the secret the site gives right after a sign-in, and begins a lease. A vault without a PIN learns the secret, so that
 * it can be opened by one later; a PIN that is spent, or `forgotten`, is taken away. Throws `Locked` when it is not the secret the vault
 * was closed with.
 */
export async function openBySecret(whose: Whose, secret: string, forgotten = false): Promise<Seal> {
  const { env, site, uid } = whose;
  const vault = (await getVault(env, site, uid)) ?? (await makeVault(env, site, uid, await savedKey(whose, secret)));
  const { pin, bare, device } = vault;
  const raw = bare ? await openBytes(device, bare) : await bySecret(vault, secret);
  if (secret) await saveKey(whose, secret, raw);
  if (pin && !forgotten && !isSpent(pin)) return lease(whose, await dataKey(raw));
  const spare = secret ? await sealTwice(vault, await secretKey(secret), raw) : vault.spare;
  const open = await sealBytes(device, raw);
  await change(whose, (now) => ({ ...now, bare: open, spare, pin: null, lease: null }));
  return new Seal(await dataKey(raw), Infinity);
}

/** A disk that does not take it leaves the vault in one place only. */
async function saveKey({ env, site, uid }: Whose, secret: string, raw: Bytes): Promise<void> {
  const disk = await env.disk();
  const [text] = await new Seal(await secretKey(secret), Infinity).seal([toHex(raw)]);
  await disk?.replace(keyName(databaseName(site, uid)), text!).catch(() => undefined);
}

/** The data key of a vault the browser has lost; null when there is none, or it was closed with another secret. */
async function savedKey({ env, site, uid }: Whose, secret: string): Promise<Bytes | null> {
  const text = secret ? await (await env.disk())?.read(keyName(databaseName(site, uid))).catch(() => null) : null;
  if (!text) return null;
  const seal = new Seal(await secretKey(secret), Infinity);
  // A writing that was cut short may have left the old and the new one.
  for (const line of text.split("\n")) {
    const opened = await seal.open([line]).catch(() => null);
    if (opened) return fromHex(opened[0]!);
  }
  return null;
}

/** The site was heard just now; `days`: how long the hall lets a vault open without it, when that is known. */
export async function noteHeard(whose: Whose, days?: number): Promise<void> {
  if (!(await getVault(whose.env, whose.site, whose.uid))) return;
  await change(whose, (now) => ({ ...now, heard_at: whose.env.wall(), offline_days: days ?? now.offline_days ?? OFFLINE_DAYS }));
}

/** Ends the lease: whoever opens next enters the PIN. A vault without one stays as it is. */
export async function lock(whose: Whose): Promise<void> {
  await change(whose, (now) => ({ ...now, lease: null }));
}

/** Ends the leases of everybody but one person: the device has changed hands. */
export async function lockOthers({ env, site, uid }: Whose): Promise<void> {
  const all = await withKeyring(env, (db) => db.getAll("vaults"));
  for (const vault of all) if (vault.lease && (vault.site !== site || vault.uid !== uid)) await lock({ env, site: vault.site, uid: vault.uid });
}

/** What the hall's rule (`hours`) and the person (`keep`) say about leases, from now on. */
export async function setLease(whose: Whose, { hours, keep }: { hours?: number; keep?: boolean }): Promise<void> {
  await change(whose, (now) => {
    const next = { ...now, lease_hours: hours ?? now.lease_hours, keep: keep ?? now.keep };
    const until = now.lease && Math.min(now.lease.until, endOf(next, now.lease.from));
    return { ...next, lease: next.keep && now.lease && until ? { ...now.lease, until } : null };
  });
}

/** The raw data key under a PIN whose try has been counted; the tenth wrong one ends the PIN. */
async function tried(whose: Whose, { device, pin: lock }: KeptVault, pin: string): Promise<Bytes> {
  try {
    const raw = await openBytes(await pinKey(pin, lock!), await openBytes(device, lock!.key!));
    await change(whose, (now) => ({ ...now, pin: now.pin && { ...now.pin, tries: 0 } }));
    return raw;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    const left = TRIES_MAX - lock!.tries;
    if (left > 0) throw new WrongPin(left, waitOf(lock!, whose.env.wall()));
    await change(whose, (now) => ({ ...now, pin: now.pin && { ...now.pin, key: null } }));
    throw new Locked();
  }
}

/** Counts a try before it is made, so that ending the app in the middle of one wins nothing. */
async function countTry(whose: Whose): Promise<KeptVault> {
  const wall = whose.env.wall();
  let [wait_ms, spent] = [0, true];
  const vault = await change(whose, (now) => {
    spent = !now.pin || isSpent(now.pin);
    if (!now.pin || spent) return now;
    // A clock set back starts the present wait anew, and no longer one.
    const pin = { ...now.pin, tried_at: Math.min(now.pin.tried_at, wall) };
    wait_ms = waitOf(pin, wall);
    return { ...now, pin: wait_ms ? pin : { ...pin, tries: pin.tries + 1, tried_at: wall } };
  });
  if (spent) throw new Locked();
  if (wait_ms) throw new TooSoon(wait_ms);
  return vault;
}

const isSpent = (pin: PinLock): boolean => pin.key === null || pin.tries >= TRIES_MAX;

/** How long the next try must wait: 30 s after the fifth wrong one, then twice as long each time. */
function waitOf({ tries, tried_at }: PinLock, wall: number): number {
  if (tries < FREE_TRIES) return 0;
  return Math.max(0, tried_at + FIRST_WAIT_MS * 2 ** (tries - FREE_TRIES) - wall);
}

async function putPin(whose: Whose, vault: KeptVault, raw: Bytes, pin: string): Promise<Seal> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await sealTwice(vault, await pinKey(pin, { salt, iterations: ITERATIONS }), raw);
  const data = await dataKey(raw);
  await change(whose, (now) => ({ ...now, bare: null, pin: { salt, iterations: ITERATIONS, key, tries: 0, tried_at: 0 } }));
  return lease(whose, data);
}

/** Begins a lease on an unlocked key, kept on the device unless the person or the hall wants to be asked at every start. */
async function lease(whose: Whose, key: CryptoKey): Promise<Seal> {
  const from = whose.env.wall();
  const vault = await change(whose, (now) => {
    const keeps = now.pin && now.keep && now.lease_hours > 0;
    return { ...now, lease: keeps ? { key, from, until: endOf(now, from) } : null };
  });
  return new Seal(key, endOf(vault, from));
}

/** Without hours a lease lasts as long as the page. */
function endOf({ lease_hours }: Pick<KeptVault, "lease_hours">, from: number): number {
  return lease_hours > 0 ? from + lease_hours * HOUR_MS : Infinity;
}

/** The data key under `key`, then under the device key: neither opens it alone. */
async function sealTwice(vault: KeptVault, key: CryptoKey, raw: Bytes): Promise<Bytes> {
  return sealBytes(vault.device, await sealBytes(key, raw));
}

async function bySecret(vault: KeptVault, secret: string): Promise<Bytes> {
  if (!vault.spare || !secret) throw new Locked();
  try {
    return await openBytes(await secretKey(secret), await openBytes(vault.device, vault.spare));
  } catch (error) {
    if (error instanceof DOMException) throw new Locked();
    throw error;
  }
}

async function pinKey(pin: string, { salt, iterations }: Pick<PinLock, "salt" | "iterations">): Promise<CryptoKey> {
  const words = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, words, DATA_KEY, false, ["encrypt", "decrypt"]);
}

/** The site's secret has the strength of a key; hashed, whatever its length. */
async function secretKey(secret: string): Promise<CryptoKey> {
  const digest = await crypto.subtle.digest("SHA-256", utf8(secret));
  return crypto.subtle.importKey("raw", digest, DATA_KEY, false, ["encrypt", "decrypt"]);
}

/** Changes a vault in one strict transaction; resolves with what is kept then. */
export function change({ env, site, uid }: Whose, how: (now: KeptVault) => KeptVault): Promise<KeptVault> {
  return withKeyring(env, async (db) => {
    const tx = db.transaction("vaults", "readwrite", { durability: "strict" });
    const next = how((await tx.store.get([site, uid]))!);
    await tx.store.put(next);
    await tx.done;
    return next;
  });
}
