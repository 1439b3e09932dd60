/** The pill's truth (experience.md, promises 2 and 3): synced is a proof, given only when nothing waits, was refused or is wrong. */
import type { OpName, OutboxItem, Status } from "./api.ts";
import { utf8 } from "./bytes.ts";
import type { Link } from "./engine.ts";
import { needsPerson, outcome } from "./ledger.ts";
import type { ClockState, StoredOp, SyncState } from "./store.ts";
import type { OpArgs } from "./types.gen.ts";

/** What the pill says. */
export function statusOf(ops: StoredOp[], sync: SyncState | null, clock: ClockState | null, link: Link): Status {
  const unsent = ops.filter((op) => op.seq > (sync?.sent.seq ?? 0)).length;
  const problem = sync?.halt ?? link.problem;
  // To sign in, or to have a stopped device looked at, is one thing to do; a busy server is none.
  const stuck = sync?.halt || link.login || link.stuck ? 1 : 0;
  const attention = ops.filter(needsPerson).length + stuck;
  const state = attention ? "attention" : !link.online ? "offline" : unsent ? "pending" : "synced";
  return { state, count: attention || unsent, online: link.online, contact_at: clock?.contact_at ?? null, login: link.login, problem };
}

/** The outbox as people see it, in number order. */
export function itemsOf(ops: StoredOp[], link: Link): OutboxItem[] {
  return ops.map((op) => itemOf(op, link));
}

interface Body {
  k: OpName;
  rid: string;
  a: OpArgs[OpName];
}

function itemOf(op: StoredOp, link: Link): OutboxItem {
  const { k, rid, a } = JSON.parse(op.body) as Body;
  const [from, to] = link.sending ?? [0, -1];
  const { result } = op;
  return {
    ...{ id: op.id, seq: op.seq, k, rid, a, bytes: utf8(op.body).length, saved_at: op.saved_at, code: op.code },
    state: outcome(op) ?? (from <= op.seq && op.seq <= to ? "sending" : "saved"),
    ...(result?.code ? { reason: result.code } : {}),
    ...(result ? { received_at: result.at, grade: result.grade ?? "C" } : {}),
    ...(typeof result?.cur === "number" ? { cur: result.cur } : {}),
    ...(op.settled ? { settled: op.settled } : {}),
  };
}
