/** What lies on a phone's disk, to be compared with the site. */
import { databaseName, getMeta, putMeta, Store, type StoredRow, type SyncState } from "../../../src/sync/store.ts";
import { count, type Sum, type Sums } from "../../../src/sync/sums.ts";
import { openVault } from "../../../src/sync/vault.ts";
import { SITE } from "./site.ts";
import type { Browser, World } from "./world.ts";

export interface Disk {
  sync: SyncState;
  term: number;
  /** Bodies by kind and rid. */
  bodies: Map<string, string>;
  rows: StoredRow[];
}

/** The store of 林 with the vault open. */
export async function opened(browser: Browser): Promise<Store> {
  const env = browser.env();
  return new Store(env, databaseName(SITE, "lin"), await openVault(env, SITE, "lin"));
}

export async function disk(browser: Browser): Promise<Disk> {
  const store = await opened(browser);
  const got = await store.tx(["meta", "rows"], { mode: "readonly" }, async (tx) => {
    const rows = await tx.objectStore("rows").getAll();
    return { sync: (await getMeta(tx, "sync"))!, term: (await getMeta(tx, "term"))!, rows };
  });
  const texts = await store.open(got.rows.map(({ d }) => d));
  return { ...got, bodies: new Map(got.rows.map(({ k, rid }, i) => [`${k}/${rid}`, texts[i]!])) };
}

/** True when the phone holds exactly what the site shows this device, and its sums are those of its rows (I13, I17, I20). */
export async function converged(world: World, browser: Browser, dev: string): Promise<boolean> {
  const { bodies, rows, sync } = await disk(browser);
  const sums: Sums = {};
  for (const row of rows) count(sums, row, 1);
  const text = (entries: Iterable<[string, unknown]>) => JSON.stringify([...entries].sort());
  return text(bodies) === text(world.site.visible(dev)) && text(Object.entries(sync.sums)) === text(Object.entries(sums));
}

/** Reaches into the database as a failing disk does: the row changes or goes, and `sum` is what the phone believes of its bucket. */
export async function damage(browser: Browser, rid: string, change: Partial<StoredRow> | null, sum?: Sum): Promise<void> {
  await browser.store().tx(["meta", "rows"], {}, async (tx) => {
    const rows = tx.objectStore("rows");
    const row = (await rows.get(["incident", rid]))!;
    await (change ? rows.put({ ...row, ...change }) : rows.delete(["incident", rid]));
    const sync = (await getMeta(tx, "sync"))!;
    await putMeta(tx, "sync", { ...sync, sums: { ...sync.sums, ...(sum ? { hall: sum } : {}) } });
  });
}
