/** How this device is doing, told with every push and hello: is it safe to disable, and what has gone wrong on it (sync.md A11). */
import type { Env } from "./env.ts";
import type { SyncState } from "./store.ts";
import { SOFTWARE, type Head, type Vital } from "./types.gen.ts";

/** `oldest_at`: when the oldest unsent op was saved; `blobs`: photos and sounds the site does not have. */
export async function vitalOf(env: Env, at: { head: Head; sync: SyncState; oldest_at: number | null; blobs: number }): Promise<Vital> {
  const { head, sync, oldest_at, blobs } = at;
  const { free, kept } = await env.room();
  const trouble = sync.trouble ? { trouble: sync.trouble } : {};
  return { unsent: head.seq - sync.sent.seq, blobs, oldest_at: oldest_at && Math.round(oldest_at), app: SOFTWARE, free, kept, ...trouble };
}
