/** Up: sends what the server does not have, in order, and takes its word on it by number and hash (PROTOCOL.md §1). */
import { PUSH_BYTES_MAX, PUSH_OPS_MAX, pushBytes } from "./chain.ts";
import { utf8 } from "./bytes.ts";
import { sign, type DeviceKey } from "./keys.ts";
import type { Env } from "./env.ts";
import { askJson } from "./http.ts";
import { Later } from "./lane.ts";
import { isOurs, rewound, takeResults, tidy } from "./acks.ts";
import type { Who } from "./outbox.ts";
import { dropRows, noteContact, type Contact } from "./replica.ts";
import { fence, getMeta, putMeta, type Op, type Store, type StoredOp, type SyncState, type Tx } from "./store.ts";
import { vitalOf, type Waiting } from "./vital.ts";
import { PROTOCOL, type Head, type Push, type PushAnswer } from "./types.gen.ts";

/** Room in a push for everything that is not an op. */
const ENVELOPE_BYTES = 1024;
/** A server that answers well and takes nothing is not asked again at once. */
const NO_PROGRESS_MS = 10_000;

/**
 * One push. `more`: there may be more to send; `asks_pull`: the server is another incarnation, whose rows must be fetched; `broken`: the device must
 * enrol anew; `wipe`: the device was revoked, no record waits here any more, and rows and drafts have gone.
 */
export interface Pushed {
  ops: number;
  more: boolean;
  asks_pull: boolean;
  broken: boolean;
  wipe: boolean;
}

const NOTHING: Pushed = { ops: 0, more: false, asks_pull: false, broken: false, wipe: false };

/** What a push needs to know. `sending` hears which numbers are on their way, and null afterwards. */
export interface PushContext {
  env: Env;
  store: Store;
  who: Who;
  key: DeviceKey;
  term: number;
  /** What the site does not have behind this number. */
  waiting(sent: number): Waiting;
  /** The engine has been stopped: nothing more leaves. */
  ended: AbortSignal;
  sending(range: [number, number] | null): void;
}

/** Sends the next ops, if any; `asking`, an empty push, too: what does the site think of this device? */
export async function pushOnce(context: PushContext, asking = false): Promise<Pushed> {
  const { env, store, who } = context;
  const { sync, queue, head } = await store.tx(["meta", "outbox"], { mode: "readonly" }, readQueue);
  if (sync.broken) return { ...NOTHING, broken: true };
  if (!queue.length && !asking && !sync.trouble) return NOTHING;
  const waiting = await store.openOps(queue);
  const ops = waiting.slice(0, fitting(waiting));

  context.sending(ops.length ? [ops[0]!.seq, ops[ops.length - 1]!.seq] : null);
  try {
    const began = env.wall();
    const body = await message(context, sync, ops, head);
    const answer = await askJson<PushAnswer>(env, `/s/${who.site}/push`, { body, signal: context.ended }, isAnswer);
    const stop = answer.stop ?? null;
    const contact = { now: answer.now, wall: (began + env.wall()) / 2, beacon: answer.beacon };
    const next = await store.tx(["meta", "outbox", "rows"], {}, (tx) => takeAnswer(tx, context, answer, contact, sync));
    if (stop?.code === "busy") throw new Later(stop.retry_ms ?? 1_000);
    const asks_pull = stop?.code === "epoch";
    const wipe = stop?.code === "wipe" && (await forgot(context));
    if (ops.length && !next.broken && !asks_pull && !wipe && next.sent.seq === sync.sent.seq) throw new Later(NO_PROGRESS_MS);
    return { ...NOTHING, ops: ops.length, more: ops.length > 0 && !next.broken && !wipe, asks_pull, broken: next.broken, wipe };
  } finally {
    context.sending(null);
  }
}

/** What a push says: the exact bodies under one signature over the last link, or, without any, over the head. */
async function message({ env, who, key, waiting }: PushContext, sync: SyncState, ops: readonly Op[], head: Head): Promise<Push> {
  const last = ops[ops.length - 1];
  const [seq, link] = last ? [last.seq, last.link] : [head.seq, head.hash];
  const sig = await sign(key, pushBytes(who.site, who.dev, seq, link));
  const vital = await vitalOf(env, sync, waiting(sync.sent.seq));
  return { v: PROTOCOL, dev: who.dev, ops: ops.map((op) => op.body), sig, epoch: sync.epoch || null, seen: sync.seen, vital };
}

/** The ops after the last the server took. */
async function readQueue(tx: Tx): Promise<{ sync: SyncState; head: Head; queue: StoredOp[] }> {
  const sync = (await getMeta(tx, "sync"))!;
  return { sync, head: (await getMeta(tx, "head"))!, queue: await tx.objectStore("outbox").getAll(IDBKeyRange.lowerBound(sync.sent.seq, true), PUSH_OPS_MAX) };
}

/** Once the server has everything that was saved here, whatever else is kept of a revoked device goes but its records, which name photos. */
function forgot(context: PushContext): Promise<boolean> {
  return context.store.tx(["meta", "outbox", "rows", "drafts"], {}, async (tx) => {
    const { sync, queue } = await readQueue(tx);
    if (queue.length) return false;
    await fence(tx, context);
    await putMeta(tx, "sync", await dropRows(tx, sync));
    await tx.objectStore("drafts").clear();
    return true;
  });
}

/** How many of `ops` fit in one push; always the first. */
function fitting(ops: readonly Op[]): number {
  let bytes = ENVELOPE_BYTES;
  const tooMany = ops.findIndex((op, i) => {
    bytes += utf8(JSON.stringify(op.body)).length + 1;
    return i > 0 && bytes > PUSH_BYTES_MAX;
  });
  return tooMany < 0 ? ops.length : tooMany;
}

/** Takes an answer: its head must be a link of this chain, otherwise nothing of it counts and the chain is broken (laws I8, I9). */
async function takeAnswer(tx: Tx, context: PushContext, answer: PushAnswer, contact: Contact, asked: SyncState): Promise<SyncState> {
  const { env, who } = context;
  const stop = answer.stop ?? null;
  await fence(tx, context);
  const before = (await getMeta(tx, "sync"))!;
  // Rows of another incarnation have come meanwhile: what the one before had taken is old news (law I10).
  if (before.epoch !== asked.epoch) return before;
  const sync = { ...before, trouble: before.trouble === asked.trouble ? "" : before.trouble };
  const { last } = answer;
  if (stop?.code === "epoch") return restarted(tx, context, sync, answer);
  const broken = stop?.code === "fork" || !(await isOurs(tx, who, last)) || (stop?.code === "gap" && !(await has(tx, last.seq + 1)));
  let next: SyncState = { ...sync, broken: true };
  if (!broken) {
    // Only a gap takes the queue back: the server says that it does not have what it had, and gets it again.
    const sent = stop?.code === "gap" || last.seq > sync.sent.seq ? last : sync.sent;
    await takeResults(tx, answer.results.filter((result) => result.seq <= sent.seq));
    next = await tidy(tx, { ...sync, sent, dur: Math.max(sync.dur, answer.dur) });
  }
  await putMeta(tx, "sync", next);
  await noteContact(tx, env, contact);
  return next;
}

/** The site is another incarnation: go on from what it has, and take its rows from nothing (PROTOCOL §6). */
async function restarted(tx: Tx, { who }: PushContext, sync: SyncState, { epoch, last, dur }: PushAnswer): Promise<SyncState> {
  const next = await rewound(tx, who, { ...(await dropRows(tx, sync)), epoch }, last, dur);
  await putMeta(tx, "sync", next);
  return next;
}

async function has(tx: Tx, seq: number): Promise<boolean> {
  return (await tx.objectStore("outbox").getKey(seq)) !== undefined;
}

/** Whether this is the site's word and not a portal's: nothing is marked sent on anything less. */
function isAnswer(answer: Partial<PushAnswer>): boolean {
  return (
    typeof answer.epoch === "string" &&
    typeof answer.now === "number" &&
    typeof answer.last?.seq === "number" &&
    typeof answer.last.hash === "string" &&
    Array.isArray(answer.results)
  );
}
