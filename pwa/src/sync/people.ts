/** The people of one device, as the lock screen needs them; and taking somebody off it for good. */
import { accounts, unsentCount, type Account } from "./account.ts";
import type { Env } from "./env.ts";
import { makeCurrent, withKeyring } from "./keyring.ts";
import { lockOthers, unlock, type Whose } from "./pin.ts";
import type { Seal } from "./seal.ts";
import { blobsName } from "./blobs.ts";
import { databaseName, journalName, keyName } from "./store.ts";
import { getVault } from "./vault.ts";

/** Whoever can come in with a PIN: not signed out, and with a vault that has one. */
export async function withPin(env: Env): Promise<Account[]> {
  const all = await accounts(env);
  const vaults = await Promise.all(all.map(({ site, uid }) => getVault(env, site, uid)));
  return all.filter(({ left }, i) => !left && vaults[i]?.pin);
}

/** Opens the vault of `mine`, who then is the one the app opens with. Throws as `unlock` does. */
export async function comeIn(env: Env, mine: Account, pin: string): Promise<Seal> {
  const whose: Whose = { env, site: mine.site, uid: mine.uid };
  const seal = await unlock(whose, pin);
  await lockOthers(whose);
  await makeCurrent(env, mine);
  return seal;
}

/** Records of this person that wait on this device; they leave it after the vault is open. */
export function waiting(env: Env, { site, uid }: Account): Promise<number> {
  return unsentCount(site, uid, env);
}

/**
 * Takes a person off this device: keys first, so that nothing left behind can be read, then records and files. Open tabs of theirs must have
 * been closed, or their connection closes when they hear of it.
 */
export async function wipe({ env, site, uid }: Whose): Promise<void> {
  await withKeyring(env, async (db) => {
    const tx = db.transaction(["accounts", "vaults"], "readwrite", { durability: "strict" });
    await tx.objectStore("vaults").delete([site, uid]);
    await tx.objectStore("accounts").delete([site, uid]);
    await tx.done;
  });
  const [files, database] = [await env.disk(), databaseName(site, uid)];
  for (const name of [journalName(database), keyName(database)]) await files?.remove(name).catch(() => undefined);
  env.note(database, "");
  for (const name of [databaseName(site, uid), blobsName(site, uid)]) {
    const gone = env.idb.deleteDatabase(name);
    await new Promise<void>((done) => (gone.onsuccess = gone.onerror = () => done()));
  }
}
