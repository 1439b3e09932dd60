/** What became of saved ops: acks by number and hash, results, and when an op no longer concerns anybody (laws I7, I8). */
import { firstLink } from "./chain.ts";
import { isPending, KEEP_OPS_MIN, outcome } from "./fate.ts";
import type { Who } from "./outbox.ts";
import { fence, getMeta, type Pen, type Store, type StoredOp, type SyncState, type Tx } from "./store.ts";
import type { Head, PullEnd, Result } from "./types.gen.ts";

/** Closed ops stay on the device until the server has them in a verified backup, at most this long, and never fewer than the last few. */
const KEEP_DAYS = 30;
const KEEP_OPS_MAX = 5_000;
const DAY_MS = 86_400_000;

/** True when `head` names a link of this device's own chain. */
export async function isOurs(tx: Tx, who: Who, head: Head): Promise<boolean> {
  if (head.seq === 0) return head.hash === firstLink(who.site, who.dev);
  return (await tx.objectStore("outbox").get(head.seq))?.link === head.hash;
}

/**
 * Takes the server's head of this chain as an ack of everything up to it. A head this device never wrote settles nothing: the browser
 * profile was rolled back, or somebody else wrote in this chain: the device must enrol anew (laws I8, I9). `shows`: the rows here contain
 * everything up to it now (law I15). `dur`: up to where a backup has the chain.
 */
export async function takeAck(tx: Tx, who: Who, sync: SyncState, { ack, dur }: Pick<PullEnd, "ack" | "dur">, shows: boolean): Promise<SyncState> {
  const next = await taken(tx, who, sync, ack, shows);
  // Of numbers that are not this chain's nothing is said.
  return { ...next, dur: Math.max(next.dur, Math.min(dur, next.sent.seq)) };
}

async function taken(tx: Tx, who: Who, sync: SyncState, ack: Head, shows: boolean): Promise<SyncState> {
  const { acked, sent } = sync;
  if (ack.seq <= sent.seq && (ack.seq < acked.seq || (ack.seq === acked.seq && ack.hash === acked.hash))) return sync;
  if (!(await isOurs(tx, who, ack))) return { ...sync, broken: true };
  return { ...sync, acked: shows && ack.seq >= acked.seq ? ack : acked, sent: ack.seq > sent.seq ? ack : sent };
}

/**
 * Another incarnation of the site has this chain up to `last`: what came after is unsent again, retained or not (law I10). A head that was
 * never written here, or a number that is not kept any more, breaks the chain; of such a head only what both incarnations call durable is
 * proven. `dur`: up to where a backup of that site has it. A chain that was broken before stays so: only another chain mends it (I9).
 */
export async function rewound(tx: Tx, who: Who, sync: SyncState, last: Head, dur: number): Promise<SyncState> {
  const ours = await isOurs(tx, who, last);
  const outbox = tx.objectStore("outbox");
  const durable = { seq: Math.min(sync.dur, dur, last.seq), hash: "" };
  const sent = ours ? last : durable;
  const after = await outbox.getAll(IDBKeyRange.lowerBound(sent.seq, true));
  // What the incarnation before had said of them counts no more, in this chain or an earlier one.
  for (const { result, was, ...op } of after) if (result || was) await outbox.put({ ...op, open: 1 });
  const head = (await getMeta(tx, "head"))!;
  const acked = sync.acked.seq < durable.seq ? sync.acked : durable;
  return { ...sync, sent, acked, dur: durable.seq, seen: Math.min(sync.seen, sent.seq), broken: sync.broken || !ours || after.length < head.seq - sent.seq };
}

/** Keeps the results of ops of this device; the id must be the op's own. */
export async function takeResults(tx: Tx, results: Iterable<Result>): Promise<void> {
  const outbox = tx.objectStore("outbox");
  for (const result of results) {
    const op = await outbox.get(result.seq);
    if (op?.id === result.id) await outbox.put({ ...op, result, open: 1 });
  }
}

/** Brings `seen` and the `open` marks up to date after acks and results. */
export async function tidy(tx: Tx, sync: SyncState): Promise<SyncState> {
  const outbox = tx.objectStore("outbox");
  for (const op of await outbox.index("open").getAll(1)) {
    const waits = !op.result || isPending(op, sync.acked) || (!op.settled && outcome(op) !== "applied");
    if (!waits) await outbox.put(closed(op));
  }
  let seen = sync.seen;
  while ((await outbox.get(seen + 1))?.result) seen += 1;
  return { ...sync, seen };
}

/** The op without its place in the list of those that still concern somebody. */
function closed(op: StoredOp): StoredOp {
  const { open: _, ...rest } = op;
  return rest;
}

/** Forgets closed ops that are safe elsewhere or, by the site's clock alone, too old (PROTOCOL §6). The heads keep their own links. */
export function prune(context: Pen & { store: Store }): Promise<void> {
  const { store } = context;
  return store.tx(["meta", "outbox"], {}, async (tx) => {
    await fence(tx, context);
    const [sync, head] = [(await getMeta(tx, "sync"))!, (await getMeta(tx, "head"))!];
    const since = ((await getMeta(tx, "clock"))?.contact_at ?? 0) - KEEP_DAYS * DAY_MS;
    const last = Math.min(head.seq - KEEP_OPS_MIN, sync.acked.seq - 1, sync.sent.seq - 1);
    if (last < 1) return;
    const outbox = tx.objectStore("outbox");
    for (const op of await outbox.getAll(IDBKeyRange.upperBound(last))) {
      const old = op.seq <= head.seq - KEEP_OPS_MAX || (op.result?.at ?? since) < since;
      // The last durable one stays: a restored site names it by its link.
      if (!op.open && (old || op.seq < sync.dur)) await outbox.delete(op.seq);
    }
  });
}
