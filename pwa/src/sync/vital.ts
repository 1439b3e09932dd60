/** How this device is doing, told with every push and hello: is it safe to disable, and what has gone wrong on it. */
import type { Env } from "./env.ts";
import type { Op, SyncState } from "./store.ts";
import { OPS, SOFTWARE, type OpArgs, type Vital, type Waits } from "./types.gen.ts";

/** Photos and sounds the site does not have: of open records, of sealed ones, and the bytes of these. */
export interface Files {
  open: number;
  sealed: number;
  bytes: number;
}

/** What is only here, the sealed apart. `bytes`: what its photos take. */
export interface Waiting {
  open: Waits;
  sealed: Waits;
  bytes: number;
}

/** Whether nobody may hear that such a record waits here; of one this software does not know it is better to say nothing (I18). */
export function isSealed(kind: string): boolean {
  const known = OPS[kind as keyof OpArgs] as readonly unknown[] | undefined;
  return !known || known[2] === 1;
}

/** What waits behind number `sent`. A record this tab does not show yet is told with the next contact. */
export function waitingOf(ops: readonly Op[], sent: number, files: Files): Waiting {
  const waiting = { open: { unsent: 0, blobs: files.open }, sealed: { unsent: 0, blobs: files.sealed }, bytes: files.bytes } as Waiting;
  for (const { seq, body, saved_at } of ops) {
    if (seq <= sent) continue;
    const side = isSealed((JSON.parse(body) as { k: string }).k) ? waiting.sealed : waiting.open;
    side.unsent!++;
    side.oldest_at = Math.min(side.oldest_at ?? Infinity, Math.round(saved_at));
  }
  return waiting;
}

export async function vitalOf(env: Env, sync: SyncState, { open, sealed, bytes }: Waiting): Promise<Vital> {
  const { free, kept } = await env.room();
  const trouble = sync.trouble ? { trouble: sync.trouble } : {};
  return { ...open, sealed, app: SOFTWARE, free: free < 0 ? free : free + bytes, kept, ...trouble };
}
