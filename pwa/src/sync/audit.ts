/**
 * Once a day about one row in a hundred is hashed anew against what the site said, and the sums are counted anew over all. A row that the disk
 * has changed is dropped; where rows have vanished the sum tells: the bucket differs then, and the next page has it repaired.
 */
import { rowHash } from "./hash.ts";
import type { PullContext } from "./pull.ts";
import { marked } from "./replica.ts";
import { fence, getMeta, putMeta, type Store, type StoredRow } from "./store.ts";
import { count, type Sums } from "./sums.ts";

const SHARE = 100;

/** Looks at a hundredth of the rows, at random; how many were damaged. */
export async function audit(context: PullContext): Promise<number> {
  const { env, store } = context;
  const some = await store.tx(["rows"], { mode: "readonly" }, async (tx) => {
    const rows = tx.objectStore("rows");
    const keys = await rows.getAllKeys();
    const picked = new Set(Array.from({ length: Math.ceil(keys.length / SHARE) }, () => keys[Math.floor(env.random() * keys.length)]!));
    return Promise.all([...picked].map((key) => rows.get(key)));
  });
  const damaged: StoredRow[] = [];
  for (const row of some) if (row && !row.p && !(await isWhole(store, row))) damaged.push(row);
  await store.tx(["meta", "rows"], {}, async (tx) => {
    await fence(tx, context);
    const sync = (await getMeta(tx, "sync"))!;
    const rows = tx.objectStore("rows");
    for (const row of damaged) {
      const now = await rows.get([row.k, row.rid]);
      if (now?.ver === row.ver) await rows.delete([row.k, row.rid]);
    }
    const sums: Sums = {};
    for (const row of await rows.getAll()) count(sums, row, 1);
    await putMeta(tx, "sync", { ...sync, sums, ...marked(sync, new Set(damaged.map((row) => row.k))), audited_at: env.wall() });
  });
  return damaged.length;
}

/** An encrypted text that does not open any more is as damaged as one that reads otherwise. */
async function isWhole(store: Store, { k, rid, ver, h, d }: StoredRow): Promise<boolean> {
  try {
    const [text] = await store.open([d]);
    return rowHash(k, rid, ver, text!) === h;
  } catch (error) {
    if (error instanceof DOMException) return false;
    throw error;
  }
}
