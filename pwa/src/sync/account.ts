/** Opening the engine of a person. A cold start without a network opens the last account. */
import type { Effects, Sync } from "./api.ts";
import { deviceId } from "./chain.ts";
import { makeKey } from "./keys.ts";
import { browserEnv, type Env } from "./env.ts";
import { withKeyring, type Account } from "./keyring.ts";
import type { Seal } from "./seal.ts";
import { databaseName, getMeta, Store, type Device } from "./store.ts";
import { Tab } from "./tab.ts";
import { enclose, openVault } from "./vault.ts";

export type { Account } from "./keyring.ts";

/** The account the app opens with, if somebody is signed in on this device. */
export async function currentAccount(env: Env = browserEnv()): Promise<Account | undefined> {
  return (await accounts(env)).find((account) => account.current);
}

/** Everybody who has signed in on this device. */
export function accounts(env: Env = browserEnv()): Promise<Account[]> {
  return withKeyring(env, (db) => db.getAll("accounts"));
}

/** How many records, photos and sounds of this person the server does not have. */
export async function unsentCount(site: string, uid: string, env: Env = browserEnv()): Promise<number> {
  const head = await heads(env, site, uid);
  const { pendingBlobs } = await import("./blobs.ts");
  return head ? head.saved - head.sent + (await pendingBlobs(env, site, uid)) : 0;
}

/**
 * Opens the engine of a person who has signed in on this device before. Needs no network. If the browser has erased the database meanwhile,
 * the device is a new one: it records at once, and sends after the next sign-in (status.problem is then `device_unknown`). `unlocked`: the
 * vault, when somebody has just opened it. Throws `Locked` when somebody must.
 */
export async function openSync(site: string, uid: string, effects: Effects, env: Env = browserEnv(), unlocked?: Seal | null): Promise<Sync> {
  const account = await withKeyring(env, (db) => db.get("accounts", [site, uid]));
  if (!account) throw new Error(`nobody called ${uid} has signed in at ${site} on this device`);
  const vault = unlocked ?? (await openVault(env, site, uid));
  const own = await ownKey(env, site, uid, account);
  const keep = (opened: boolean) => withKeyring(env, (db) => db.put("accounts", { ...account, ...own, opened }));
  if (own.dev !== account.dev) await keep(false);
  const replaced = (device: Device) => void keepDevice(env, site, uid, device);
  const tab = new Tab(env, { site, uid }, { dev: own.dev, key: own.key }, { effects, epoch: account.epoch, before: account.before ?? null, vault, replaced });
  await enclose(env, site, uid, vault);
  await tab.open();
  if (!own.opened) await keep(true);
  return tab;
}

/** The account names the device its chain goes on as. */
function keepDevice(env: Env, site: string, uid: string, { dev, key }: Device): Promise<void> {
  return withKeyring(env, async (db) => {
    const tx = db.transaction("accounts", "readwrite", { durability: "strict" });
    const account = await tx.store.get([site, uid]);
    if (account) await tx.store.put({ ...account, dev, key });
    await tx.done;
  });
}

/** A device: its key, its id, and whether its database has been made. */
export type Own = Pick<Account, "key" | "dev" | "opened">;

/**
 * The device of a person on this browser, made when there is none. A device whose database was erased but whose key was left must not use
 * its numbers again, for the site may have them: it becomes a new device (law I34).
 */
export async function ownKey(env: Env, site: string, uid: string, known?: Account): Promise<Own> {
  const account = known ?? (await withKeyring(env, (db) => db.get("accounts", [site, uid])));
  const erased = account?.opened && (await heads(env, site, uid)) === null;
  if (account && !erased) return account;
  const key = await makeKey();
  return { key, dev: deviceId(key.point), opened: false };
}

/** The last number saved here and the last the server took; null when there is no outbox. */
async function heads(env: Env, site: string, uid: string): Promise<{ saved: number; sent: number } | null> {
  const store = new Store(env, databaseName(site, uid));
  try {
    return await store.tx(["meta"], { mode: "readonly" }, async (tx) => {
      const [head, sync] = [await getMeta(tx, "head"), await getMeta(tx, "sync")];
      return head && sync ? { saved: head.seq, sent: sync.sent.seq } : null;
    });
  } finally {
    store.close();
  }
}
