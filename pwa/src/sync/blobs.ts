/**
 * Photos and sounds of one person on this device, in a database of their own: a record never waits for them, and an upgrade of the records'
 * database never touches them (PROTOCOL.md §7).
 *
 *     files   what is known of each, by hash      bytes   picture and preview, encrypted     urls   uploads begun, for tus
 *
 * Bytes are kept as ArrayBuffers: a Blob in IndexedDB gets lost or hangs in WebKit.
 */
import { wrap, type DBSchema, type IDBPDatabase } from "idb";
import type { Attach, Photo } from "./api.ts";
import { toHex } from "./bytes.ts";
import type { Env } from "./env.ts";
import type { Bytes } from "./seal.ts";
import { databaseName, type Vault } from "./store.ts";
import type { Blob as Named } from "./types.gen.ts";

/** One file. `ops`: the records that name it; none while it only stands in a form. Times are wall ms. */
export interface File extends Named {
  at: number;
  /** Last contact with the site when it was first found in no record: a clock that jumps makes nothing old. */
  loose_at?: number;
  ops: string[];
  /** All these records are sealed ones. */
  sealed?: boolean;
  /** The site has one of these records. */
  named: boolean;
  preview_sent: boolean;
  stored_at: number | null;
  /** Why the site did not take it: a key of ERRORS. */
  refused: string | null;
}

interface Kept {
  full: Bytes;
  preview: Bytes | null;
}

/** An upload begun, as tus-js-client keeps it. */
export type Begun = Record<string, unknown>;

interface Schema extends DBSchema {
  files: { key: string; value: File };
  bytes: { key: string; value: Kept };
  urls: { key: string; value: Begun };
}

/** What stands in no record is forgotten after this long. */
const KEEP_MS = 30 * 86_400_000;

/** The database of a person's files. */
export function blobsName(site: string, uid: string): string {
  return `${databaseName(site, uid)}:files`;
}

/** Whether somebody still waits for it. */
export function isWaiting(file: File): boolean {
  return file.ops.length > 0 && file.stored_at === null && file.refused === null;
}

export class BlobStore {
  private db: Promise<IDBPDatabase<Schema>> | null = null;

  constructor(
    private readonly env: Env,
    readonly name: string,
    private readonly vault: Vault,
  ) {}

  /** Keeps a file; on the disk when it resolves. The same bytes again are the same file. */
  async keep({ bytes, preview, mime, taken }: Attach): Promise<Photo> {
    const sha256 = toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
    const kept: Kept = { full: await this.vault.sealBytes(bytes), preview: preview ? await this.vault.sealBytes(preview) : null };
    const named: Photo = { sha256, size: bytes.length, mime, taken };
    const tx = (await this.open()).transaction(["files", "bytes"], "readwrite", { durability: "strict" });
    const files = tx.objectStore("files");
    if (!(await files.get(sha256))) {
      await tx.objectStore("bytes").put(kept, sha256);
      await files.put({ ...named, at: this.env.wall(), ops: [], named: false, preview_sent: !preview, stored_at: null, refused: null }, sha256);
    }
    await tx.done;
    return named;
  }

  /** A record is about to name these files. */
  async bind(hashes: readonly string[], op: string, sealed = false): Promise<void> {
    const tx = (await this.open()).transaction("files", "readwrite", { durability: "strict" });
    for (const sha256 of new Set(hashes)) {
      const file = await tx.store.get(sha256);
      if (file && !file.ops.includes(op)) await tx.store.put({ ...file, ops: [...file.ops, op], sealed: sealed && (!file.ops.length || file.sealed === true) }, sha256);
    }
    await tx.done;
  }

  /** Notes what has become of a file. */
  async note(sha256: string, change: Partial<File>): Promise<void> {
    const tx = (await this.open()).transaction("files", "readwrite");
    const file = await tx.store.get(sha256);
    if (file) await tx.store.put({ ...file, ...change }, sha256);
    await tx.done;
  }

  async all(): Promise<File[]> {
    return (await this.open()).getAll("files");
  }

  /** The bytes of a file, or undefined when they are not here. */
  async bytes(sha256: string, part: "full" | "preview"): Promise<Bytes | undefined> {
    const encrypted = (await (await this.open()).get("bytes", sha256))?.[part];
    return encrypted ? this.vault.openBytes(encrypted) : undefined;
  }

  /** Forgets a file no record names. */
  async drop(sha256: string): Promise<void> {
    const file = await (await this.open()).get("files", sha256);
    if (file && file.ops.length === 0) await this.free(sha256);
  }

  /**
   * Lets go of what the site holds for good, and of what was never part of a record. `durable`: hashes in a verified backup. What is in none
   * stays however long: a hall without backups has no second copy but this one, and people hear of it when room runs short. `contact_at`: the
   * site's time at the last contact.
   */
  async tidy(durable: ReadonlySet<string>, contact_at: number | null): Promise<void> {
    for (const { sha256, loose_at, ops, named, stored_at } of await this.all()) {
      const loose = !named && ops.length === 0 && contact_at !== null;
      if (stored_at !== null && durable.has(sha256)) await this.free(sha256);
      else if (loose && loose_at === undefined) await this.note(sha256, { loose_at: contact_at });
      else if (loose && contact_at - loose_at! > KEEP_MS) await this.free(sha256);
    }
  }

  /** Uploads begun: what tus-js-client needs to go on where it stopped. */
  async begun(): Promise<[string, Begun][]> {
    const { store } = (await this.open()).transaction("urls");
    const [keys, urls] = await Promise.all([store.getAllKeys(), store.getAll()]);
    return keys.map((key, i) => [key, urls[i]!]);
  }

  async begin(key: string, upload: Begun): Promise<void> {
    await (await this.open()).put("urls", upload, key);
  }

  async end(key: string): Promise<void> {
    await (await this.open()).delete("urls", key);
  }

  close(): void {
    void this.db?.then((db) => db.close()).catch(() => undefined);
    this.db = null;
  }

  private async free(sha256: string): Promise<void> {
    const tx = (await this.open()).transaction(["files", "bytes"], "readwrite");
    await tx.objectStore("files").delete(sha256);
    await tx.objectStore("bytes").delete(sha256);
    await tx.done;
  }

  private open(): Promise<IDBPDatabase<Schema>> {
    this.db ??= this.opened().catch((error: unknown) => {
      this.db = null;
      throw error;
    });
    return this.db;
  }

  private async opened(): Promise<IDBPDatabase<Schema>> {
    const request = this.env.idb.open(this.name, 1);
    request.onupgradeneeded = () => {
      for (const store of ["files", "bytes", "urls"]) request.result.createObjectStore(store);
    };
    const db = (await wrap(request)) as unknown as IDBPDatabase<Schema>;
    db.addEventListener("versionchange", () => this.close());
    db.addEventListener("close", () => this.close());
    return db;
  }
}

/** How many photos and sounds of a person the site does not have yet. */
export async function pendingBlobs(env: Env, site: string, uid: string): Promise<number> {
  const blobs = new BlobStore(env, blobsName(site, uid), { seal: later, open: later, sealBytes: later, openBytes: later });
  try {
    return (await blobs.all()).filter(isWaiting).length;
  } finally {
    blobs.close();
  }
}

/** Counting opens nothing. */
function later(): never {
  throw new Error("these are only counted");
}
