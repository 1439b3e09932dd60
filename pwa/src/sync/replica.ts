/**
 * Takes what the server says into the store. A page or a frame is one cut: rows, sums, cursor, results and ack move in one transaction, and
 * only if the device still stands where the cut begins (laws I12, I14). A row goes when it left the last of the device's buckets (I17).
 */
import { contact } from "./timekeeper.ts";
import type { Env } from "./env.ts";
import { rewound, takeAck, takeResults, tidy } from "./acks.ts";
import type { Who } from "./outbox.ts";
import { fence, getMeta, putMeta, type Encrypted, type Store, type StoredRow, type SyncState, type Tx } from "./store.ts";
import { count, NO_ROWS, same, type Sum, type Sums } from "./sums.ts";
import type { Beacon, Head, OpResult, Result, Row, Snap } from "./types.gen.ts";
import { NO_REPLICA } from "./upgrade.ts";

/** What one contact tells about time: the server said `now` when the wall clock stood at `wall`. */
export interface Contact {
  now: number;
  wall: number;
  beacon?: Beacon;
}

/** One step of the replica. It begins at cursor `from` of `epoch` (and bucket set `bh`, for a frame). */
export interface Cut {
  from: { cur: string; epoch: string; bh?: string };
  to: { cur: string; epoch: string; bh: string };
  reset: boolean;
  rows: Row[];
  ack: Head;
  dur: number;
  contact?: Contact;
  /** What only a page says. */
  page?: Audience;
}

/** Who this device is to the site (PROTOCOL §2): its buckets, those it is still being filled with, and what it holds of them in the end. */
export interface Audience {
  buckets: string[];
  fill: string[];
  /** Buckets to be taken as snapshots first. */
  snaps: Snap[];
  /** Others follow: this page does not show all that its ack covers (law I15). */
  more: boolean;
  /** On a last page: what the site has, by bucket. */
  sums: Sums;
}

export interface CutContext {
  env: Env;
  store: Store;
  who: Who;
  term: number;
}

const DAY_MS = 86_400_000;
const EVERYBODYS = new Set(["hall", "pub"]);
/** Rows are not fetched anew for their sums more often than this: if that does not help, the fault is not here. */
const RESTART_AGAIN_MS = 3_600_000;

/** Applies `cut` and tells where the device stands then; null, and nothing has happened, when it does not stand where the cut begins. */
export async function applyCut(context: CutContext, cut: Cut): Promise<SyncState | null> {
  const { env, store, who } = context;
  const rows = await encrypted(store, cut.rows);
  return store.tx(["meta", "outbox", "rows"], {}, async (tx) => {
    await fence(tx, context);
    const before = (await getMeta(tx, "sync"))!;
    if (!beginsHere(cut, before)) return null;
    const { page } = cut;
    let sync = cut.reset ? await dropRows(tx, before) : before;
    if (page) sync = await narrowed(tx, sync, page);
    sync = await putRows(tx, sync, rows);
    await takeResults(tx, resultsIn(cut.rows));
    sync = await tidy(tx, await moved(tx, who, sync, cut));
    if (page && !page.more) sync = await asksAgain(tx, sync);
    if (page) sync = await compared(tx, sync, page.sums, cut.contact?.now ?? env.wall());
    await putMeta(tx, "sync", sync);
    if (cut.contact) await noteContact(tx, env, cut.contact);
    return sync;
  });
}

/** Remembers a contact in the clock's state. */
export async function noteContact(tx: Tx, env: Env, { now, wall, beacon }: Contact): Promise<void> {
  await putMeta(tx, "clock", contact((await getMeta(tx, "clock"))!, env, now, wall, beacon));
}

function beginsHere(cut: Cut, sync: SyncState): boolean {
  const { cur, epoch, bh } = cut.from;
  return cur === sync.cur && epoch === sync.epoch && (bh ?? sync.bh) === sync.bh;
}

/**
 * Drops every row; the next page begins from nothing, and until the last own records stand in for their rows again, but for those in a backup,
 * which are old (law I15).
 */
export async function dropRows(tx: Tx, sync: SyncState): Promise<SyncState> {
  await tx.objectStore("rows").clear();
  await tx.objectStore("meta").delete("warm");
  // Those the rows contained when they came into this chain, too.
  const outbox = tx.objectStore("outbox");
  for (const { shown, ...op } of await outbox.index("open").getAll(1)) if (shown) void outbox.put(op);
  const acked = { seq: Math.min(sync.acked.seq, sync.dur), hash: "" };
  return { ...sync, ...NO_REPLICA, acked, ...marked(sync, Object.keys(sync.changed)) };
}

/** A row ready to be kept; `d` null when it left. */
export type KeptRow = Omit<StoredRow, "d"> & { d: Encrypted | null };

/** Rows of the wire as they are kept. */
export async function encrypted(store: Store, rows: readonly Row[]): Promise<KeptRow[]> {
  const texts = await store.seal(rows.flatMap(({ d }) => (d === null ? [] : [d])));
  return rows.map(({ k, rid, v, h, d, b, p }) => ({ ...{ k, rid, ver: v, h, buckets: b }, ...(p ? { p } : {}), d: d === null ? null : texts.shift()! }));
}

/**
 * Puts rows in the place of those that were there, and moves the sums with them. An older version than is here changes nothing: a frame may be
 * older than a repair (law I14); only what a repair says (`exact`) goes whatever was here.
 */
export async function putRows(tx: Tx, sync: SyncState, rows: readonly KeptRow[], exact = false): Promise<SyncState> {
  const kept = tx.objectStore("rows");
  const sums = { ...sync.sums };
  // A replica without a row in any sum is empty but for results: nothing to take out.
  const olds = Object.keys(sums).length ? await Promise.all(rows.map((row) => kept.get([row.k, row.rid]))) : [];
  for (const [i, { d, ...row }] of rows.entries()) {
    const old = olds[i];
    if (old && old.ver > row.ver && !exact) continue;
    if (old) count(sums, old, -1);
    if (d === null) void kept.delete([row.k, row.rid]);
    else {
      void kept.put({ ...row, d });
      count(sums, row, 1);
    }
  }
  return { ...sync, sums, ...marked(sync, new Set(rows.map((row) => row.k))) };
}

/** Rows of these kinds are new as of this cut. */
export function marked(sync: SyncState, kinds: Iterable<string>): Pick<SyncState, "cut" | "changed"> {
  const cut = sync.cut + 1;
  return { cut, changed: { ...sync.changed, ...Object.fromEntries([...kinds].map((kind) => [kind, cut])) } };
}

/** Takes rows out of buckets that are not this device's any more; those left in none go (laws I17, I19). */
async function narrowed(tx: Tx, sync: SyncState, { buckets, fill, snaps }: Audience): Promise<SyncState> {
  const mine = new Set(buckets);
  const next: SyncState = { ...sync, buckets, fill, have: fill.length > 0, snaps: snaps.map((snap) => ({ ...snap, done: 0, got: NO_ROWS })) };
  // Until its snapshots are here the device holds nothing whole.
  if (snaps.length) next.fill = buckets;
  if (sync.buckets.every((bucket) => mine.has(bucket))) return next;
  const stays = (bucket: string) => mine.has(bucket);
  return { ...next, ...(await takeOut(tx, next, (row) => row.buckets.filter(stays))) };
}

/** Gives every row the buckets `left` says, dropping those with none. */
export async function takeOut(tx: Tx, sync: SyncState, left: (row: StoredRow) => string[]): Promise<SyncState> {
  const rows = tx.objectStore("rows");
  await tx.objectStore("meta").delete("warm");
  const sums = { ...sync.sums };
  const kinds = new Set<string>();
  for (const row of await rows.getAll()) {
    const buckets = left(row);
    if (buckets.length === row.buckets.length) continue;
    kinds.add(row.k);
    count(sums, row, -1);
    count(sums, { ...row, buckets }, 1);
    void (buckets.length ? rows.put({ ...row, buckets }) : rows.delete([row.k, row.rid]));
  }
  return { ...sync, sums, ...marked(sync, kinds) };
}

/** Where the device stands after the cut; another epoch takes the queue back to what that incarnation has (PROTOCOL §6). */
async function moved(tx: Tx, who: Who, sync: SyncState, { to, dur, ack, page }: Cut): Promise<SyncState> {
  const there = { ...sync, ...to };
  const again = sync.epoch && sync.epoch !== to.epoch ? await rewound(tx, who, there, ack, dur) : there;
  return takeAck(tx, who, again, { ack, dur }, !page?.more);
}

/**
 * Everything up to here was fetched: an op the site has and whose result has not come is sent again, for its row is gone. That is so when the
 * storage went back to before the result came: the site was told that it is known here (law I7).
 */
async function asksAgain(tx: Tx, sync: SyncState): Promise<SyncState> {
  const { seen, sent } = sync;
  if (seen >= sent.seq || sync.broken) return sync;
  return { ...sync, sent: { seq: seen, hash: (await tx.objectStore("outbox").get(seen))?.link ?? "" } };
}

/**
 * Compares sums after a last page. A bucket that differs is repaired; if that has been done within a day, all rows are dropped and fetched
 * again; if that has been done within the hour, too, the difference is only reported.
 */
async function compared(tx: Tx, sync: SyncState, theirs: Sums, now: number): Promise<SyncState> {
  const differs: SyncState["differs"] = {};
  for (const [bucket, its] of Object.entries(theirs)) {
    const mine = sync.sums[bucket] ?? NO_ROWS;
    if (!same(mine, its)) differs[bucket] = [mine, its];
  }
  // Marks made while a clock stood years ahead put nothing off.
  const again = Object.keys(differs).filter((bucket) => Math.abs(now - (sync.repaired[bucket] ?? -DAY_MS)) < DAY_MS);
  if (!again.length) return { ...sync, differs };
  const trouble = again.map((bucket) => troubleOf(bucket, differs[bucket]!)).join(", ");
  if (sync.restarted_at !== null && Math.abs(now - sync.restarted_at) < RESTART_AGAIN_MS) return { ...sync, trouble };
  return { ...(await dropRows(tx, sync)), trouble, restarted_at: now };
}

/** Of a bucket that not everybody has neither its name nor how many rows it holds: who reads logs may be whom a check visits (I18). */
function troubleOf(bucket: string, differing: readonly Sum[]): string {
  return EVERYBODYS.has(bucket) ? `sums ${bucket} ${differing.map((sum) => sum.join(":")).join(" ")}` : `sums own ${differing.map(([, total]) => total).join(" ")}`;
}

/** Results that arrive as rows: what an answer lost on the wire would have said (law I7). */
function resultsIn(rows: Row[]): Result[] {
  const results = rows.filter((row) => row.k === "op.result" && row.d !== null);
  return results.map((row) => ({ ...(JSON.parse(row.d!) as OpResult), id: row.rid }));
}
