/**
 * What this tab shows: rows and outbox as signals, read from the store in one transaction, so that truth and overlay always swap
 * together (law I15). Transactions over one store finish in order; whoever finishes last has read the newest state.
 */
import { batch, computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Effects, RowKind, View } from "./api.ts";
import { isPending, KEEP_OPS_MIN } from "./ledger.ts";
import { replay, type Base, type Overlay, type PendingOp } from "./overlay.ts";
import { getMeta, ofKind, type ClockState, type Store, type StoredOp, type StoredRow, type SyncState, type Tx } from "./store.ts";
import type { RowBody } from "./types.gen.ts";

type AnyView = View<RowBody[RowKind]>;
type Views<K extends RowKind> = ReadonlyMap<string, View<RowBody[K]>>;
/** A row as the server has it, with the exact text it came from. */
type Row = AnyView & { text: string };
type Rows = ReadonlyMap<string, Row>;

const NONE: Rows = new Map();

export class Model {
  readonly ops: Signal<StoredOp[]> = signal([]);
  readonly sync: Signal<SyncState | null> = signal(null);
  readonly clock: Signal<ClockState | null> = signal(null);
  private readonly base = new Map<string, Signal<Rows>>();
  private readonly views = new Map<string, ReadonlySignal<ReadonlyMap<string, AnyView>>>();
  private readonly overlay: ReadonlySignal<Overlay>;

  constructor(
    private readonly store: Store,
    effects: Effects,
    uid: string,
  ) {
    const base = ((kind: RowKind) => this.kind(kind).value) as Base;
    this.overlay = computed(() => replay(base, this.pending(), effects, uid));
  }

  /** Reads the outbox anew, and the kinds of rows that have changed since they were last read. */
  async load(): Promise<void> {
    const got = await this.store.tx(["meta", "outbox", "rows"], { mode: "readonly" }, async (tx) => {
      const sync = (await getMeta(tx, "sync"))!;
      const shown = this.sync.peek()?.changed ?? {};
      const kinds = Object.keys(sync.changed).filter((kind) => sync.changed[kind] !== shown[kind]);
      const rows = await Promise.all(kinds.map(async (kind) => [kind, await tx.objectStore("rows").getAll(ofKind(kind))] as const));
      return { sync, rows, ops: await readOps(tx), clock: (await getMeta(tx, "clock"))! };
    });
    batch(() => {
      for (const [kind, rows] of got.rows) this.kind(kind).value = new Map(rows.map((row) => [row.rid, this.keep(row)]));
      this.ops.value = got.ops;
      this.sync.value = got.sync;
      this.clock.value = got.clock;
    });
  }

  /** An op this tab has just saved: visible in this very frame. */
  saved(op: StoredOp): void {
    if (!this.ops.value.some((known) => known.seq === op.seq)) this.ops.value = [...this.ops.value, op];
  }

  /** The live rows of a kind, pending ops included. */
  rows<K extends RowKind>(kind: K): ReadonlySignal<Views<K>> {
    let view = this.views.get(kind);
    if (!view) this.views.set(kind, (view = computed(() => merge(this.kind(kind).value, this.overlay.value.get(kind)))));
    return view as ReadonlySignal<Views<K>>;
  }

  /** The row as it was before when nothing changed, so that screens keep what they drew. */
  private keep(row: StoredRow): Row {
    const before = this.base.get(row.k)?.peek().get(row.rid);
    if (before?.ver === row.ver && before.text === row.d) return before;
    return { rid: row.rid, ver: row.ver, body: JSON.parse(row.d) as RowBody[RowKind], pending: false, text: row.d };
  }

  private kind(kind: string): Signal<Rows> {
    let rows = this.base.get(kind);
    if (!rows) this.base.set(kind, (rows = signal(NONE)));
    return rows;
  }

  private pending(): PendingOp[] {
    const acked = this.sync.value?.acked ?? { seq: 0, hash: "" };
    const pending = this.ops.value.filter((op) => isPending(op, acked));
    return pending.map((op) => ({ ...(JSON.parse(op.body) as PendingOp), at: op.saved_at }));
  }
}

function merge(base: Rows, over: ReadonlyMap<string, RowBody[RowKind] | null> | undefined): ReadonlyMap<string, AnyView> {
  if (!over?.size) return base;
  const views = new Map<string, AnyView>(base);
  for (const [rid, body] of over) {
    if (body) views.set(rid, { rid, ver: base.get(rid)?.ver ?? 0, body, pending: true });
    else views.delete(rid);
  }
  return views;
}

/** The last ops, and every older one that still concerns somebody, in number order. */
async function readOps(tx: Tx): Promise<StoredOp[]> {
  const outbox = tx.objectStore("outbox");
  const oldest = ((await getMeta(tx, "head"))?.seq ?? 0) - KEEP_OPS_MIN;
  const last = await outbox.getAll(IDBKeyRange.lowerBound(oldest, true));
  const open = (await outbox.index("open").getAll(1)).filter((op) => op.seq <= oldest);
  return [...open, ...last].sort((a, b) => a.seq - b.seq);
}
