/**
 * Enrolling while the person is signed in. A device the site does not know is made known again; a broken chain is left behind: new key, `after`
 * its old id, and everything kept here signed into the new chain. The site answers `dup` for what it has, so nothing happens twice (I1, I2).
 *
 * The successor's key is on the disk before the site hears of it: cut at any point, the next try goes on with the same key.
 */
import { toBase64url } from "./bytes.ts";
import { deviceId, firstLink, helloBytes } from "./chain.ts";
import { moveOps } from "./chain-move.ts";
import { makeKey, sign, type DeviceKey } from "./keys.ts";
import type { Env } from "./env.ts";
import { askJson } from "./http.ts";
import { Problem } from "./problem.ts";
import type { Who } from "./outbox.ts";
import { checkedLost, troubleOf } from "./lost.ts";
import { dropRows } from "./replica.ts";
import { fence, getMeta, putMeta, type Device, type Op, type Store, type StoredOp, type SyncState, type Tx } from "./store.ts";
import type { Before, Enrol, Enrolled, Head, Session } from "./types.gen.ts";

interface ReEnrolContext {
  env: Env;
  store: Store;
  who: Who;
  term: number;
}

/** Makes the site know a device of whoever is signed in. Throws `login_required` when nobody is. */
export async function enrol(env: Env, { site, uid }: Omit<Who, "dev">, { dev, key }: Device, after?: string): Promise<Enrolled> {
  const { nonce, uid: signedIn } = await askJson<Session>(env, `/s/${site}/session`, {}, (got) => typeof got.nonce === "string");
  // Somebody else has signed in on this browser: the device of this person waits for its own.
  if (signedIn !== uid) throw new Problem("login_required", 401, false);
  const body: Enrol = { key: toBase64url(key.point), sig: await sign(key, helloBytes(site, dev, nonce)), ...(after ? { after } : {}) };
  return askJson<Enrolled>(env, `/s/${site}/devices`, { body }, (got) => typeof got.epoch === "string" && got.dev === dev);
}

/** Begins a new chain with everything kept here, and tells the device that owns it. */
export async function reEnrol(context: ReEnrolContext): Promise<Device> {
  const { env, store, who } = context;
  const next = await successor(context);
  const { epoch, before } = await enrol(env, who, next, who.dev);
  const start = { seq: 0, hash: firstLink(who.site, next.dev) };
  for (;;) {
    const { head, sync, ops } = await store.tx(["meta", "outbox"], { mode: "readonly" }, readAll);
    const moved = moveOps(await store.openOps(ops), who.dev, next.dev, start, sync.epoch === epoch ? sync.acked.seq : null);
    const bodies = await store.seal(moved.map((op) => op.body));
    // Something saved meanwhile belongs into the new chain, too.
    const done = await store.tx(["meta", "outbox", "rows"], { durability: "strict" }, async (tx) => {
      await fence(tx, context);
      if ((await getMeta(tx, "head"))!.hash !== head.hash) return false;
      const outbox = tx.objectStore("outbox");
      await outbox.clear();
      for (const [i, op] of moved.entries()) void outbox.put({ ...op, body: bodies[i]! });
      await begin(tx, next, { start, head: headOf(moved, start), epoch, before: before ?? null });
      return true;
    });
    if (done) return next;
  }
}

async function readAll(tx: Tx): Promise<{ head: Head; sync: SyncState; ops: StoredOp[] }> {
  return { head: (await getMeta(tx, "head"))!, sync: (await getMeta(tx, "sync"))!, ops: await tx.objectStore("outbox").getAll() };
}

/** The key that takes over: the one of an earlier try, if there was one. */
async function successor(context: ReEnrolContext): Promise<Device> {
  const { store } = context;
  const known = await store.tx(["meta"], { mode: "readonly" }, (tx) => getMeta(tx, "successor"));
  if (known) return known;
  const key = await makeKey();
  const made = { dev: deviceId(key.point), key };
  // A leader that was replaced meanwhile makes no device known to the site that nobody will ever use.
  await store.tx(["meta"], { durability: "strict" }, async (tx) => {
    await fence(tx, context);
    await putMeta(tx, "successor", made);
  });
  return made;
}

function headOf(ops: readonly Op[], start: Head): Head {
  const last = ops[ops.length - 1];
  return last ? { seq: last.seq, hash: last.link } : start;
}

/** A device whose key is gone and whose ops go on here: its chain is closed, and the site says how far it came. */
export async function takeOver(context: ReEnrolContext & { key: DeviceKey }, after: string): Promise<void> {
  const { env, store, who, key } = context;
  const { before } = await enrol(env, who, { dev: who.dev, key }, after);
  await store.tx(["meta"], {}, async (tx) => {
    await fence(tx, context);
    await putMeta(tx, "sync", { ...told((await getMeta(tx, "sync"))!, before ?? null), after: null });
  });
}

/** What is lost for sure, now that the site has said what it has. */
function told(sync: SyncState, before: Before | null): SyncState {
  const lost = checkedLost(sync.lost, before);
  return { ...sync, lost, trouble: lost?.checked && !sync.lost?.checked ? troubleOf(lost) : sync.trouble };
}

interface Begin {
  start: Head;
  head: Head;
  epoch: string;
  before: Before | null;
}

/** The state of a chain of which the site has nothing yet. Rows stay when they are of this incarnation: they are the person's, not the chain's. */
async function begin(tx: Tx, device: Device, { start, head, epoch, before }: Begin): Promise<void> {
  const old = told((await getMeta(tx, "sync"))!, before);
  const sync: SyncState = old.epoch === epoch ? old : await dropRows(tx, old);
  await putMeta(tx, "device", device);
  await putMeta(tx, "successor", null);
  await putMeta(tx, "head", head);
  await putMeta(tx, "sync", { ...sync, epoch, sent: start, acked: start, dur: 0, seen: 0, broken: false });
}
