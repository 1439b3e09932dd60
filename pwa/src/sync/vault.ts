/**
 * The vault of one person at one site on this device (docs/security.md): one random data key, never kept in the clear.
 *
 *     bare    the data key under the device key alone, while no PIN is set
 *     pin     under a key made from the PIN, then under the device key
 *     spare   under a secret the site gives only right after a sign-in, then under the device key
 *     lease   the unlocked key itself, not exportable, until the lease ends, so that a reload does not ask
 *
 * Beside the databases a file holds the data key once more, under that secret alone: when the browser has lost its databases, device key
 * and all, the next sign-in opens the journal all the same.
 *
 * This file is what a start needs: the vault that opens by itself. PINs, locking and wiping are in `pin.ts`, loaded when used.
 */
import type { Env } from "./env.ts";
import { withKeyring } from "./keyring.ts";
import { openBytes, Seal, sealBytes, type Bytes } from "./seal.ts";

/** The data key locked by a PIN. `tries`: wrong ones since the last right one; `tried_at`: the last of them (wall ms). */
export interface PinLock {
  salt: Bytes;
  iterations: number;
  /** Null once too many were wrong: only a sign-in opens the vault then. */
  key: Bytes | null;
  tries: number;
  tried_at: number;
}

/** An unlocked vault may be opened again without asking from `from` until `until` (wall ms). */
interface Lease {
  key: CryptoKey;
  from: number;
  until: number;
}

/** A vault as it is kept in the database `zg`. */
export interface KeptVault {
  site: string;
  uid: string;
  /** Never leaves the browser. */
  device: CryptoKey;
  bare: Bytes | null;
  pin: PinLock | null;
  spare: Bytes | null;
  lease: Lease | null;
  /** How long an unlocked vault stays so; the hall's rule `sec.lease_hours` as last seen. */
  lease_hours: number;
  /** The person lets a reload within the lease open without asking. */
  keep: boolean;
  /** Everything kept before there was a vault is encrypted. */
  whole: boolean;
  /** When the site was last heard (wall ms), and for how many days without it the vault opens: the hall's rule as seen then. */
  heard_at?: number;
  offline_days?: number;
}

/** The vault is locked: somebody has to enter the PIN, or sign in. */
export class Locked extends Error {}

/** The site has not been heard for too long: only a sign-in opens the vault, and nothing in it is lost (PRV-19). */
export class Overdue extends Locked {}

export const DATA_KEY: AesKeyAlgorithm = { name: "AES-GCM", length: 256 };
const LEASE_HOURS = 12;
const DAY_MS = 86_400_000;

/** The vault of a person, or undefined where there is none yet. */
export function getVault(env: Env, site: string, uid: string): Promise<KeptVault | undefined> {
  return withKeyring(env, (db) => db.get("vaults", [site, uid]));
}

/** Opens a vault that needs nobody: without a PIN, or within its lease. Makes it when there is none. Throws `Locked`. */
export async function openVault(env: Env, site: string, uid: string): Promise<Seal> {
  const vault = (await getVault(env, site, uid)) ?? (await makeVault(env, site, uid));
  if (isOverdue(vault, env.wall())) throw new Overdue();
  if (vault.bare) return new Seal(await dataKey(await openBytes(vault.device, vault.bare)), Infinity);
  if (vault.lease && holds(vault.lease, env.wall())) return new Seal(vault.lease.key, vault.lease.until);
  throw new Locked();
}

/** Seals what was kept before there was a vault, once. */
export async function enclose(env: Env, site: string, uid: string, seal: Seal): Promise<void> {
  if ((await getVault(env, site, uid))?.whole) return;
  const { encloseAll } = await import("./enclose.ts");
  await encloseAll({ env, site, uid }, seal);
}

/** Too long without the site. A clock that stands a day before the last contact was set back, and says nothing of how long it is. */
export function isOverdue({ heard_at, offline_days }: Pick<KeptVault, "heard_at" | "offline_days">, wall: number): boolean {
  if (heard_at === undefined || !offline_days) return false;
  return wall >= heard_at + offline_days * DAY_MS || wall < heard_at - DAY_MS;
}

/** A clock set back before the lease began ends it too. */
export function holds({ from, until }: Lease, wall: number): boolean {
  return from <= wall && wall < until;
}

/** The data key as it may stay in memory. Forgets the raw bytes. */
export async function dataKey(raw: Bytes): Promise<CryptoKey> {
  const key = await crypto.subtle.importKey("raw", raw, DATA_KEY, false, ["encrypt", "decrypt"]);
  raw.fill(0);
  return key;
}

/** A new vault without a PIN, around a new data key or one that was saved from a vault the browser has lost. */
export async function makeVault(env: Env, site: string, uid: string, saved: Bytes | null = null): Promise<KeptVault> {
  const device = await crypto.subtle.generateKey(DATA_KEY, false, ["encrypt", "decrypt"]);
  const bare = await sealBytes(device, saved ?? crypto.getRandomValues(new Uint8Array(32)));
  const made: KeptVault = { site, uid, device, bare, pin: null, spare: null, lease: null, lease_hours: LEASE_HOURS, keep: true, whole: false };
  // Two tabs may make one at once: the first is the one.
  return withKeyring(env, async (db) => {
    const tx = db.transaction("vaults", "readwrite", { durability: "strict" });
    const first = await tx.store.get([site, uid]);
    if (!first) await tx.store.put(made);
    await tx.done;
    return first ?? made;
  });
}
