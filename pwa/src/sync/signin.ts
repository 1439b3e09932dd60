/** Signing in and out: enrolling this browser as a device of the person, and what stays on it afterwards. Loaded at the door. */
import { ownKey, type Own } from "./account.ts";
import { Bus } from "./bus.ts";
import { toBase64url } from "./bytes.ts";
import { helloBytes } from "./chain.ts";
import { sign } from "./keys.ts";
import { browserEnv, type Env } from "./env.ts";
import { ask, askJson } from "./http.ts";
import { makeCurrent, withKeyring, type Account } from "./keyring.ts";
import { lock, lockOthers, noteHeard, openBySecret, type Whose } from "./pin.ts";
import { dropRows } from "./replica.ts";
import type { Seal } from "./seal.ts";
import { databaseName, getMeta, putMeta, Store } from "./store.ts";
import type { Config, Enrol, Enrolled, Session, Setup, SignIn } from "./types.gen.ts";
import { Locked } from "./vault.ts";

/** The halls of this installation and, in demo mode, the people to be. Needs the network. */
export function loadConfig(env: Env = browserEnv()): Promise<Config> {
  return askJson<Config>(env, "/config", {}, (config) => Array.isArray(config.sites));
}

/** First start of an empty hall: its name, and who shall be its administrator. Throws `Problem` or `Offline`. */
export async function setUp(given: Setup, env: Env = browserEnv()): Promise<void> {
  await ask(env, "/setup", { body: given });
}

/** Somebody who has just signed in, with the vault open; null when only the PIN opens it. */
type SignedIn = Account & { seal: Seal | null };

/** Signs in, enrols this device and opens the vault; a `forgotten` PIN goes. Throws `Problem` (its id is a key of ERRORS) or `Offline`. */
export async function signIn(site: string, who: SignIn, env: Env = browserEnv(), forgotten = false): Promise<SignedIn> {
  const session = await askJson<Session>(env, `/s/${site}/session`, { body: who }, (got) => typeof got.uid === "string");
  const { uid, name, roles } = session;
  const known = await ownKey(env, site, uid);
  const { epoch, unlock, rescue_key, server_key, before } = await enrol(env, session, site, known);
  const account: Account = { site, uid, name, roles, ...known, epoch, server_key, ...(rescue_key ? { rescue_key } : {}), before: before ?? null, current: true };
  await makeCurrent(env, account);
  const seal = await openAfterSignIn({ env, site, uid }, unlock ?? "", forgotten);
  tell(env, account);
  return { ...account, seal };
}

/** A sign-in opens the vault too, and ends the leases of others on this device. */
async function openAfterSignIn(whose: Whose, secret: string, forgotten: boolean): Promise<Seal | null> {
  await lockOthers(whose);
  await noteHeard(whose);
  const seal = await openBySecret(whose, secret, forgotten).catch((error: unknown) => {
    if (error instanceof Locked) return null;
    throw error;
  });
  // A vault that was made just now begins to count, too.
  await noteHeard(whose);
  return seal;
}

/**
 * Signs out. Records not yet sent, their key and the drafts stay on the device and go out after the next sign-in; rows of others, which
 * can be fetched again, do not stay. Without a network the cookie ends by itself. Close the engine first.
 */
export async function signOut(account: Account, env: Env = browserEnv()): Promise<void> {
  await leave(env, account);
  await forgetRows(env, account.site, account.uid);
  await ask(env, `/s/${account.site}/session`, { method: "DELETE" }).catch(() => "");
  // Another tab may have asked for them until the session was over.
  await forgetRows(env, account.site, account.uid);
}

/** The next start begins at the door. */
export function nobodyHere(env: Env = browserEnv()): Promise<void> {
  return makeCurrent(env, null);
}

/** Makes the site know this device. */
async function enrol(env: Env, session: Session, site: string, { key, dev }: Own): Promise<Enrolled> {
  const body: Enrol = { key: toBase64url(key.point), sig: await sign(key, helloBytes(site, dev, session.nonce)) };
  return askJson<Enrolled>(env, `/s/${site}/devices`, { body }, (got) => typeof got.epoch === "string" && got.dev === dev);
}

/** Nobody is current, this person has left, and the vault asks again. */
async function leave(env: Env, { site, uid }: Account): Promise<void> {
  await makeCurrent(env, null);
  await withKeyring(env, async (db) => {
    const account = await db.get("accounts", [site, uid]);
    if (account) await db.put("accounts", { ...account, left: true });
  });
  await lock({ env, site, uid });
}

/** Takes the rows of others off this device, and the pen from whichever tab is about to write more of them (law I28). */
async function forgetRows(env: Env, site: string, uid: string): Promise<void> {
  const store = new Store(env, databaseName(site, uid));
  await store.tx(["meta", "outbox", "rows"], {}, async (tx) => {
    const sync = await getMeta(tx, "sync");
    if (!sync) return;
    await putMeta(tx, "sync", await dropRows(tx, sync));
    await putMeta(tx, "term", ((await getMeta(tx, "term")) ?? 0) + 1);
  });
  store.close();
}

/** Tells open tabs of this person that the session is new: they try at once. */
function tell(env: Env, account: Account): void {
  const bus = new Bus(env, databaseName(account.site, account.uid));
  bus.tell({ t: "kick" });
  bus.close();
}
