/** A bucket whose sum differs from the site's: its leaf sums go up, the rows of differing leaves come back (PROTOCOL §2, laws I20, I21). */
import { ask, parsePage, type Page } from "./http.ts";
import { Problem } from "./problem.ts";
import { standing, type PullContext } from "./pull.ts";
import { takeAck, tidy } from "./acks.ts";
import { dropRows, noteContact, putRows, encrypted, takeOut, type Contact, type KeptRow } from "./replica.ts";
import { fence, getMeta, putMeta, type StoredRow, type SyncState, type Tx } from "./store.ts";
import { count, leafOf, moved, NO_ROWS, type Sum, type Sums } from "./sums.ts";
import { SHAPES, type Repair } from "./types.gen.ts";

/** The sums of a bucket's leaves; those without rows are left out. */
export function leafSums(rows: Iterable<StoredRow>, bucket: string): Record<string, Sum> {
  const leaves: Record<string, Sum> = {};
  for (const row of rows) {
    if (!row.buckets.includes(bucket)) continue;
    const leaf = leafOf(row.k, row.rid);
    leaves[leaf] = moved(leaves[leaf] ?? NO_ROWS, row.h, 1);
  }
  return leaves;
}

/**
 * This app reads other shapes than the one that fetched the rows. After an update the bodies that came in older shapes go, and come again by
 * repair, and nothing else; an app that was put back cannot read what it has. Always true: the next page finds what is missing.
 */
export async function reshape(context: PullContext): Promise<true> {
  const { cur } = await standing(context.store);
  await rewrite(context, cur, async (tx, sync) => {
    if ((sync.sv ?? 1) > SHAPES) return dropRows(tx, sync);
    const rest = await takeOut(tx, sync, (row) => (row.p ? [] : row.buckets));
    return { ...rest, sv: SHAPES, repaired: {} };
  });
  return true;
}

/** Repairs one bucket. Always true: the next page tells whether the sums agree now. */
export async function repair(context: PullContext, bucket: string): Promise<true> {
  const { env, store, who } = context;
  const { cur, epoch, bh } = await standing(store);
  const rows = await store.tx(["rows"], { mode: "readonly" }, (tx) => tx.objectStore("rows").getAll());
  const body: Repair = { dev: who.dev, cur, epoch, bh, bucket, leaves: leafSums(rows, bucket), sv: SHAPES };
  try {
    const began = env.wall();
    const page = parsePage(await ask(env, `/s/${who.site}/repair`, { body }));
    const { now, beacon } = page.end;
    await apply(context, cur, bucket, page, { now, wall: (began + env.wall()) / 2, beacon });
  } catch (error) {
    if (!(error instanceof Problem) || error.retry || error.id === "login_required") throw error;
    // The site does not repair this: the bucket is not this device's any more. The next page tells what is (law I35).
    await rewrite(context, cur, async (_, sync) => ({ ...sync, differs: {} }));
  }
  return true;
}

/**
 * All of the leaves that came, or nothing. When more differ than one answer holds the bucket stays to be repaired. What the site has of this
 * chain is known from here, too; that the rows show it (law I15), only from a page.
 */
async function apply(context: PullContext, cur: string, bucket: string, page: Page, contact: Contact): Promise<void> {
  const rows = await encrypted(context.store, page.rows);
  const leaves = new Set(page.leaves.filter((leaf) => leaf.bucket === bucket).flatMap((leaf) => leaf.leaves));
  await rewrite(context, cur, async (tx, before) => {
    await noteContact(tx, context.env, contact);
    const sync = await tidy(tx, await takeAck(tx, context.who, before, page.end, false));
    const { [bucket]: _, ...others } = sync.differs;
    const differs = page.head.fill?.includes(bucket) ? sync.differs : others;
    // Nothing was compared: the device stands elsewhere than it thinks, and the next page says where.
    if (!page.leaves.length) return { ...sync, differs };
    const emptied = await takeOut(tx, sync, left(bucket, leaves, rows));
    const whole = await putRows(tx, emptied, rows, true);
    // It may have been the sums that were wrong.
    const sums: Sums = {};
    for (const row of await tx.objectStore("rows").getAll()) count(sums, row, 1);
    return { ...whole, sums, differs, repaired: { ...sync.repaired, [bucket]: page.end.now } };
  });
}

/** Rows of the leaves that did not follow are not in the bucket any more. */
function left(bucket: string, leaves: ReadonlySet<number>, rows: readonly KeptRow[]): (row: StoredRow) => string[] {
  const here = new Set(rows.map((row) => `${row.k}\n${row.rid}`));
  const stays = ({ k, rid }: StoredRow) => here.has(`${k}\n${rid}`) || !leaves.has(leafOf(k, rid));
  return (row) => (stays(row) ? row.buckets : row.buckets.filter((other) => other !== bucket));
}

/** Changes the replica if it still stands at `cur`. */
async function rewrite(context: PullContext, cur: string, change: (tx: Tx, sync: SyncState) => Promise<SyncState>): Promise<void> {
  await context.store.tx(["meta", "outbox", "rows"], {}, async (tx) => {
    await fence(tx, context);
    const sync = (await getMeta(tx, "sync"))!;
    if (sync.cur === cur) await putMeta(tx, "sync", await change(tx, sync));
  });
}
