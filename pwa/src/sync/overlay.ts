/** What a person sees before the server has answered: base rows with the effects of pending ops replayed over them. Pure (law I16). */
import type { Change, Effect, Effects, OpName, Photo, ReadRows, RowKind } from "./api.ts";
import type { OpArgs, RowBody } from "./types.gen.ts";

/** A pending op as effects get it. */
export interface PendingOp<K extends OpName = OpName> {
  id: string;
  k: K;
  rid: string;
  a: OpArgs[K];
  at: number;
  blobs?: readonly Photo[];
}

/** Rows changed by pending ops: kind → rid → body, null when the row is out of view. */
export type Overlay = ReadonlyMap<RowKind, ReadonlyMap<string, RowBody[RowKind] | null>>;

/** The base an overlay is laid over: the server's rows of one kind. */
export type Base = <K extends RowKind>(kind: K) => ReadonlyMap<string, { body: RowBody[K] }>;

/** Replays `ops` (in number order) over `base`. An effect that throws shows nothing; its op is safe in the outbox. */
export function replay(base: Base, ops: Iterable<PendingOp>, effects: Effects, uid: string): Overlay {
  const changed = new Map<RowKind, Map<string, RowBody[RowKind] | null>>();
  const rows = layered(base, changed);
  for (const op of ops) {
    for (const change of effectOf(op, effects, rows, uid)) {
      let kind = changed.get(change.kind);
      if (!kind) changed.set(change.kind, (kind = new Map()));
      kind.set(change.rid, change.body);
    }
  }
  return changed;
}

function effectOf<K extends OpName>(op: PendingOp<K>, effects: Effects, rows: ReadRows, uid: string): Change[] {
  const effect = effects[op.k] as Effect<K> | undefined;
  try {
    return effect?.({ id: op.id, rid: op.rid, a: op.a, at: op.at, uid, blobs: op.blobs ?? [] }, rows) ?? [];
  } catch {
    return [];
  }
}

/** Rows as the effects so far have left them. */
function layered(base: Base, changed: Overlay): ReadRows {
  return {
    get<K extends RowKind>(kind: K, rid: string): RowBody[K] | undefined {
      const over = changed.get(kind)?.get(rid) as RowBody[K] | null | undefined;
      return over === undefined ? base(kind).get(rid)?.body : (over ?? undefined);
    },
    *all<K extends RowKind>(kind: K): Iterable<[string, RowBody[K]]> {
      const over = changed.get(kind) as ReadonlyMap<string, RowBody[K] | null> | undefined;
      for (const [rid, row] of base(kind)) if (!over?.has(rid)) yield [rid, row.body];
      for (const [rid, body] of over ?? []) if (body) yield [rid, body];
    },
  };
}
