/** The second place of the outbox as a tab uses it: 已存本机 is said after both have it, or after the database where there is no other. */
import type { Signal } from "@preact/signals";
import type { Env } from "./env.ts";
import { Journal, type Mark } from "./journal.ts";
import { getMeta, type Store, type StoredOp } from "./store.ts";
import type { Before, Head } from "./types.gen.ts";

interface SecondContext {
  env: Env;
  store: Store;
  /** Whether there is a second place that takes records; null until known. */
  on: Signal<boolean | null>;
  /** The device this browser was before, as the site knows it. */
  before: Before | null;
}

export class Second {
  private readonly env: Env;
  private readonly store: Store;
  private readonly on: Signal<boolean | null>;
  private opening: Promise<Journal | null> | null = null;

  constructor(private readonly context: SecondContext) {
    ({ env: this.env, store: this.store, on: this.on } = context);
  }

  /** Keeps an op here, too. What fails is made good at the next start. */
  async add(dev: string, op: StoredOp): Promise<void> {
    const journal = await this.journal();
    if (journal) this.on.value = await journal.add(dev, op);
  }

  /**
   * One small read says whether both places end alike; if they do not, each gets what it lacks. True when the database changed. `whole`: looks at
   * every line, and leaves out those that neither chain nor person needs any more.
   */
  async compare(whole = false): Promise<boolean> {
    const journal = await this.journal();
    if (!journal) return false;
    try {
      const [last, at] = await Promise.all([journal.last(), this.store.tx(["meta", "outbox"], { mode: "readonly" }, readEnd)]);
      this.on.value = true;
      if (!whole && at.whole && agrees(last, at, this.env.note(this.store.name)) && at.handled === (this.context.before?.dev ?? at.handled)) return false;
      const { recover } = await import("./recover.ts");
      return await recover({ env: this.env, store: this.store, journal, before: this.context.before });
    } catch {
      this.on.value = false;
      return false;
    }
  }

  /** The outbox goes on as another chain. */
  async rewrite(): Promise<void> {
    const journal = await this.journal();
    const { dev, head, ops } = await this.store.tx(["meta", "outbox"], { mode: "readonly" }, async (tx) => {
      const [device, head] = [(await getMeta(tx, "device"))!, (await getMeta(tx, "head"))!];
      return { dev: device.dev, head, ops: await tx.objectStore("outbox").getAll() };
    });
    this.env.note(this.store.name, `${dev} ${head.seq}`);
    await journal?.replace(dev, ops).catch(() => undefined);
  }

  private journal(): Promise<Journal | null> {
    this.opening ??= this.open().catch(() => null);
    return this.opening;
  }

  private async open(): Promise<Journal | null> {
    const disk = await this.env.disk();
    if (!disk) this.on.value = false;
    return disk && new Journal(this.env, disk, this.store.name);
  }
}

interface End {
  dev: string;
  head: Head;
  /** Everything unsent is there. */
  whole: boolean;
  handled: string | null;
}

async function readEnd(tx: Parameters<Parameters<Store["tx"]>[2]>[0]): Promise<End> {
  const [device, head, sync] = [(await getMeta(tx, "device"))!, (await getMeta(tx, "head"))!, (await getMeta(tx, "sync"))!];
  const unsent = await tx.objectStore("outbox").count(IDBKeyRange.lowerBound(sync.sent.seq, true));
  return { dev: device.dev, head, whole: unsent === head.seq - sync.sent.seq, handled: sync.handled };
}

/** `note`: the last number used, `dev seq`, kept apart from both places. */
function agrees(last: Mark | null, { dev, head }: End, note: string | null): boolean {
  if (head.seq === 0 && !last) return !note;
  return last?.dev === dev && last.seq === head.seq && last.link === head.hash;
}
