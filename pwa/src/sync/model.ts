/**
 * What this tab shows: rows and outbox as signals, read from the store in one transaction, so that truth and overlay always swap
 * together (law I15). Transactions over one store finish in order: of two reads the later one is shown, whichever is opened first.
 */
import { batch, computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Effects, RowKind, View } from "./api.ts";
import { isPending, KEEP_OPS_MIN } from "./fate.ts";
import { replay, type Base, type Overlay, type PendingOp } from "./overlay.ts";
import { getMeta, ofKind, type ClockState, type Device, type Op, type Encrypted, type Store, type StoredOp, type StoredRow, type SyncState, type Tx } from "./store.ts";
import { SEALED, type RowBody } from "./types.gen.ts";
import { keepWarm, openWarm, warmKey, WORTH, type Warm } from "./warm.ts";

type AnyView = View<RowBody[RowKind]>;
type Views<K extends RowKind> = ReadonlyMap<string, View<RowBody[K]>>;
/** A row as the server has it, with the hash of its text. */
type Row = AnyView & { h: string };
type Rows = ReadonlyMap<string, Row>;

const NONE: Rows = new Map();

export class Model {
  readonly ops: Signal<Op[]> = signal([]);
  readonly sync: Signal<SyncState | null> = signal(null);
  readonly clock: Signal<ClockState | null> = signal(null);
  private readonly base = new Map<string, Signal<Rows>>();
  private readonly views = new Map<string, ReadonlySignal<ReadonlyMap<string, AnyView>>>();
  private readonly overlay: ReadonlySignal<Overlay>;
  /** What is sealed is not to be shown: the site has not been heard for too long (PRV-19). */
  readonly veil = signal(false);
  readonly veiled = computed(() => this.veil.value && SEALED.some((kind) => this.kind(kind).value.size > 0));
  private reads = 0;
  private shown = 0;
  private cold = 0;

  constructor(
    private readonly store: Store,
    effects: Effects,
    uid: string,
  ) {
    const base = ((kind: RowKind) => this.kind(kind).value) as Base;
    this.overlay = computed(() => replay(base, this.pending(), effects, uid));
  }

  /** Reads the outbox anew, and the kinds of rows that have changed since they were last read. Tells whose chain it is. */
  async load(): Promise<Device> {
    const got = await this.store.tx(["meta", "outbox", "rows"], { mode: "readonly" }, async (tx) => {
      const sync = (await getMeta(tx, "sync"))!;
      const shown = this.sync.peek()?.changed ?? {};
      const kinds = Object.keys(sync.changed).filter((kind) => sync.changed[kind] !== shown[kind]);
      const rows = await Promise.all(kinds.map(async (kind) => [kind, await tx.objectStore("rows").getAll(ofKind(kind))] as const));
      const [device, clock] = [(await getMeta(tx, "device"))!, (await getMeta(tx, "clock"))!];
      const warm = this.reads === 0 ? await getMeta(tx, "warm") : undefined;
      return { device, sync, rows, ops: await readOps(tx), clock, warm };
    });
    const read = ++this.reads;
    const warm = await openWarm(this.store, got.warm);
    const [ops, rows] = await Promise.all([this.openOps(got.ops), this.openRows(got.rows.flatMap(([, of]) => of), warm)]);
    if (read < this.shown) return got.device;
    this.shown = read;
    batch(() => {
      for (const [kind, of] of got.rows) this.kind(kind).value = new Map(of.map((row) => [row.rid, rows.get(row)!]));
      this.ops.value = ops;
      this.sync.value = got.sync;
      this.clock.value = got.clock;
    });
    return got.device;
  }

  /** Which state of the store is shown: equal in tabs that show the same. */
  stamp(): string {
    const sync = this.sync.peek();
    return [sync?.cut, sync?.sent.seq, sync?.acked.seq, sync?.seen, this.ops.peek().length].join();
  }

  /** An op this tab has just saved: visible in this very frame. */
  saved(op: Op): void {
    if (!this.ops.value.some((known) => known.seq === op.seq)) this.ops.value = [...this.ops.value, op];
  }

  /** The live rows of a kind, pending ops included. */
  rows<K extends RowKind>(kind: K): ReadonlySignal<Views<K>> {
    let view = this.views.get(kind);
    if (!view) this.views.set(kind, (view = computed(() => (this.veil.value && SEALED.includes(kind) ? NONE : merge(this.kind(kind).value, this.overlay.value.get(kind))))));
    return view as ReadonlySignal<Views<K>>;
  }

  /** Bodies never change under a link: only ops not shown yet are opened. */
  private async openOps(ops: StoredOp[]): Promise<Op[]> {
    const known = new Map(this.ops.peek().map((op) => [op.link, op.body]));
    for (const op of await this.store.openOps(ops.filter((op) => !known.has(op.link)))) known.set(op.link, op.body);
    const reasons = await this.store.open(ops.map((op) => (op.settled?.reason ?? "") as Encrypted));
    return ops.map((op, i) => ({ ...op, body: known.get(op.link)!, ...(op.settled ? { settled: { ...op.settled, reason: reasons[i]! } } : {}) }));
  }

  /** A row is the one it was before when nothing changed, so that screens keep what they drew; the others are opened. */
  private async openRows(rows: StoredRow[], warm: Warm): Promise<Map<StoredRow, Row>> {
    const views = new Map<StoredRow, Row>();
    const show = (row: StoredRow, body: unknown) => {
      const { rid, ver, h } = row;
      views.set(row, { rid, ver, h, body: body as RowBody[RowKind], pending: false });
    };
    for (const row of rows) {
      const before = this.base.get(row.k)?.peek().get(row.rid);
      const body = warm.get(warmKey(row));
      if (before?.ver === row.ver && before.h === row.h) views.set(row, before);
      else if (body) show(row, body);
    }
    const fresh = rows.filter((row) => !views.has(row));
    this.cold += fresh.length;
    for (const [i, text] of (await this.store.open(fresh.map((row) => row.d))).entries()) show(fresh[i]!, JSON.parse(text));
    return views;
  }

  /** Many rows had to be opened one by one: the next start would be slow. */
  get isCold(): boolean {
    return this.cold >= WORTH;
  }

  /** Keeps what is shown for the next start. */
  async warm(): Promise<void> {
    this.cold = 0;
    const bodies = [...this.base].flatMap(([k, rows]) => [...rows.peek().values()].map((row): [string, unknown] => [warmKey({ ...row, k }), row.body]));
    await keepWarm(this.store, this.sync.peek()!, bodies);
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
