/**
 * Makes a person's database, or brings one of an earlier release up to date. Outbox, heads, clock, results and drafts stay byte for byte;
 * rows are a cache and are fetched again (PROTOCOL §2). Runs inside the upgrade's own transaction, which nothing else may keep waiting.
 */
import type { ClockState, SyncState } from "./store.ts";
import { SHAPES, type Head } from "./types.gen.ts";

/** Stores by version: 1 the first release; 2 rows with hashes and sums, drafts as text. */
export function upgrade(db: IDBDatabase, tx: IDBTransaction, from: number): void {
  if (from < 1) create(db);
  else if (from < 2) second(tx);
}

/** What a device knows before its first page. */
export function newSync(epoch: string, start: Head): SyncState {
  return {
    ...{ epoch, sent: start, acked: start, dur: 0, seen: 0, broken: false },
    ...{ cut: 0, changed: {}, audited_at: 0, repaired: {}, restarted_at: null, trouble: "", lost: null, handled: null, after: null },
    ...NO_REPLICA,
  };
}

/** A replica without rows. */
export const NO_REPLICA = { cur: "", bh: "", sv: SHAPES, buckets: [], fill: [], have: false, snaps: [], sums: {}, differs: {} } satisfies Partial<SyncState>;

function create(db: IDBDatabase): void {
  db.createObjectStore("meta");
  db.createObjectStore("rows", { keyPath: ["k", "rid"] });
  db.createObjectStore("drafts");
  const outbox = db.createObjectStore("outbox", { keyPath: "seq" });
  outbox.createIndex("id", "id", { unique: true });
  outbox.createIndex("open", "open");
}

function second(tx: IDBTransaction): void {
  tx.objectStore("rows").clear();
  const meta = tx.objectStore("meta");
  const read = meta.get("sync") as IDBRequest<(Omit<SyncState, "broken"> & { halt: string | null }) | undefined>;
  read.onsuccess = () => {
    if (!read.result) return;
    const { halt, ...before } = read.result;
    meta.put({ ...newSync("", before.acked), ...before, ...NO_REPLICA, changed: {}, broken: halt === "chain_fork" } satisfies SyncState, "sync");
  };
  const drafts = tx.objectStore("drafts").openCursor() as IDBRequest<IDBCursorWithValue | null>;
  drafts.onsuccess = () => {
    const cursor = drafts.result;
    if (!cursor) return;
    const { value, saved_at } = cursor.value as { value: unknown; saved_at: ClockState["wall"] };
    cursor.update({ text: JSON.stringify(value), saved_at });
    cursor.continue();
  };
}
