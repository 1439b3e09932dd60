/** Who has used this browser: device keys, accounts, vaults, the wall screen's pairing, in the database `zg`. Keys can be used, not exported. */
import { wrap, type DBSchema, type IDBPDatabase } from "idb";
import type { DeviceKey } from "./keys.ts";
import type { Env } from "./env.ts";
import type { Before } from "./types.gen.ts";
import type { KeptVault } from "./vault.ts";

/** One person at one site on this device. */
export interface Account {
  site: string;
  uid: string;
  name: string;
  roles: string[];
  dev: string;
  key: DeviceKey;
  /** Incarnation of the site's database when the device was enrolled. */
  epoch: string;
  /** The site's key for beacons and checkpoints (raw Ed25519, base64url), as of the last sign-in. */
  server_key?: string;
  /** The site's key for rescue files (base64url), as of the last sign-in. */
  rescue_key?: string;
  /** The device this browser was before, when the site told of one at the sign-in. */
  before?: Before | null;
  /** The account this app opens with. */
  current: boolean;
  /** Its database has been made: one found empty later has been erased. */
  opened: boolean;
  /** Signed out: only a sign-in opens what is theirs again. */
  left?: boolean;
}

/** A wall screen of one site. */
export interface DisplayKey {
  site: string;
  dev: string;
  key: DeviceKey;
  paired: boolean;
}

interface Schema extends DBSchema {
  accounts: { key: [string, string]; value: Account };
  displays: { key: string; value: DisplayKey };
  vaults: { key: [string, string]; value: KeptVault };
}

const VERSION = 2;

/** Opens `zg`, does `work`, and closes it again. */
export async function withKeyring<T>(env: Env, work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  const request = env.idb.open("zg", VERSION);
  request.onupgradeneeded = ({ oldVersion }) => {
    const db = request.result;
    if (oldVersion < 1) {
      db.createObjectStore("accounts", { keyPath: ["site", "uid"] });
      db.createObjectStore("displays", { keyPath: "site" });
    }
    if (oldVersion < 2) db.createObjectStore("vaults", { keyPath: ["site", "uid"] });
  };
  const db = (await wrap(request)) as unknown as IDBPDatabase<Schema>;
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

/** Keeps `account` and makes it the one the app opens with; null only ends that of the others. */
export function makeCurrent(env: Env, account: Account | null): Promise<void> {
  return withKeyring(env, async (db) => {
    const tx = db.transaction("accounts", "readwrite", { durability: "strict" });
    for (const other of await tx.store.getAll()) await tx.store.put({ ...other, current: false });
    if (account) await tx.store.put({ ...account, current: true });
    await tx.done;
  });
}
