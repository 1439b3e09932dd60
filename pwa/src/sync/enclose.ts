/** Seals in place what a release without a vault has kept: the outbox and the drafts. Rows of such a release are fetched again (upgrade.ts). */
import { change, type Whose } from "./pin.ts";
import { isEncrypted, type Seal } from "./seal.ts";
import { databaseName, Store } from "./store.ts";

/** Seals everything that is not; the vault is whole afterwards. Cut short, it goes on at the next start. */
export async function encloseAll(whose: Whose, seal: Seal): Promise<void> {
  const store = new Store(whose.env, databaseName(whose.site, whose.uid), seal);
  try {
    await encloseOutbox(store);
    await encloseDrafts(store);
  } finally {
    store.close();
  }
  await change(whose, (now) => ({ ...now, whole: true }));
}

async function encloseOutbox(store: Store): Promise<void> {
  const all = await store.tx(["outbox"], { mode: "readonly" }, (tx) => tx.objectStore("outbox").getAll());
  const clear = all.filter(({ body }) => !isEncrypted(body));
  const encrypted = await store.seal(clear.map(({ body }) => body));
  await store.tx(["outbox"], { durability: "strict" }, async (tx) => {
    const outbox = tx.objectStore("outbox");
    for (const [i, { seq, body }] of clear.entries()) {
      const op = await outbox.get(seq);
      // A result may have come meanwhile, or the op may be gone: only the body changes.
      if (op?.body === body) await outbox.put({ ...op, body: encrypted[i]! });
    }
  });
}

async function encloseDrafts(store: Store): Promise<void> {
  const [keys, all] = await store.tx(["drafts"], { mode: "readonly" }, async (tx) => {
    const drafts = tx.objectStore("drafts");
    return [await drafts.getAllKeys(), await drafts.getAll()] as const;
  });
  const clear = keys.flatMap((key, i) => (isEncrypted(all[i]!.text) ? [] : [{ key, text: all[i]!.text }]));
  const encrypted = await store.seal(clear.map(({ text }) => text));
  await store.tx(["drafts"], { durability: "strict" }, async (tx) => {
    const drafts = tx.objectStore("drafts");
    for (const [i, { key, text }] of clear.entries()) {
      const draft = await drafts.get(key);
      if (draft?.text === text) await drafts.put({ ...draft, text: encrypted[i]! }, key);
    }
  });
}
