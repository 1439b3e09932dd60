/**
 * Somebody's role or unit has changed: the site says which buckets are his now, and asks which of them this device holds whole. Rows of none
 * of them go at once (laws I17, I19); loaded only then.
 */
import { bucketSetHash } from "./hash.ts";
import { takeAck, tidy } from "./acks.ts";
import { noteContact, takeOut, type Contact, type CutContext } from "./replica.ts";
import { fence, getMeta, putMeta, type SyncState } from "./store.ts";
import type { Head, PullHead } from "./types.gen.ts";

/** What such a page says, asked for at `from`. */
export interface Asks {
  from: { cur: string; epoch: string };
  head: PullHead;
  ack: Head;
  dur: number;
  contact?: Contact;
}

/** Narrows the replica to the buckets of `head`; null, and nothing has happened, when it does not stand where it was asked. */
export function narrow(context: CutContext, { from, head, ack, dur, contact }: Asks): Promise<SyncState | null> {
  const { env, store, who } = context;
  return store.tx(["meta", "outbox", "rows"], {}, async (tx) => {
    await fence(tx, context);
    const before = (await getMeta(tx, "sync"))!;
    if (from.cur !== before.cur || from.epoch !== before.epoch) return null;
    const mine = new Set(head.buckets);
    const whole = before.buckets.filter((bucket) => mine.has(bucket) && !before.fill.includes(bucket));
    const rest = await takeOut(tx, before, (row) => row.buckets.filter((bucket) => mine.has(bucket)));
    const fill = head.buckets.filter((bucket) => !whole.includes(bucket));
    const asked: SyncState = { ...rest, buckets: head.buckets, fill, have: true, bh: bucketSetHash(whole) };
    const sync = await tidy(tx, await takeAck(tx, who, asked, { ack, dur }, false));
    await putMeta(tx, "sync", sync);
    if (contact) await noteContact(tx, env, contact);
    return sync;
  });
}
