/** What screens use of the sync engine: rows to show, a way to save, and the truth about what is sent. See sync/PROTOCOL.md. */
import type { ReadonlySignal } from "@preact/signals";
import type { Lost } from "./store";
import type { Blob as Photo, OpArgs, RowBody } from "./types.gen";

/** A photo or sound as a record names it: by the hash of its bytes. */
export type { Photo };

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
  /** Photos and sounds it names, and how many of them the site has. */
  blobs?: readonly Photo[];
  /** How the person dealt with a refused op, and the reason given. */
  settled?: { way: "amended" | "explained" | "dropped"; reason: string; at: number };
}

/** The status pill: synced only when the outbox is empty and nothing is refused. */
export interface Status {
  state: "synced" | "pending" | "offline" | "attention";
  count: number;
  /** The server can be reached: what is saved now leaves at once. Null: there is a network, and nobody has been heard yet. */
  online: boolean | null;
  /** Server time of the last contact (ms), null before the first. */
  contact_at: number | null;
  /** The session has ended: recording and sending go on, rows wait for a new sign-in. */
  login: boolean;
  /** The site has disabled this device and has everything it recorded: it forgets (sync/PROTOCOL.md §6). */
  wipe: boolean;
  /** The site has not been heard for longer than the hall lets a phone stay open: it locks, and a sign-in opens it (docs/security.md). */
  overdue?: boolean;
  /** Last transport problem in words' id (ERRORS key), for the outbox page. */
  problem: string | null;
  /** When sending is tried next after it failed (this device's clock, ms). */
  next_at?: number;
}

export interface SaveOptions {
  /** Op id (UUIDv7 made when the form opened): saving twice with one id, as a double tap does, is one record. */
  id?: string;
  /** Record id; a new UUIDv7 when absent. */
  rid?: string;
  /** For commands: the versions decided on. */
  guard?: Record<string, number>;
  /** Key of the draft this record was written from: forgotten in the same transaction, so that no kill can offer it again. */
  draft?: string;
  /** Photos and sounds the record names; their bytes are kept already. */
  blobs?: readonly Photo[];
}

/** A photo or sound to be kept: its bytes, and a preview of at most 20 KB for a photo. `taken`: when (ms). */
export interface Attach {
  bytes: Uint8Array<ArrayBuffer>;
  preview: Uint8Array<ArrayBuffer> | null;
  mime: string;
  taken: number;
}

/** Photos and sounds on this device, until the site holds them for good. */
export interface Files {
  /** On the disk when it resolves. */
  keep(file: Attach): Promise<Photo>;
  bytes(sha256: string, part: "full" | "preview"): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Forgets one that no record names. */
  drop(sha256: string): Promise<void>;
  /** Those of records that the site does not have. */
  unsent(): Promise<Photo[]>;
}

/** A file on its way. */
export interface Carrying {
  sha256: string;
  part: "thumb" | "full";
  sent: number;
  size: number;
}

/** A rescue file. `files`: photos and sounds in it; `gone`: those whose bytes are not here any more. */
export interface Exported {
  name: string;
  file: globalThis.Blob;
  files: number;
  gone: number;
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
export type Effect<K extends OpName> = (op: { id: string; rid: string; a: OpArgs[K]; at: number; uid: string; blobs: readonly Photo[] }, rows: ReadRows) => Change[];
export type Effects = { [K in OpName]?: Effect<K> };

/** What a form holds. `saved_at` ms; `op`: the id its record will have, whichever tab saves it. */
export interface Kept<T> {
  value: T;
  saved_at: number;
  op?: string | undefined;
}

/** Drafts survive a kill; one per key, whatever the number of tabs. */
export interface Drafts {
  load<T>(key: string): Promise<Kept<T> | undefined>;
  /** Keeps what `next` makes of what is there, whatever other tabs write meanwhile; undefined leaves it. `op`: the id of a new one. */
  change<T>(key: string, next: (kept: T | undefined) => T | undefined, op?: string): Promise<Kept<T> | undefined>;
  save<T>(key: string, value: T): Promise<void>;
  drop(key: string): Promise<void>;
  /** Hears of every draft that changes or goes, `own`: by this tab. Returns how to stop. */
  watch(then: (key: string, own: boolean) => void): () => void;
}

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
  /** The unsent ops as one signed file; with photos and sounds (`files`) it grows by a line for each. */
  exportUnsent(files?: boolean): Promise<Exported>;
  /** Server-corrected present time (ms). */
  now(): number;
  readonly draft: Drafts;
  /** Whether records are kept in a second place as well; null until known. */
  readonly twin: ReadonlySignal<boolean | null>;
  /** Highest own number the site has in a verified backup: what is above it stays on this device, sent or not. */
  readonly durable: ReadonlySignal<number>;
  /** Numbers of records that this device has lost, if it has. */
  readonly lost: ReadonlySignal<Lost | null>;
  /** There are sealed rows, and they are not shown: the site has not been heard for too long. */
  readonly veiled: ReadonlySignal<boolean>;
  /** Photos and sounds kept here. */
  files(): Promise<Files>;
  /** How many photos and sounds of records the site does not have yet. */
  readonly waiting: ReadonlySignal<number>;
  /** The file on its way, in the tab that sends. */
  readonly carrying: ReadonlySignal<Carrying | null>;
  /** Sends pictures now, whatever the switch for mobile networks says. */
  carryNow(): void;
  /** Ends this tab's work (timers, socket, lock); data stays. */
  close(): Promise<void>;
}
