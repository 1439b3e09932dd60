/**
 * A bucket as one immutable file (PROTOCOL §2): rows in chunks, each applied with the note how far the file has come, so that a kill or a cut goes on
 * at the chunk. Whatever order the files come in, the higher version of a row wins and buckets add up (law I24).
 */
import { bucketSetHash } from "./hash.ts";
import { askParts, parse } from "./http.ts";
import { Offline, Problem } from "./problem.ts";
import type { PullContext } from "./pull.ts";
import { marked, encrypted, takeOut, type KeptRow } from "./replica.ts";
import { fence, getMeta, putMeta, type SnapWork, type SyncState, type Tx } from "./store.ts";
import { count, moved, same, type Sum } from "./sums.ts";
import type { Row, SnapChunk, SnapHead } from "./types.gen.ts";

/** What ends so often before its next chunk is cut where it lies, and not on its way. */
const CUTS_MAX = 3;

type Line = SnapHead | Row | SnapChunk;

/** Rows that are not what the snapshot says they are. */
class Damaged extends Error {}

/** Takes a snapshot from where it has come to. Always true: whatever is missing afterwards is filled by pages. */
export async function takeSnapshot(context: PullContext, work: SnapWork): Promise<true> {
  const { env, who } = context;
  const taker = new Taker(context, work);
  const { done, cuts = 0 } = work;
  let begun = false;
  try {
    await askParts(env, `/s/${who.site}/snapshot/${work.id}?after=${work.done}`, { begun: () => (begun = true) }, (part) => taker.take(part));
    await taker.end();
  } catch (error) {
    // Refused, gone or not what it says: pages bring this bucket.
    const useless = error instanceof Damaged || (error instanceof Problem && !error.retry && error.id !== "login_required");
    const cut = error instanceof Offline && begun && work.done === done;
    if (!useless && !(cut && cuts >= CUTS_MAX)) {
      if (cut) await change(context, work, async (_, sync) => noted(sync, { ...work, cuts: cuts + 1 }));
      throw error;
    }
    await finish(context, work, false);
  }
  return true;
}

/** With the work as it is now. */
function noted(sync: SyncState, work: SnapWork): SyncState {
  return { ...sync, snaps: sync.snaps.map((one) => (one.id === work.id ? work : one)) };
}

class Taker {
  private rest = "";
  private rows: Row[] = [];

  constructor(
    private readonly context: PullContext,
    private readonly work: SnapWork,
  ) {}

  async take(part: string): Promise<void> {
    const lines = (this.rest + part).split("\n");
    this.rest = lines.pop()!;
    for (const line of lines) await this.line(parse(line) as Line | undefined);
  }

  /** The file is over: a bucket is whole only with all its rows. */
  async end(): Promise<void> {
    const { work } = this;
    if (this.rest || this.rows.length) throw new Offline("a snapshot cut short");
    if (work.done < work.chunks) throw new Offline("a snapshot without its last chunks");
    if (!same(work.got, [work.n, work.sum])) throw new Damaged();
    await finish(this.context, work, true);
  }

  private async line(line: Line | undefined): Promise<void> {
    if (line?.t === "r") this.rows.push(line);
    else if (line?.t === "k") await this.chunk(line);
    else if (line?.t !== "s") throw new Damaged();
  }

  private async chunk({ i, n, sum }: SnapChunk): Promise<void> {
    const { context, work } = this;
    const got = this.rows.reduce<Sum>((so_far, row) => moved(so_far, row.h, 1), work.got);
    if (i !== work.done + 1 || !same(got, [n, sum])) throw new Damaged();
    const rows = await encrypted(context.store, this.rows);
    Object.assign(work, { done: i, got, cuts: 0 });
    this.rows = [];
    await change(context, work, (tx, sync) => merged(tx, noted(sync, work), rows));
  }
}

/** Adds a chunk: the higher version wins, buckets add up. */
async function merged(tx: Tx, sync: SyncState, rows: readonly KeptRow[]): Promise<SyncState> {
  const kept = tx.objectStore("rows");
  const sums = { ...sync.sums };
  const olds = await Promise.all(rows.map((row) => kept.get([row.k, row.rid])));
  for (const [i, { d, ...row }] of rows.entries()) {
    const old = olds[i];
    if (d === null) continue;
    const buckets = [...new Set([...(old?.buckets ?? []), ...row.buckets])];
    const next = old && old.ver >= row.ver ? { ...old, buckets } : { ...row, d, buckets };
    if (old) count(sums, old, -1);
    count(sums, next, 1);
    void kept.put(next);
  }
  return { ...sync, sums, ...marked(sync, new Set(rows.map((row) => row.k))) };
}

/** The snapshot is taken, or given up. */
async function finish(context: PullContext, work: SnapWork, whole: boolean): Promise<void> {
  const others = (bucket: string) => bucket !== work.bucket;
  await change(context, work, async (tx, before) => {
    const sync = { ...before, snaps: before.snaps.filter((one) => one.id !== work.id) };
    if (whole) return held(sync, sync.fill.filter(others));
    return takeOut(tx, sync, (row) => row.buckets.filter(others));
  });
}

/** Where a device stands that still lacks `fill`: the site knows the buckets it holds whole by their hash. */
function held(sync: SyncState, fill: string[]): SyncState {
  return { ...sync, fill, bh: bucketSetHash(sync.buckets.filter((bucket) => !fill.includes(bucket))) };
}

/** Changes the replica while it is still waiting for this snapshot. */
async function change(context: PullContext, work: SnapWork, then: (tx: Tx, sync: SyncState) => Promise<SyncState>): Promise<void> {
  const waits = await context.store.tx(["meta", "rows"], {}, async (tx) => {
    await fence(tx, context);
    const sync = (await getMeta(tx, "sync"))!;
    if (!sync.snaps.some((one) => one.id === work.id)) return false;
    await putMeta(tx, "sync", await then(tx, sync));
    return true;
  });
  if (!waits) throw new Offline("rows began from nothing meanwhile");
}
