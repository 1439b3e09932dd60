/**
 * The device's storage: one IndexedDB database per site and person (sync.md A11).
 *
 *     meta    head · sync · clock · term          outbox  ops by number, exact bytes, never rewritten
 *     rows    the server's rows by (kind, rid)    drafts  what a form held at the last keystroke
 *
 * Every transaction goes through `Store.tx`: a browser that lost its storage process (UnknownError, InvalidStateError, an abort
 * nobody asked for; Safari after a while in the background) gets a new connection and one more try. All transactions here may run
 * twice: an op is known by its id.
 */
import { wrap, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from "idb";
import type { Env } from "./env.ts";
import type { Head, Result } from "./types.gen.ts";
import type { OutboxItem } from "./api.ts";

/** Where the replica and the queue stand. Heads are (number, link): an ack by number alone settles nothing (law I8). */
export interface SyncState {
  /** The sealed cursor; empty before the first page. */
  cur: string;
  epoch: string;
  /** Hash of the bucket set the rows belong to. */
  bh: string;
  /** What the server has taken, by hash: from push answers and acks. */
  sent: Head;
  /** What the rows here already contain: moves only together with them. */
  acked: Head;
  /** Highest own number in a verified backup. */
  dur: number;
  /** Highest number up to which every result is stored here. */
  seen: number;
  /** Counts cuts, and says of each kind of row in which cut it last changed: tabs read again what is newer than what they show. */
  cut: number;
  changed: Record<string, number>;
  /** Why sending has stopped until the device is enrolled anew. */
  halt: "chain_fork" | "epoch_changed" | null;
}

/** The device's sense of time (A8). `wall`, `mono`, `load`: the last reading, to notice a clock that goes back. */
export interface ClockState {
  off: number | null;
  beacon: { id: string; load: string; mono: number } | null;
  wall: number;
  mono: number;
  load: string;
  stepped: boolean;
  /** Server time of the last contact. */
  contact_at: number | null;
}

export interface Meta {
  head: Head;
  sync: SyncState;
  clock: ClockState;
  /** Counts leaders; only the newest may write what it learns from the server. */
  term: number;
}

/** One op as it is kept. `open` is 1 while the op still concerns somebody, and absent afterwards (it is an index). */
export interface StoredOp {
  seq: number;
  id: string;
  body: string;
  link: string;
  code: string;
  saved_at: number;
  open?: 1;
  result?: Result;
  settled?: NonNullable<OutboxItem["settled"]>;
}

export interface StoredRow {
  k: string;
  rid: string;
  ver: number;
  d: string;
  buckets: string[];
}

export interface Draft {
  value: unknown;
  saved_at: number;
}

interface Schema extends DBSchema {
  meta: { key: string; value: Meta[keyof Meta] };
  outbox: { key: number; value: StoredOp; indexes: { id: string; open: number } };
  rows: { key: [string, string]; value: StoredRow };
  drafts: { key: string; value: Draft };
}

export type StoreName = StoreNames<Schema>;
export type Tx = IDBPTransaction<Schema, StoreName[], "readwrite">;

interface TxOptions {
  mode?: IDBTransactionMode;
  /** A record is strict: on disk before anybody says 已存本机. Rows can be fetched again. */
  durability?: "strict" | "relaxed";
}

const RETRIED = new Set(["UnknownError", "InvalidStateError", "AbortError"]);
const VERSION = 1;

export class Store {
  private db: Promise<IDBPDatabase<Schema>> | null = null;

  constructor(
    private readonly env: Env,
    readonly name: string,
  ) {}

  /** Runs `work` in one transaction; resolves with its value once committed. Anything thrown inside undoes everything. */
  async tx<T>(stores: StoreName[], options: TxOptions, work: (tx: Tx) => Promise<T>): Promise<T> {
    try {
      return await this.once(stores, options, work);
    } catch (error) {
      if (!(error instanceof DOMException) || !RETRIED.has(error.name)) throw error;
      this.close();
      return this.once(stores, options, work);
    }
  }

  close(): void {
    void this.db?.then((db) => db.close()).catch(() => undefined);
    this.db = null;
  }

  private async once<T>(stores: StoreName[], options: TxOptions, work: (tx: Tx) => Promise<T>): Promise<T> {
    const db = await this.connect();
    const tx = db.transaction(stores, (options.mode ?? "readwrite") as "readwrite", { durability: options.durability ?? "relaxed" });
    const done = tx.done.then(
      () => null,
      (error: unknown) => error ?? new DOMException("", "AbortError"),
    );
    try {
      const value = await work(tx);
      const failed = await done;
      if (failed) throw failed;
      return value;
    } catch (error) {
      abort(tx);
      await done;
      throw error;
    }
  }

  private connect(): Promise<IDBPDatabase<Schema>> {
    this.db ??= this.open().catch((error: unknown) => {
      this.db = null;
      throw error;
    });
    return this.db;
  }

  private async open(): Promise<IDBPDatabase<Schema>> {
    const request = this.env.idb.open(this.name, VERSION);
    request.onupgradeneeded = () => upgrade(request.result);
    const db = (await wrap(request)) as unknown as IDBPDatabase<Schema>;
    // Another tab upgrades, or the browser lost the connection: the next transaction opens anew.
    db.addEventListener("versionchange", () => this.close());
    db.addEventListener("close", () => this.close());
    return db;
  }
}

function abort(tx: Tx): void {
  try {
    tx.abort();
  } catch {
    // Already finished: there is nothing left to undo.
  }
}

function upgrade(db: IDBDatabase): void {
  db.createObjectStore("meta");
  db.createObjectStore("rows", { keyPath: ["k", "rid"] });
  db.createObjectStore("drafts");
  const outbox = db.createObjectStore("outbox", { keyPath: "seq" });
  outbox.createIndex("id", "id", { unique: true });
  outbox.createIndex("open", "open");
}

/** The name of a person's database at a site. */
export function databaseName(site: string, uid: string): string {
  return `zg:${site}:${uid}`;
}

/** Reads one entry of `meta`. */
export async function getMeta<K extends keyof Meta>(tx: Tx, key: K): Promise<Meta[K] | undefined> {
  return (await tx.objectStore("meta").get(key)) as Meta[K] | undefined;
}

/** Writes one entry of `meta`. */
export function putMeta<K extends keyof Meta>(tx: Tx, key: K, value: Meta[K]): Promise<string> {
  return tx.objectStore("meta").put(value, key);
}

/** Range of all rows of a kind. */
export function ofKind(kind: string): IDBKeyRange {
  return IDBKeyRange.bound([kind], [kind, []]);
}

/** A transaction of a leader that has been replaced: it may not write (law I28). */
export class Fenced extends Error {}

/** Throws `Fenced` unless `term` is still the newest. */
export async function fence(tx: Tx, term: number): Promise<void> {
  if ((await getMeta(tx, "term")) !== term) throw new Fenced();
}
