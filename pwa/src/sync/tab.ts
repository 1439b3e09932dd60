/** One tab's sync engine: its view of the store, its way to save, and the leader's work when this tab leads. Implements `api.ts`. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { Effects, LocalReceipt, OpName, OutboxItem, RowKind, SaveOptions, Status, Sync, View } from "./api.ts";
import { Bus } from "./bus.ts";
import { firstLink } from "./chain.ts";
import { toBase64url } from "./bytes.ts";
import { newClock, serverNow } from "./clock.ts";
import type { DeviceKey } from "./crypto.ts";
import { Engine, type EngineOptions, type Link } from "./engine.ts";
import type { Env } from "./env.ts";
import { Leader } from "./leader.ts";
import { Model } from "./model.ts";
import { saveOp, type Who } from "./outbox.ts";
import { message } from "./push.ts";
import { itemsOf, statusOf } from "./status.ts";
import { databaseName, getMeta, putMeta, Store, type Draft } from "./store.ts";
import { Timers } from "./timers.ts";
import type { OpArgs, RowBody } from "./types.gen.ts";

/** Changes that arrive within one frame are read once. */
const COALESCE_MS = 16;

export interface TabOptions extends EngineOptions {
  epoch: string;
  effects: Effects;
}

export class Tab implements Sync {
  readonly status: ReadonlySignal<Status>;
  readonly outbox: ReadonlySignal<OutboxItem[]>;
  private readonly model: Model;
  private readonly store: Store;
  private readonly bus: Bus;
  private readonly leader: Leader;
  private readonly timers: Timers;
  private readonly link = signal<Link>({ online: true, login: false, problem: null, stuck: false, sending: null });
  private engine: Engine | null = null;
  private reloading = false;
  private persisted = false;
  private heard_at: number | null = null;
  private closed = false;

  constructor(
    private readonly env: Env,
    private readonly who: Who,
    private readonly key: DeviceKey,
    private readonly options: TabOptions,
  ) {
    this.store = new Store(env, databaseName(who.site, who.uid));
    this.model = new Model(this.store, options.effects, who.uid);
    this.bus = new Bus(env, this.store.name);
    this.timers = new Timers(env);
    const { store, bus, model, link } = this;
    const news = () => ({ link: link.peek(), quiet_ms: this.quiet_ms() });
    this.leader = new Leader({ env, bus, store, news, lead: (term) => this.lead(term), follow: () => this.follow() });
    this.status = computed(() => statusOf(model.ops.value, model.sync.value, model.clock.value, link.value));
    this.outbox = computed(() => itemsOf(model.ops.value, link.value));
  }

  get site(): string {
    return this.who.site;
  }

  get uid(): string {
    return this.who.uid;
  }

  get dev(): string {
    return this.who.dev;
  }

  /** Makes the database ready, shows what is in it, and begins to follow or lead. No network is needed. */
  async open(): Promise<void> {
    await this.prepare();
    await this.model.load();
    this.link.value = { ...this.link.value, online: this.env.online() };
    this.bus.listen((told) => {
      if (told.t === "changed") this.reload();
      else if (told.t === "saved") this.engine?.saved();
      else if (told.t === "kick") this.engine?.kick();
      else if (told.t === "beat") this.hear(told.link, told.quiet_ms);
    });
    this.leader.start();
  }

  rows<K extends RowKind>(kind: K): ReadonlySignal<ReadonlyMap<string, View<RowBody[K]>>> {
    return this.model.rows(kind);
  }

  async save<K extends OpName>(k: K, a: OpArgs[K], options: SaveOptions = {}): Promise<LocalReceipt> {
    const op = await saveOp(this.env, this.store, this.who, k, a, options);
    this.model.saved(op);
    this.bus.tell({ t: "changed" });
    if (this.engine) this.engine.saved();
    else this.bus.tell({ t: "saved" });
    if (!this.persisted) this.env.persist();
    this.persisted = true;
    const { rid } = JSON.parse(op.body) as { rid: string };
    return { id: op.id, rid, code: op.code, at: op.saved_at };
  }

  retry(): void {
    this.engine?.kick();
    this.bus.tell({ t: "kick" });
  }

  async settle(id: string, way: "amended" | "explained" | "dropped", reason: string): Promise<void> {
    await this.store.tx(["outbox"], { durability: "strict" }, async (tx) => {
      const outbox = tx.objectStore("outbox");
      const op = await outbox.index("id").get(id);
      if (op) await outbox.put({ ...op, settled: { way, reason, at: this.now() } });
    });
    await this.changed();
  }

  async exportUnsent(): Promise<{ name: string; text: string }> {
    const { sync, ops } = await this.store.tx(["meta", "outbox"], { mode: "readonly" }, async (tx) => {
      const sync = (await getMeta(tx, "sync"))!;
      return { sync, ops: await tx.objectStore("outbox").getAll(IDBKeyRange.lowerBound(sync.sent.seq, true)) };
    });
    const push = await message({ who: this.who, key: this.key }, sync, ops);
    const file = { format: "zg-rescue/1", site: this.site, uid: this.uid, key: toBase64url(this.key.point), push };
    const last = sync.sent.seq + ops.length;
    return { name: `zaigang-${this.site}-${this.dev.slice(0, 8)}-${last}.json`, text: JSON.stringify(file) };
  }

  now(): number {
    const clock = this.model.clock.peek();
    return clock ? serverNow(clock, this.env) : this.env.wall();
  }

  readonly draft = {
    load: async <T>(key: string): Promise<{ value: T; saved_at: number } | undefined> => {
      const draft = await this.store.tx(["drafts"], { mode: "readonly" }, (tx) => tx.objectStore("drafts").get(key));
      return draft as (Draft & { value: T }) | undefined;
    },
    save: async <T>(key: string, value: T): Promise<void> => {
      await this.store.tx(["drafts"], {}, (tx) => tx.objectStore("drafts").put({ value, saved_at: this.now() }, key));
    },
    drop: async (key: string): Promise<void> => {
      await this.store.tx(["drafts"], {}, (tx) => tx.objectStore("drafts").delete(key));
    },
  };

  /** Monotonic ms since the server last said anything, as far as this tab knows. */
  quiet_ms(): number | null {
    return this.heard_at === null ? null : this.env.mono() - this.heard_at;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timers.stop();
    this.leader.stop();
    this.bus.close();
    this.store.close();
  }

  private prepare(): Promise<void> {
    const start = { seq: 0, hash: firstLink(this.site, this.dev) };
    return this.store.tx(["meta"], {}, async (tx) => {
      if (await getMeta(tx, "head")) return;
      await putMeta(tx, "head", start);
      const { epoch } = this.options;
      await putMeta(tx, "sync", { cur: "", epoch, bh: "", sent: start, acked: start, dur: 0, seen: 0, cut: 0, changed: {}, halt: null });
      await putMeta(tx, "clock", newClock(this.env));
    });
  }

  private lead(term: number): void {
    const { env, store, who, key } = this;
    const link = (change: Partial<Link>) => this.tellLink(change);
    const heard = () => {
      this.heard_at = env.mono();
    };
    const changed = () => void this.changed();
    this.engine = new Engine({ env, store, who, key, term, link, heard, changed, fenced: () => this.leader.stepDown() }, this.options);
    this.engine.start();
  }

  private follow(): void {
    this.engine?.stop();
    this.engine = null;
  }

  /** The leader knows this about the way to the server. */
  private hear(link: Link, quiet_ms: number | null): void {
    this.link.value = link;
    this.heard_at = quiet_ms === null ? null : this.env.mono() - quiet_ms;
  }

  private tellLink(change: Partial<Link>): void {
    const before = this.link.peek();
    const after = { ...before, ...change };
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    this.link.value = after;
    this.leader.beat();
  }

  /** This tab changed the store: show it here, and tell the others. */
  private async changed(): Promise<void> {
    if (this.closed) return;
    this.bus.tell({ t: "changed" });
    await this.load();
  }

  /** Another tab changed the store. */
  private reload(): void {
    if (this.reloading) return;
    this.reloading = true;
    this.timers.set("reload", COALESCE_MS, () => {
      this.reloading = false;
      void this.load();
    });
  }

  private async load(): Promise<void> {
    try {
      if (!this.closed) await this.model.load();
    } catch {
      this.link.value = { ...this.link.peek(), problem: "device_storage", stuck: true };
    }
  }
}
