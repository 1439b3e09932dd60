/** What a phone learns of its own chain from answers that it had asked for something else (laws I8, I9, I10). */
import { expect, test } from "vitest";
import { rewound } from "../../src/sync/acks.ts";
import { makeKey } from "../../src/sync/keys.ts";
import { repair } from "../../src/sync/repair.ts";
import { narrow } from "../../src/sync/scope.ts";
import { getMeta, putMeta, Store, type Encrypted, type SyncState } from "../../src/sync/store.ts";
import { newSync } from "../../src/sync/upgrade.ts";
import { ndjson } from "./support/site.ts";
import { Browser, newWorld } from "./support/world.ts";

const WHO = { site: "hall", uid: "zhang", dev: "a" };
const HEADS = ["l0", "l1", "l2"].map((hash, seq) => ({ seq, hash }));
const AT = 1_700_000_000_000;
const BEACON = { t: AT, n: "n", s: "s", k: "k" };

/** A phone with two ops of which the site is known to have the first, and with `change` made to what it knows. */
async function phone(change: Partial<SyncState>) {
  const browser = new Browser(newWorld());
  const env = browser.env();
  const store = new Store(env, "told");
  const key = await makeKey();
  await store.tx(["meta", "outbox"], {}, async (tx) => {
    await putMeta(tx, "device", { dev: WHO.dev, key });
    await putMeta(tx, "head", HEADS[2]!);
    await putMeta(tx, "sync", { ...newSync("e1", HEADS[0]!), cur: "c1", sent: HEADS[1]!, acked: HEADS[1]!, buckets: ["hall"], ...change });
    await putMeta(tx, "clock", { off: null, beacon: null, wall: 0, mono: 0, load: "told", stepped: false, contact_at: null });
    await putMeta(tx, "term", 1);
    for (const { seq, hash } of HEADS.slice(1))
      await tx.objectStore("outbox").add({ seq, id: `op${seq}`, body: "" as Encrypted, link: hash, code: "", saved_at: 0, open: 1 });
  });
  const stands = () => store.tx(["meta"], { mode: "readonly" }, async (tx) => (await getMeta(tx, "sync"))!);
  return { browser, store, stands, context: { env, store, who: WHO, term: 1 } };
}

test("a chain that broke stays broken in a restored site that has a good part of it: only another chain mends it (I9)", async () => {
  const { store } = await phone({ broken: true });

  const next = await store.tx(["meta", "outbox"], {}, async (tx) => rewound(tx, WHO, (await getMeta(tx, "sync"))!, HEADS[1]!, 0));

  expect(next).toMatchObject({ sent: HEADS[1], broken: true });
});

test("a page that only names other buckets says how far a backup has the chain, no further than it was taken", async () => {
  const { context, stands } = await phone({});
  const head = { t: "h" as const, epoch: "e1", buckets: ["hall", "unit:a"], bh: "", reset: false, ask: true };

  await narrow(context, { from: { cur: "c1", epoch: "e1" }, head, ack: HEADS[1]!, dur: 2 });
  expect(await stands()).toMatchObject({ buckets: ["hall", "unit:a"], dur: 1 });

  await narrow(context, { from: { cur: "c1", epoch: "e1" }, head, ack: HEADS[2]!, dur: 1 });
  expect(await stands()).toMatchObject({ sent: HEADS[2], dur: 1 });
});

test("a repair tells what the site has of the chain, not that the rows show it (I8, I15), and what time it is", async () => {
  const { browser, context, store, stands } = await phone({ differs: { hall: [[1, "0"], [0, "0"]] } });
  const head = { t: "h", epoch: "e1", buckets: ["hall"], bh: "", reset: false };
  const end = { t: "e", to: "c1", more: true, ack: HEADS[2], dur: 1, beacon: BEACON, now: AT };
  browser.fetch = async () => ndjson([head, { t: "l", bucket: "hall", leaves: [0] }, end]);

  await repair(context, "hall");

  expect(await stands()).toMatchObject({ sent: HEADS[2], acked: HEADS[1], dur: 1, differs: {} });
  const clock = await store.tx(["meta"], { mode: "readonly" }, (tx) => getMeta(tx, "clock"));
  expect(clock).toMatchObject({ contact_at: AT });
});

test("a repair that names a head which was never written here breaks the chain (I9)", async () => {
  const { browser, context, stands } = await phone({ differs: { hall: [[1, "0"], [0, "0"]] } });
  const head = { t: "h", epoch: "e1", buckets: ["hall"], bh: "", reset: false };
  const end = { t: "e", to: "c1", more: true, ack: { seq: 2, hash: "another" }, dur: 0, beacon: BEACON, now: AT };
  browser.fetch = async () => ndjson([head, { t: "l", bucket: "hall", leaves: [0] }, end]);

  await repair(context, "hall");

  expect(await stands()).toMatchObject({ sent: HEADS[1], broken: true });
});
