/**
 * The device's storage: one IndexedDB database per site and person.
 *
 *     meta    head · sync · clock · term          outbox  ops by number, exact bytes, never rewritten
 *     rows    the server's rows by (kind, rid)    drafts  what a form held at the last keystroke
 *
 * What people wrote and read (op bodies, row bodies, drafts) lies here only as a `Vault` has encrypted it: `Store.seal` before a transaction,
 * `Store.open` after one, never inside, because an IndexedDB transaction ends while anything else is awaited. The type `Encrypted` keeps
 * anybody from forgetting it; the journal keeps the same encrypted texts.
 *
 * Every transaction goes through `Store.tx`: a browser that lost its storage process (UnknownError, InvalidStateError, an abort
 * nobody asked for; Safari after a while in the background) gets a new connection and one more try. All transactions here may run
 * twice: an op is known by its id.
 */
import { wrap, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from "idb";
import type { DeviceKey } from "./keys.ts";
import type { Env } from "./env.ts";
import type { Bytes } from "./seal.ts";
import { upgrade } from "./upgrade.ts";
import type { Sum, Sums } from "./sums.ts";
import type { Head, Result, Snap } from "./types.gen.ts";
import type { OutboxItem } from "./api.ts";

/** A device of this person: its id, and the key that proves it. */
export interface Device {
  dev: string;
  key: DeviceKey;
}

/** A text as it lies on the disk. */
export type Encrypted = string & { readonly encrypted: true };

/**
 * How texts are kept on the disk. Whole batches, so that a vault may work on them side by side; order and number stay. `open` also gets
 * texts an earlier release has written as they are.
 */
export interface Vault {
  seal(texts: readonly string[]): Promise<string[]>;
  open(encrypted: readonly string[]): Promise<string[]>;
  /** The same for the bytes of a photo or sound. */
  sealBytes(clear: Bytes): Promise<Bytes>;
  openBytes(encrypted: Bytes): Promise<Bytes>;
}

/** Texts as they are. */
export const PLAIN: Vault = {
  seal: async (texts) => [...texts],
  open: async (encrypted) => [...encrypted],
  sealBytes: async (bytes) => bytes,
  openBytes: async (bytes) => bytes,
};

/** Where the replica and the queue stand. Heads are (number, link): an ack by number alone settles nothing (law I8). */
export interface SyncState {
  /** The sealed cursor; empty before the first page. */
  cur: string;
  epoch: string;
  /** Hash of the bucket set held whole. */
  bh: string;
  /** All buckets this device may read, as of the last page; those of them it does not hold whole yet. */
  buckets: string[];
  fill: string[];
  /** The shape release of the app that fetched the rows (PROTOCOL §2); absent: the first. */
  sv?: number;
  /** The set has changed and is being filled: pulls say which buckets are held whole. */
  have: boolean;
  /** Snapshots still to be taken before the next page, with how far each has come. */
  snaps: SnapWork[];
  /** Rows and sum of their hashes per bucket, moved with the rows (PROTOCOL §2). */
  sums: Sums;
  /** Buckets that differ from the site's and are to be repaired, as (mine, its). */
  differs: Record<string, [Sum, Sum]>;
  /** When a bucket was last repaired, and when all rows were last dropped because that had not helped (wall ms). */
  repaired: Record<string, number>;
  restarted_at: number | null;
  /** What went wrong on this device and the site has not heard of yet: numbers that are gone, sums that repair did not cure. */
  trouble: string;
  /** Numbers that nothing on this device holds any more: shown to the person. */
  lost: Lost | null;
  /** The device this browser was before, as told at a sign-in, once its records have been looked for. */
  handled: string | null;
  /** A device whose key is gone and whose ops go on here: the site is to close its chain. */
  after: string | null;
  /** When rows were last hashed anew (wall ms). */
  audited_at: number;
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
  /** The site has another chain under this device's numbers: nothing is sent until the device has enrolled anew (PROTOCOL §6). */
  broken: boolean;
}

/** The device's sense of time (PROTOCOL §5). `wall`, `mono`, `load`: the last reading, to notice a clock that goes back. */
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
  /** Whose chain the outbox is: moved together with the ops when a broken chain is left behind (PROTOCOL §6). */
  device: Device;
  /** The device that is to take its place: kept before the site hears of it. */
  successor: Device | null;
  head: Head;
  sync: SyncState;
  clock: ClockState;
  /** Counts leaders; only the newest may write what it learns from the server. */
  term: number;
  /** The bodies of rows as last shown, for the next start (warm.ts). */
  warm: Encrypted;
}

/** Numbers of a chain that are gone. `checked`: the site has said that it does not have them either. */
export interface Lost {
  dev: string;
  numbers: number[];
  checked: boolean;
}

/** One op as it is kept. `open` is 1 while the op still concerns somebody, and absent afterwards (it is an index). */
export interface StoredOp {
  seq: number;
  id: string;
  body: Encrypted;
  link: string;
  code: string;
  saved_at: number;
  open?: 1;
  result?: Result;
  /** What was known of it in the chain it was in before. */
  was?: Result;
  /** The rows already contained it when it was moved into this chain. */
  shown?: 1;
  /** How the person dealt with it; the reason is encrypted as the body is. */
  settled?: NonNullable<OutboxItem["settled"]>;
}

/** An op with its body as the person's device wrote it. */
export type Op = Omit<StoredOp, "body"> & { body: string };

export interface StoredRow {
  k: string;
  rid: string;
  ver: number;
  /** The server's hash of the body it keeps. */
  h: string;
  d: Encrypted;
  buckets: string[];
  /** The body was projected to an older shape: `h` is not its hash. */
  p?: boolean;
}

export interface Draft {
  /** The value's JSON. */
  text: Encrypted;
  saved_at: number;
  /** The id its record will have, whichever tab saves it. */
  op?: string | undefined;
}

/** A snapshot on its way: chunks taken, and the rows and the sum in them. */
export interface SnapWork extends Snap {
  done: number;
  got: Sum;
  /** How often it came and brought no chunk more. */
  cuts?: number;
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
const VERSION = 2;

export class Store {
  private db: Promise<IDBPDatabase<Schema>> | null = null;

  constructor(
    private readonly env: Env,
    readonly name: string,
    private readonly vault: Vault = PLAIN,
  ) {}

  /** Texts as they may be written to the disk. */
  async seal(texts: readonly string[]): Promise<Encrypted[]> {
    return (await this.vault.seal(texts)) as Encrypted[];
  }

  /** Texts as they were before they were encrypted. */
  open(encrypted: readonly Encrypted[]): Promise<string[]> {
    return this.vault.open(encrypted);
  }

  /** Ops with their bodies as the device wrote them. */
  async openOps(ops: readonly StoredOp[]): Promise<Op[]> {
    const bodies = await this.open(ops.map((op) => op.body));
    return ops.map((op, i) => ({ ...op, body: bodies[i]! }));
  }

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
    this.db ??= this.opened().catch((error: unknown) => {
      this.db = null;
      throw error;
    });
    return this.db;
  }

  private async opened(): Promise<IDBPDatabase<Schema>> {
    const request = this.env.idb.open(this.name, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => upgrade(request.result, request.transaction!, oldVersion);
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

/** The name of a person's database at a site. */
export function databaseName(site: string, uid: string): string {
  return `zg:${site}:${uid}`;
}

/** The file in which the outbox of a database is kept a second time, and the one with the key to it. */
export const journalName = (database: string): string => `${encodeURIComponent(database)}.journal`;
export const keyName = (database: string): string => `${encodeURIComponent(database)}.key`;

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

/** Whose work a transaction is: a leader's, in its term, for its device. */
export interface Pen {
  term: number;
  who: { dev: string };
}

/** A transaction of a leader that has been replaced: it may not write (law I28). */
export class Fenced extends Error {}

/** A transaction for a chain that has been left behind: the next engine does it. */
export class Left extends Error {}

/** Throws `Fenced` unless the term is still the newest, `Left` unless the device is still the one whose chain goes on. */
export async function fence(tx: Tx, { term, who }: Pen): Promise<void> {
  if ((await getMeta(tx, "term")) !== term) throw new Fenced();
  if ((await getMeta(tx, "device"))?.dev !== who.dev) throw new Left();
}
