/** Up: sends what the server does not have, in order, and takes its word on it by number and hash (sync.md A3). */
import { PUSH_BYTES_MAX, PUSH_OPS_MAX, pushBytes } from "./chain.ts";
import { utf8 } from "./bytes.ts";
import { sign, type DeviceKey } from "./crypto.ts";
import type { Env } from "./env.ts";
import { askJson } from "./http.ts";
import { Later } from "./lane.ts";
import { isOurs, takeResults, tidy } from "./ledger.ts";
import type { Who } from "./outbox.ts";
import { noteContact, type Contact } from "./replica.ts";
import { fence, getMeta, putMeta, type Store, type StoredOp, type SyncState, type Tx } from "./store.ts";
import { PROTOCOL, type Push, type PushAnswer } from "./types.gen.ts";

/** Room in a push for everything that is not an op. */
const ENVELOPE_BYTES = 1024;
/** A server that answers well and takes nothing is not asked again at once. */
const NO_PROGRESS_MS = 10_000;

/** One push. `more`: there may be more to send; `asks_pull`: the server is another incarnation, look at it first. */
export interface Pushed {
  ops: number;
  more: boolean;
  asks_pull: boolean;
}

/** What a push needs to know. `sending` hears which numbers are on their way, and null afterwards. */
export interface PushContext {
  env: Env;
  store: Store;
  who: Who;
  key: DeviceKey;
  term: number;
  sending(range: [number, number] | null): void;
}

/** Sends the next ops, if any. */
export async function pushOnce(context: PushContext): Promise<Pushed> {
  const { env, store, who } = context;
  const { sync, ops } = await store.tx(["meta", "outbox"], { mode: "readonly" }, readQueue);
  if (!ops.length || sync.halt) return { ops: 0, more: false, asks_pull: false };

  context.sending([ops[0]!.seq, ops[ops.length - 1]!.seq]);
  try {
    const began = env.wall();
    const body = await message(context, sync, ops);
    const answer = await askJson<PushAnswer>(env, `/s/${who.site}/push`, { body }, isAnswer);
    const stop = answer.stop ?? null;
    if (stop?.code === "epoch") return { ops: 0, more: false, asks_pull: true };
    const contact = { now: answer.now, wall: (began + env.wall()) / 2, beacon: answer.beacon };
    const next = await store.tx(["meta", "outbox"], {}, (tx) => takeAnswer(tx, context, answer, contact));
    if (stop?.code === "busy") throw new Later(stop.retry_ms ?? 1_000);
    if (!next.halt && next.sent.seq === sync.sent.seq) throw new Later(NO_PROGRESS_MS);
    return { ops: ops.length, more: next.halt === null, asks_pull: false };
  } finally {
    context.sending(null);
  }
}

/** The ops a rescue file holds, or a push sends: the exact bodies under one signature over the last link. */
export async function message({ who, key }: { who: Who; key: DeviceKey }, sync: SyncState, ops: StoredOp[]): Promise<Push> {
  const last = ops[ops.length - 1];
  const sig = last ? await sign(key, pushBytes(who.site, who.dev, last.seq, last.link)) : "";
  return { v: PROTOCOL, dev: who.dev, ops: ops.map((op) => op.body), sig, epoch: sync.epoch || null, seen: sync.seen };
}

/** The ops after the last the server took, as many as fit in one push. */
async function readQueue(tx: Tx): Promise<{ sync: SyncState; ops: StoredOp[] }> {
  const sync = (await getMeta(tx, "sync"))!;
  const ops = await tx.objectStore("outbox").getAll(IDBKeyRange.lowerBound(sync.sent.seq, true), PUSH_OPS_MAX);
  return { sync, ops: ops.slice(0, fitting(ops)) };
}

/** How many of `ops` fit in one push; always the first. */
export function fitting(ops: StoredOp[]): number {
  let bytes = ENVELOPE_BYTES;
  const tooMany = ops.findIndex((op, i) => {
    bytes += utf8(JSON.stringify(op.body)).length + 1;
    return i > 0 && bytes > PUSH_BYTES_MAX;
  });
  return tooMany < 0 ? ops.length : tooMany;
}

/** Takes an answer: its head must be a link of this chain, otherwise nothing of it counts and sending stops (laws I8, I9). */
async function takeAnswer(tx: Tx, context: PushContext, answer: PushAnswer, contact: Contact): Promise<SyncState> {
  const { env, who, term } = context;
  const stop = answer.stop ?? null;
  await fence(tx, term);
  const sync = (await getMeta(tx, "sync"))!;
  const { last } = answer;
  const broken = stop?.code === "fork" || !(await isOurs(tx, who, last)) || (stop?.code === "gap" && !(await has(tx, last.seq + 1)));
  let next: SyncState = { ...sync, halt: "chain_fork" };
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
