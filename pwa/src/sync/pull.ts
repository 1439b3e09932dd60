/** Down, over HTTP: one page from the device's cursor (sync.md A4). */
import type { Env } from "./env.ts";
import { ask, parsePage } from "./http.ts";
import type { Who } from "./outbox.ts";
import { applyCut, type Cut } from "./replica.ts";
import { getMeta, type Store } from "./store.ts";
import type { Head } from "./types.gen.ts";

/** Where the device stands, as it tells the server. */
export interface Standing {
  cur: string;
  epoch: string;
  bh: string;
  head: Head;
  /** Ops the server does not have. */
  pend: number;
}

/** Reads where the device stands. */
export function standing(store: Store): Promise<Standing> {
  return store.tx(["meta"], { mode: "readonly" }, async (tx) => {
    const { cur, epoch, bh, sent } = (await getMeta(tx, "sync"))!;
    const head = (await getMeta(tx, "head"))!;
    return { cur, epoch, bh: cur ? bh : "", head, pend: head.seq - sent.seq };
  });
}

export interface PullContext {
  env: Env;
  store: Store;
  who: Who;
  term: number;
}

/**
 * Asks for one page and applies it. True: ask again at once, for the rest or because the page came too late to count.
 * The server may hold an empty answer back for `wait_s` seconds.
 */
export async function pullOnce({ env, store, who, term }: PullContext, wait_s = 0, signal?: AbortSignal): Promise<boolean> {
  const at = await standing(store);
  const query = { dev: who.dev, cur: at.cur, epoch: at.epoch, bh: at.bh, wait: String(wait_s), hs: String(at.head.seq), hh: at.head.hash };
  const began = env.wall();
  const options = { wait_ms: wait_s * 1000, ...(signal ? { signal } : {}) };
  const text = await ask(env, `/s/${who.site}/pull?${new URLSearchParams(query)}`, options);
  const { head, rows, end } = parsePage(text);
  const cut: Cut = {
    from: { cur: at.cur, epoch: at.epoch },
    to: { cur: end.to, epoch: head.epoch, bh: head.bh },
    reset: head.reset,
    rows,
    ack: end.ack,
    dur: end.dur,
    // The middle of the round trip; of a long poll only the end is known.
    contact: { now: end.now, wall: wait_s ? env.wall() : (began + env.wall()) / 2, beacon: end.beacon },
  };
  return !(await applyCut(env, store, who, term, cut)) || end.more;
}
