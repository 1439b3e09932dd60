/**
 * Saving an op (PROTOCOL.md §1): read the head, write the exact bytes, link them, move the head, in one strict transaction.
 *
 * The body is built and encrypted beside a transaction and written inside one that compares the head first; when another tab was faster, it is
 * built anew. Only when it is on disk does `save` resolve.
 */
import { nextLink, OP_BYTES_MAX, receiptCode } from "./chain.ts";
import { utf8 } from "./bytes.ts";
import { clk, serverNow, tick } from "./timekeeper.ts";
import type { Env } from "./env.ts";
import { Problem } from "./problem.ts";
import { getMeta, putMeta, type ClockState, type Op, type Store, type StoredOp, type StoreName, type Tx } from "./store.ts";
import { OPS, PROTOCOL, type Clk, type Head, type OpArgs } from "./types.gen.ts";
import type { OpName, SaveOptions } from "./api.ts";
import { uuid7 } from "./uuid7.ts";

/** Whose outbox: one per device, that is per browser profile, person and site. */
export interface Who {
  site: string;
  uid: string;
  dev: string;
}

/** What saves: the database, and what keeps the op in a second place before anybody hears of it. */
interface SaveContext {
  env: Env;
  store: Store;
  person: Omit<Who, "dev">;
  twin(dev: string, op: StoredOp): Promise<void>;
}

/** Saves one op and resolves with it once it is durable. An id that is already saved gives what was saved (law I2). */
export async function saveOp<K extends OpName>(context: SaveContext, k: K, a: OpArgs[K], options: SaveOptions): Promise<Op> {
  const { env, store, person, twin } = context;
  const id = options.id ?? uuid7(env.wall());
  for (;;) {
    const { dev, head, clock } = await store.tx(["meta"], { mode: "readonly" }, readBase);
    const now = serverNow(clock, env);
    const body = opBody({ ...person, dev }, head, clk(tick(clock, env), env), id, k, a, { rid: uuid7(now), ...options });
    if (utf8(body).length > OP_BYTES_MAX) throw new Problem("too_large", 413, false);
    const [encrypted] = await store.seal([body]);
    const op = { seq: head.seq + 1, id, body: encrypted!, link: nextLink(head.hash, body), code: receiptCode(body), saved_at: now, open: 1 } as const;
    const kept = await store.tx(stores(options), { durability: "strict" }, (tx) => keep(tx, env, op, head, options.draft));
    if (kept === op) {
      env.note(store.name, `${dev} ${op.seq}`);
      await twin(dev, op);
      return { ...op, body };
    }
    if (kept) return (await store.openOps([kept]))[0]!;
  }
}

function stores({ draft }: SaveOptions): StoreName[] {
  return ["meta", "outbox", ...(draft ? ["drafts" as const] : [])];
}

/** The device is read with its head: another tab may have left a broken chain behind. */
async function readBase(tx: Tx): Promise<{ dev: string; head: Head; clock: ClockState }> {
  const { dev } = (await getMeta(tx, "device"))!;
  return { dev, head: (await getMeta(tx, "head"))!, clock: (await getMeta(tx, "clock"))! };
}

/** Writes `op` after `head`, and forgets its draft. The op of that id when there is one already; null when the head has moved on. */
async function keep(tx: Tx, env: Env, op: StoredOp, head: Head, draft?: string): Promise<StoredOp | null> {
  const outbox = tx.objectStore("outbox");
  if (draft) await tx.objectStore("drafts").delete(draft);
  const known = await outbox.index("id").get(op.id);
  if (known) return known;
  if ((await getMeta(tx, "head"))!.hash !== head.hash) return null;
  await outbox.add(op);
  await putMeta(tx, "head", { seq: op.seq, hash: op.link });
  await putMeta(tx, "clock", tick((await getMeta(tx, "clock"))!, env));
  return op;
}

/** The exact text of an op (sync/PROTOCOL.md §1). Half a surrogate pair, left by a cut emoji, is no text elsewhere: it becomes U+FFFD. */
function opBody<K extends OpName>(who: Who, head: Head, clock: Clk, id: string, k: K, a: OpArgs[K], options: SaveOptions): string {
  const [t, sv] = OPS[k];
  const op = {
    ...{ v: PROTOCOL, site: who.site, dev: who.dev, seq: head.seq + 1, prev: head.hash, id, t, k, sv, rid: options.rid },
    ...(options.guard ? { if: options.guard } : {}),
    ...{ a, ...(options.blobs?.length ? { blobs: options.blobs } : {}), clk: clock },
  };
  return JSON.stringify(op, (_, value: unknown) => (typeof value === "string" ? value.replace(/[\ud800-\udfff]/gu, "\ufffd") : value));
}
