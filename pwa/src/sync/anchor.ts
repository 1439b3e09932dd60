/** A time mark read from the wall of the hall narrows the window of what is recorded next (PROTOCOL §5), without any network. */
import type { Sync } from "./api.ts";
import { fromBase64url } from "./bytes.ts";
import { signed } from "./ed25519.ts";
import { browserEnv, type Env } from "./env.ts";
import { databaseName, getMeta, putMeta, Store } from "./store.ts";
import type { Beacon } from "./types.gen.ts";

/** What became of a mark: `old`: this device has a newer one; `unchecked`: it cannot be verified here, and the one it would replace is still good. */
export type Taken = "taken" | "old" | "elsewhere" | "forged" | "unchecked";

/** An anchor is good for so long. */
const ANCHOR_MS = 24 * 3_600_000;

/** Judges a mark. `key`: the site's (base64url), if known; `contact_at`: server time of the last contact (ms). */
export async function judged(site: string, beacon: Beacon, key: string | undefined, own: string, contact_at: number | null, now: number): Promise<Taken> {
  if (site !== own) return "elsewhere";
  if (beacon.t <= (contact_at ?? 0)) return "old";
  const holds = key === undefined ? null : await signed(fromBase64url(key), fromBase64url(beacon.s), `zg-beacon\n${site}\n${beacon.id}\n${beacon.t}\n${beacon.n}`);
  if (holds === false) return "forged";
  // A mark that is none would take the place of one that is: unverified, it is better than nothing, but than nothing only.
  return holds || contact_at === null || now - contact_at > ANCHOR_MS ? "taken" : "unchecked";
}

/** Takes a mark for this device if it is worth more than what it has: what is saved from now on quotes it. `key`: the site's, if known. */
export async function anchor(sync: Sync, site: string, beacon: Beacon, key: string | undefined, env: Env = browserEnv()): Promise<Taken> {
  const taken = await judged(site, beacon, key, sync.site, sync.status.peek().contact_at, sync.now());
  if (taken !== "taken") return taken;
  const store = new Store(env, databaseName(sync.site, sync.uid));
  try {
    await store.tx(["meta"], {}, async (tx) => {
      const clock = (await getMeta(tx, "clock"))!;
      await putMeta(tx, "clock", { ...clock, beacon: { id: beacon.id, load: env.load, mono: env.mono() } });
    });
  } finally {
    store.close();
  }
  return taken;
}
