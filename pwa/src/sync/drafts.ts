/** What forms hold, one draft per key for every tab of a person (api.ts). It is written over only as the writer has seen it. */
import type { Drafts as Api, Kept } from "./api.ts";
import type { Bus } from "./bus.ts";
import type { Draft, Store } from "./store.ts";

export class Drafts implements Api {
  private readonly watchers = new Set<(key: string, own: boolean) => void>();

  constructor(
    private readonly store: Store,
    private readonly bus: Bus,
    private readonly now: () => number,
  ) {
    bus.listen((told) => told.t === "draft" && this.say(told.key, false));
  }

  async load<T>(key: string): Promise<Kept<T> | undefined> {
    const draft = await this.read(key);
    return draft && this.opened(draft);
  }

  /** A vault cannot work inside a transaction: what was read is compared in the one that writes, and read anew if need be. */
  async change<T>(key: string, next: (kept: T | undefined) => T | undefined, op?: string): Promise<Kept<T> | undefined> {
    for (;;) {
      const seen = await this.read(key);
      const kept = seen && (await this.opened<T>(seen));
      const value = next(kept?.value);
      if (value === undefined) return kept;
      const [text] = await this.store.seal([JSON.stringify(value)]);
      const draft: Draft = { text: text!, saved_at: this.now(), op: seen?.op ?? op };
      const written = await this.store.tx(["drafts"], {}, async (tx) => {
        const drafts = tx.objectStore("drafts");
        const there = (await drafts.get(key))?.text;
        if (there !== seen?.text) return there === text;
        await drafts.put(draft, key);
        return true;
      });
      if (!written) continue;
      this.tell(key);
      return { value, saved_at: draft.saved_at, op: draft.op };
    }
  }

  async save<T>(key: string, value: T): Promise<void> {
    await this.change<T>(key, () => value);
  }

  async drop(key: string): Promise<void> {
    await this.store.tx(["drafts"], {}, (tx) => tx.objectStore("drafts").delete(key));
    this.tell(key);
  }

  watch(then: (key: string, own: boolean) => void): () => void {
    this.watchers.add(then);
    return () => this.watchers.delete(then);
  }

  /** The draft `key` is another one, or gone. */
  tell(key: string): void {
    this.bus.tell({ t: "draft", key });
    this.say(key, true);
  }

  private read(key: string): Promise<Draft | undefined> {
    return this.store.tx(["drafts"], { mode: "readonly" }, (tx) => tx.objectStore("drafts").get(key));
  }

  private say(key: string, own: boolean): void {
    for (const then of this.watchers) then(key, own);
  }

  private async opened<T>({ text, saved_at, op }: Draft): Promise<Kept<T>> {
    return { value: JSON.parse((await this.store.open([text]))[0]!) as T, saved_at, op };
  }
}
