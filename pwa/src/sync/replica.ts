/**
 * Takes what the server says into the store. A page or a frame is one cut: rows, cursor, results and ack move in one transaction, and only
 * if the device still stands where the cut begins (laws I12, I14). The server works out which buckets a row is in for this device; a row
 * goes when its body is null, that is when it left the last of them.
 */
import { contact } from "./clock.ts";
import type { Env } from "./env.ts";
import { takeAck, takeResults, tidy } from "./ledger.ts";
import type { Who } from "./outbox.ts";
import { fence, getMeta, putMeta, type Store, type SyncState, type Tx } from "./store.ts";
import type { Beacon, Head, OpResult, Result, Row } from "./types.gen.ts";

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
}

/** The stores a cut touches. */
const STORES = ["meta", "outbox", "rows"] as const;

/** Applies `cut`; false, and nothing has happened, when the device does not stand where it begins. */
export function applyCut(env: Env, store: Store, who: Who, term: number, cut: Cut): Promise<boolean> {
  return store.tx([...STORES], {}, async (tx) => {
    await fence(tx, term);
    const sync = (await getMeta(tx, "sync"))!;
    if (!beginsHere(cut, sync)) return false;
    const rows = await putRows(tx, sync, cut);
    await takeResults(tx, resultsIn(cut.rows));
    await putMeta(tx, "sync", await tidy(tx, await moved(tx, who, { ...sync, ...rows }, cut)));
    if (cut.contact) await noteContact(tx, env, cut.contact);
    return true;
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

/** Drops every row; the next page begins from nothing. */
export async function dropRows(tx: Tx, sync: SyncState): Promise<SyncState> {
  await tx.objectStore("rows").clear();
  return { ...sync, cur: "", bh: "", ...marked(sync, Object.keys(sync.changed)) };
}

async function putRows(tx: Tx, sync: SyncState, cut: Cut): Promise<Pick<SyncState, "cut" | "changed">> {
  const rows = tx.objectStore("rows");
  const before = cut.reset ? await dropRows(tx, sync) : sync;
  const written = cut.rows.map((row) =>
    row.d === null ? rows.delete([row.k, row.rid]) : rows.put({ k: row.k, rid: row.rid, ver: row.v, d: row.d, buckets: row.b }),
  );
  await Promise.all(written);
  return marked(before, new Set(cut.rows.map((row) => row.k)));
}

/** Rows of these kinds are new as of this cut. */
function marked(sync: SyncState, kinds: Iterable<string>): Pick<SyncState, "cut" | "changed"> {
  const cut = sync.cut + 1;
  return { cut, changed: { ...sync.changed, ...Object.fromEntries([...kinds].map((kind) => [kind, cut])) } };
}

/** Where the device stands after the cut. A new epoch whose ack falls short of an earlier one has lost records: sending stops (A9). */
async function moved(tx: Tx, who: Who, sync: SyncState, cut: Cut): Promise<SyncState> {
  const next = { ...sync, ...cut.to, dur: Math.max(sync.dur, cut.dur) };
  if (sync.epoch && sync.epoch !== cut.to.epoch && cut.ack.seq < sync.acked.seq) return { ...next, halt: "epoch_changed" };
  return takeAck(tx, who, next, cut.ack);
}

/** Results that arrive as rows: what an answer lost on the wire would have said (law I7). */
function resultsIn(rows: Row[]): Result[] {
  const results = rows.filter((row) => row.k === "op.result" && row.d !== null);
  return results.map((row) => ({ ...(JSON.parse(row.d!) as OpResult), id: row.rid }));
}
