/**
 * Saving an op (sync.md A3): read the head, write the exact bytes, link them, move the head, in one strict transaction.
 *
 * IndexedDB runs readwrite transactions over one store one after another, over all tabs, and nothing foreign is awaited inside (hashing
 * is synchronous): the transaction itself is the compare-and-set of the head. Only when it is on disk does `save` resolve.
 */
import { nextLink, OP_BYTES_MAX, receiptCode } from "./chain.ts";
import { utf8 } from "./bytes.ts";
import { clk, serverNow, tick } from "./clock.ts";
import type { Env } from "./env.ts";
import { Problem } from "./http.ts";
import { getMeta, putMeta, type Store, type StoredOp } from "./store.ts";
import { OPS, PROTOCOL, type Clk, type Head, type OpArgs } from "./types.gen.ts";
import type { OpName, SaveOptions } from "./api.ts";
import { uuid7 } from "./uuid7.ts";

/** Whose outbox: one per device, that is per browser profile, person and site. */
export interface Who {
  site: string;
  uid: string;
  dev: string;
}

/** Saves one op and resolves with it once it is durable. An id that is already saved gives what was saved (law I2). */
export function saveOp<K extends OpName>(env: Env, store: Store, who: Who, k: K, a: OpArgs[K], options: SaveOptions): Promise<StoredOp> {
  const id = options.id ?? uuid7(env.wall());
  const { draft } = options;
  return store.tx(["meta", "outbox", ...(draft ? ["drafts" as const] : [])], { durability: "strict" }, async (tx) => {
    const outbox = tx.objectStore("outbox");
    if (draft) await tx.objectStore("drafts").delete(draft);
    const known = await outbox.index("id").get(id);
    if (known) return known;

    const head = (await getMeta(tx, "head"))!;
    const clock = tick((await getMeta(tx, "clock"))!, env);
    const now = serverNow(clock, env);
    const body = opBody(who, head, clk(clock, env), id, k, a, { rid: uuid7(now), ...options });
    if (utf8(body).length > OP_BYTES_MAX) throw new Problem("too_large", 413, false);

    const seq = head.seq + 1;
    const op: StoredOp = { seq, id, body, link: nextLink(head.hash, body), code: receiptCode(body), saved_at: now, open: 1 };
    await outbox.add(op);
    await putMeta(tx, "head", { seq, hash: op.link });
    await putMeta(tx, "clock", clock);
    return op;
  });
}

/** The exact text of an op (sync/PROTOCOL.md §1). Half a surrogate pair, left by a cut emoji, is no text elsewhere: it becomes U+FFFD. */
function opBody<K extends OpName>(who: Who, head: Head, clock: Clk, id: string, k: K, a: OpArgs[K], options: SaveOptions): string {
  const [t, sv] = OPS[k];
  const op = {
    ...{ v: PROTOCOL, site: who.site, dev: who.dev, seq: head.seq + 1, prev: head.hash, id, t, k, sv, rid: options.rid },
    ...(options.guard ? { if: options.guard } : {}),
    ...(options.group ? { g: options.group } : {}),
    ...{ a, clk: clock },
  };
  return JSON.stringify(op, (_, value: unknown) => (typeof value === "string" ? value.replace(/[\ud800-\udfff]/gu, "\ufffd") : value));
}
