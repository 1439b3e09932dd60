/** The pill's truth: synced is a proof, given only when nothing waits, was refused or is wrong. */
import type { OpName, OutboxItem, Photo, Status } from "./api.ts";
import { utf8 } from "./bytes.ts";
import type { Link } from "./engine.ts";
import { fateOf, needsPerson, outcome } from "./fate.ts";
import type { ClockState, Op, SyncState } from "./store.ts";
import type { OpArgs } from "./types.gen.ts";

/** What the pill says. `files`: photos and sounds the site does not have. */
export function statusOf(ops: Op[], sync: SyncState | null, clock: ClockState | null, link: Link, files = 0): Status {
  const unsent = ops.filter((op) => op.seq > (sync?.sent.seq ?? 0) && !op.was).length + files;
  const { problem } = link;
  // To sign in, or to have a stopped device looked at, is one thing to do; a busy server is none.
  const stuck = link.login || link.stuck ? 1 : 0;
  const attention = ops.filter(needsPerson).length + stuck;
  const state = attention ? "attention" : link.online === false ? "offline" : unsent ? "pending" : "synced";
  return { state, count: attention || unsent, online: link.online, contact_at: clock?.contact_at ?? null, login: link.login, problem, wipe: link.wipe === true, ...(link.overdue ? { overdue: true } : {}), ...(unsent && link.next_at ? { next_at: link.next_at } : {}) };
}

/** The outbox as people see it, in number order. */
export function itemsOf(ops: Op[], link: Link): OutboxItem[] {
  return ops.map((op) => itemOf(op, link));
}

interface Body {
  k: OpName;
  rid: string;
  a: OpArgs[OpName];
  blobs?: Photo[];
}

function itemOf(op: Op, link: Link): OutboxItem {
  const { k, rid, a, blobs } = JSON.parse(op.body) as Body;
  const [from, to] = link.sending ?? [0, -1];
  const fate = fateOf(op);
  return {
    ...{ id: op.id, seq: op.seq, k, rid, a, bytes: utf8(op.body).length, saved_at: op.saved_at, code: op.code },
    state: outcome(op) ?? (from <= op.seq && op.seq <= to ? "sending" : "saved"),
    ...(fate?.code ? { reason: fate.code } : {}),
    ...(fate ? { received_at: fate.at, grade: fate.grade ?? "C" } : {}),
    ...(typeof fate?.cur === "number" ? { cur: fate.cur } : {}),
    ...(blobs?.length ? { blobs } : {}),
    ...(op.settled ? { settled: op.settled } : {}),
  };
}
