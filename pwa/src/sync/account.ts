/** Signing in and out, and opening the engine of a person (sync.md A1, A11). A cold start without a network opens the last account. */
import type { Effects, Sync } from "./api.ts";
import { toBase64url } from "./bytes.ts";
import { Bus } from "./bus.ts";
import { deviceId, helloBytes } from "./chain.ts";
import { makeKey, sign } from "./crypto.ts";
import { browserEnv, type Env } from "./env.ts";
import { ask, askJson } from "./http.ts";
import { makeCurrent, withKeys, type Account } from "./keys.ts";
import { dropRows } from "./replica.ts";
import { databaseName, getMeta, putMeta, Store } from "./store.ts";
import { Tab } from "./tab.ts";
import type { Config, Enrol, Enrolled, Session, Setup, SignIn } from "./types.gen.ts";

export type { Account } from "./keys.ts";

/** The halls of this installation and, in demo mode, the people to be. Needs the network. */
export function loadConfig(env: Env = browserEnv()): Promise<Config> {
  return askJson<Config>(env, "/config", {}, (config) => Array.isArray(config.sites));
}

/** First start of an empty hall: its name, and who shall be its administrator. Throws `Problem` or `Offline`. */
export async function setUp(given: Setup, env: Env = browserEnv()): Promise<void> {
  await ask(env, "/setup", { body: given });
}

/** Signs in and enrols this device. Throws `Problem` (its id is a key of ERRORS) or `Offline`. */
export async function signIn(site: string, who: SignIn, env: Env = browserEnv()): Promise<Account> {
  const session = await askJson<Session>(env, `/s/${site}/session`, { body: who }, (got) => typeof got.uid === "string");
  const { uid, name, roles } = session;
  const known = await ownKey(env, site, uid);
  const epoch = await enrol(env, session, site, known);
  const account: Account = { site, uid, name, roles, ...known, epoch, current: true };
  await makeCurrent(env, account);
  tell(env, account);
  return account;
}

/** The account the app opens with, if somebody is signed in on this device. */
export async function currentAccount(env: Env = browserEnv()): Promise<Account | undefined> {
  return (await accounts(env)).find((account) => account.current);
}

/** Everybody who has signed in on this device. */
export function accounts(env: Env = browserEnv()): Promise<Account[]> {
  return withKeys(env, (db) => db.getAll("accounts"));
}

/** How many records of this person the server does not have. */
export async function unsentCount(site: string, uid: string, env: Env = browserEnv()): Promise<number> {
  const head = await heads(env, site, uid);
  return head ? head.saved - head.sent : 0;
}

/**
 * Signs out. Records not yet sent, their key and the drafts stay on the device and go out after the next sign-in; rows of others, which
 * can be fetched again, do not stay. Without a network the cookie ends by itself. Close the engine first.
 */
export async function signOut(account: Account, env: Env = browserEnv()): Promise<void> {
  await makeCurrent(env, null);
  await forgetRows(env, account.site, account.uid);
  await ask(env, `/s/${account.site}/session`, { method: "DELETE" }).catch(() => "");
  // Another tab may have asked for them until the session was over.
  await forgetRows(env, account.site, account.uid);
}

/**
 * Opens the engine of a person who has signed in on this device before. Needs no network. If the browser has erased the database meanwhile,
 * the device is a new one: it records at once, and sends after the next sign-in (status.problem is then `device_unknown`).
 */
export async function openSync(site: string, uid: string, effects: Effects, env: Env = browserEnv()): Promise<Sync> {
  const account = await withKeys(env, (db) => db.get("accounts", [site, uid]));
  if (!account) throw new Error(`nobody called ${uid} has signed in at ${site} on this device`);
  const own = await ownKey(env, site, uid, account);
  const keep = (opened: boolean) => withKeys(env, (db) => db.put("accounts", { ...account, ...own, opened }));
  if (own.dev !== account.dev) await keep(false);
  const tab = new Tab(env, { site, uid, dev: own.dev }, own.key, { effects, epoch: account.epoch });
  await tab.open();
  if (!own.opened) await keep(true);
  return tab;
}

/** A device: its key, its id, and whether its database has been made. */
type Own = Pick<Account, "key" | "dev" | "opened">;

/**
 * The device of a person on this browser, made when there is none. A device whose database was erased but whose key was left must not use
 * its numbers again, for the site may have them: it becomes a new device (law I34).
 */
async function ownKey(env: Env, site: string, uid: string, known?: Account): Promise<Own> {
  const account = known ?? (await withKeys(env, (db) => db.get("accounts", [site, uid])));
  const erased = account?.opened && (await heads(env, site, uid)) === null;
  if (account && !erased) return account;
  const key = await makeKey();
  return { key, dev: deviceId(key.point), opened: false };
}

/** Makes the site know this device; the incarnation of the site's database. */
async function enrol(env: Env, session: Session, site: string, { key, dev }: Own): Promise<string> {
  const body: Enrol = { key: toBase64url(key.point), sig: await sign(key, helloBytes(site, dev, session.nonce)) };
  const enrolled = await askJson<Enrolled>(env, `/s/${site}/devices`, { body }, (got) => typeof got.epoch === "string" && got.dev === dev);
  return enrolled.epoch;
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

/** Takes the rows of others off this device, and the pen from whichever tab is about to write more of them (law I28). */
async function forgetRows(env: Env, site: string, uid: string): Promise<void> {
  const store = new Store(env, databaseName(site, uid));
  await store.tx(["meta", "rows"], {}, async (tx) => {
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
