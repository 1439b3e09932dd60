/**
 * A start opens one text instead of hundreds: the bodies of all rows as they were last shown, encrypted together. A row takes its body from it
 * only under its own kind, id, version and hash; whatever else is in it is never looked at.
 */
import { getMeta, putMeta, type Encrypted, type Store, type StoredRow, type SyncState } from "./store.ts";

/** Rows opened one by one before it is worth writing anew. */
export const WORTH = 50;

export type Warm = ReadonlyMap<string, unknown>;

/** What tells a body. */
export function warmKey({ k, rid, ver, h }: Pick<StoredRow, "k" | "rid" | "ver" | "h">): string {
  return `${k}\n${rid}\n${ver}\n${h}`;
}

/** The bodies by `warmKey`; none when there are none, or they cannot be read. */
export async function openWarm(store: Store, encrypted: Encrypted | undefined): Promise<Warm> {
  if (!encrypted) return new Map();
  return store.open([encrypted]).then(
    ([text]) => new Map(JSON.parse(text!) as [string, unknown][]),
    () => new Map<string, unknown>(),
  );
}

/** Keeps the bodies for the next start, unless rows have changed since `sync`: what was dropped meanwhile stays dropped. */
export async function keepWarm(store: Store, sync: SyncState, bodies: Iterable<[string, unknown]>): Promise<void> {
  const [encrypted] = await store.seal([JSON.stringify([...bodies])]);
  await store.tx(["meta"], {}, async (tx) => {
    if ((await getMeta(tx, "sync"))?.cut === sync.cut) await putMeta(tx, "warm", encrypted!);
  });
}
