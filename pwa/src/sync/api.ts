/** What screens use of the sync engine: rows to show, a way to save, and the truth about what is sent. See sync/PROTOCOL.md. */
import type { ReadonlySignal } from "@preact/signals";
import type { OpArgs, RowBody } from "./types.gen";

export type RowKind = keyof RowBody;
export type OpName = keyof OpArgs;

/** A row as screens see it: truth with the pending ops replayed over it. `pending`: an op of this device is still on its way. */
export interface View<B> {
  rid: string;
  ver: number;
  body: B;
  pending: boolean;
}

/** What a person sees at once after saving: local time (server-corrected ms), the eight-character code, the op id and its record. */
export interface LocalReceipt {
  id: string;
  rid: string;
  code: string;
  at: number;
}

/** Where one op stands. `saved` on this device; `applied` | `held` at the server; `refused` and in the tray until the person acts. */
export type OpState = "saved" | "sending" | "applied" | "held" | "refused";

export interface OutboxItem<K extends OpName = OpName> {
  id: string;
  seq: number;
  k: K;
  rid: string;
  a: OpArgs[K];
  bytes: number;
  saved_at: number;
  code: string;
  state: OpState;
  /** Result code from sync/errors.py, when held, refused or noted. */
  reason?: string;
  /** When the server received it (ms). */
  received_at?: number;
  grade?: "A" | "B" | "C";
  /** Present version of the record a refused command was about. */
  cur?: number;
  /** How the person dealt with a refused op, and the reason given. */
  settled?: { way: "amended" | "explained" | "dropped"; reason: string; at: number };
}

/** The status pill: synced only when the outbox is empty and nothing is refused (experience.md, promise 3). */
export interface Status {
  state: "synced" | "pending" | "offline" | "attention";
  count: number;
  /** The server can be reached, as far as this device knows: what is saved now leaves at once. */
  online: boolean;
  /** Server time of the last contact (ms), null before the first. */
  contact_at: number | null;
  /** The session has ended: recording and sending go on, rows wait for a new sign-in. */
  login: boolean;
  /** Last transport problem in words' id (ERRORS key), for the outbox page. */
  problem: string | null;
}

export interface SaveOptions {
  /** Op id (UUIDv7 made when the form opened): saving twice with one id, as a double tap does, is one record. */
  id?: string;
  /** Record id; a new UUIDv7 when absent. */
  rid?: string;
  /** For commands: the versions decided on. */
  guard?: Record<string, number>;
  /** Ops of one group commit together. */
  group?: string;
  /** Key of the draft this record was written from: forgotten in the same transaction, so that no kill can offer it again. */
  draft?: string;
}

export interface Change {
  kind: RowKind;
  rid: string;
  /** null removes the row from view. */
  body: RowBody[RowKind] | null;
}

export interface ReadRows {
  get<K extends RowKind>(kind: K, rid: string): RowBody[K] | undefined;
  all<K extends RowKind>(kind: K): Iterable<[string, RowBody[K]]>;
}

/** The optimistic effect of an op kind: pure; given the rows so far, what they become. Registered by features. */
export type Effect<K extends OpName> = (op: { id: string; rid: string; a: OpArgs[K]; at: number; uid: string }, rows: ReadRows) => Change[];
export type Effects = { [K in OpName]?: Effect<K> };

export interface Sync {
  readonly site: string;
  readonly uid: string;
  readonly dev: string;
  readonly status: ReadonlySignal<Status>;
  readonly outbox: ReadonlySignal<OutboxItem[]>;
  /** Rows of a kind, live; stable identity between changes. */
  rows<K extends RowKind>(kind: K): ReadonlySignal<ReadonlyMap<string, View<RowBody[K]>>>;
  /** Durable on this device when it resolves; never waits for the network. */
  save<K extends OpName>(k: K, a: OpArgs[K], options?: SaveOptions): Promise<LocalReceipt>;
  /** Try now. */
  retry(): void;
  /** A person's way on with a refused op; it stays in the ledger. */
  settle(id: string, way: "amended" | "explained" | "dropped", reason: string): Promise<void>;
  /** The unsent ops as one signed file. */
  exportUnsent(): Promise<{ name: string; text: string }>;
  /** Server-corrected present time (ms). */
  now(): number;
  /** Drafts survive a kill; one per key. */
  draft: {
    load<T>(key: string): Promise<{ value: T; saved_at: number } | undefined>;
    save<T>(key: string, value: T): Promise<void>;
    drop(key: string): Promise<void>;
  };
  /** Ends this tab's work (timers, socket, lock); data stays. */
  close(): Promise<void>;
}
