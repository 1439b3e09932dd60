/** Down, over HTTP: one page from the device's cursor (PROTOCOL.md §2). */
import { ask, parsePage, type Page } from "./http.ts";
import { part } from "./problem.ts";
import { applyCut, type Audience, type Cut, type CutContext } from "./replica.ts";
import { getMeta, type SnapWork, type Store, type SyncState } from "./store.ts";
import { SHAPES, type Head } from "./types.gen.ts";

/** Where the device stands, as it tells the server. */
export interface Standing {
  cur: string;
  epoch: string;
  bh: string;
  head: Head;
  /** Ops the server does not have. */
  pend: number;
  sync: SyncState;
  /** When the oldest of them was saved. */
  oldest_at: number | null;
  /** The buckets held whole, when the site wants to hear them. */
  have: string[] | null;
  /** What comes before the next page: snapshots to take, buckets to repair. */
  snaps: SnapWork[];
  differs: SyncState["differs"];
}

/** Reads where the device stands. */
export function standing(store: Store): Promise<Standing> {
  return store.tx(["meta", "outbox"], { mode: "readonly" }, async (tx) => {
    const sync = (await getMeta(tx, "sync"))!;
    const { cur, epoch, bh, sent, have, buckets, fill, snaps, differs } = sync;
    const oldest_at = (await tx.objectStore("outbox").get(sent.seq + 1))?.saved_at ?? null;
    const head = (await getMeta(tx, "head"))!;
    const whole = have ? buckets.filter((bucket) => !fill.includes(bucket)) : null;
    return { cur, epoch, bh: cur ? bh : "", head, pend: head.seq - sent.seq, sync, oldest_at, have: whole, snaps, differs };
  });
}

export type PullContext = CutContext;

/**
 * Asks for one page and applies it, or does what must come before it. True: ask again at once, for the rest or because the page came too late to
 * count. The server may hold an empty answer back for `wait_s` seconds.
 */
export async function pullOnce(context: PullContext, wait_s = 0, signal?: AbortSignal): Promise<boolean> {
  const { env, store, who } = context;
  const at = await standing(store);
  if ((at.sync.sv ?? 1) !== SHAPES) return (await part(import("./repair.ts"))).reshape(context);
  if (at.snaps[0]) return (await part(import("./snapshot.ts"))).takeSnapshot(context, at.snaps[0]);
  const [differing] = Object.keys(at.differs);
  if (differing) return (await part(import("./repair.ts"))).repair(context, differing);

  const query = { dev: who.dev, cur: at.cur, epoch: at.epoch, bh: at.bh, sv: String(SHAPES), wait: String(wait_s), hs: String(at.head.seq), hh: at.head.hash };
  const have = at.have ? { have: at.have.join(",") } : {};
  const began = env.wall();
  const options = { wait_ms: wait_s * 1000, ...(signal ? { signal } : {}) };
  const text = await ask(env, `/s/${who.site}/pull?${new URLSearchParams({ ...query, ...have })}`, options);
  const page = parsePage(text);
  // The middle of the round trip; of a long poll only the end is known.
  const contact = { now: page.end.now, wall: wait_s ? env.wall() : (began + env.wall()) / 2, beacon: page.end.beacon };
  const { head, end } = page;
  const next = head.ask
    ? await (await part(import("./scope.ts"))).narrow(context, { from: at, head, ack: end.ack, dur: end.dur, contact })
    : await applyCut(context, { ...cutOf(page, at), contact });
  return !next || end.more || hasWork(next);
}

/** A page as a step of the replica that stands `at`. */
export function cutOf({ head, rows, end }: Page, { cur, epoch }: Pick<Standing, "cur" | "epoch">): Cut {
  const page: Audience = { buckets: head.buckets, fill: head.fill ?? [], snaps: head.snaps ?? [], more: end.more, sums: end.sums ?? {} };
  const to = { cur: end.to, epoch: head.epoch, bh: head.bh };
  return { from: { cur, epoch }, to, reset: head.reset, rows, ack: end.ack, dur: end.dur, page };
}

/** Rows were dropped, or something is to be fetched before the device stands where the site does. */
function hasWork(sync: SyncState): boolean {
  return !sync.cur || sync.snaps.length > 0 || Object.keys(sync.differs).length > 0;
}
