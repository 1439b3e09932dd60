/** One tab's sync engine: its view of the store, its way to save, and the leader's work when this tab leads. Implements `api.ts`. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { Carrying, Effects, Exported, LocalReceipt, OpName, OutboxItem, RowKind, SaveOptions, Status, Sync, View } from "./api.ts";
import { Bus } from "./bus.ts";
import { firstLink } from "./chain.ts";
import { newClock, serverNow } from "./timekeeper.ts";
import { Drafts } from "./drafts.ts";
import type { EngineOptions, Link } from "./engine.ts";
import type { Env } from "./env.ts";
import type { Lead, LeadContext } from "./lead.ts";
import type { Luggage } from "./luggage.ts";
import { Model } from "./model.ts";
import { saveOp, type Who } from "./outbox.ts";
import type { Second } from "./second.ts";
import { itemsOf, statusOf } from "./status.ts";
import { databaseName, getMeta, putMeta, PLAIN, Store, type Device, type Lost, type StoredOp, type Vault } from "./store.ts";
import { Timers } from "./timers.ts";
import type { Before, OpArgs, RowBody } from "./types.gen.ts";
import { newSync } from "./upgrade.ts";
import type { Files } from "./vital.ts";

/** Changes that arrive within one frame are read once. */
const COALESCE_MS = 16;
/** Rows that still come are waited for. */
const WARM_MS = 1_000;
const START_AGAIN_MS = 5_000;
const HOUR_MS = 3_600_000;

interface TabOptions extends EngineOptions {
  epoch: string;
  effects: Effects;
  /** The device became another one (PROTOCOL §6). */
  replaced?: (device: Device) => void;
  /** The device this browser was before, as the site knows it. */
  before?: Before | null;
  /** What people wrote and read is kept through it; a wall screen, which shows it to everybody, has none. */
  vault?: Vault;
}

export class Tab implements Sync {
  readonly status: ReadonlySignal<Status>;
  readonly outbox: ReadonlySignal<OutboxItem[]>;
  readonly durable: ReadonlySignal<number>;
  readonly lost: ReadonlySignal<Lost | null>;
  readonly veiled: ReadonlySignal<boolean>;
  readonly draft: Drafts;
  private readonly model: Model;
  private readonly store: Store;
  private readonly bus: Bus;
  /** Whether records are kept in a second place; null until known. */
  readonly twin = signal<boolean | null>(null);
  private lead: Lead | null = null;
  private second: Promise<Second> | null = null;
  private readonly timers: Timers;
  private readonly link = signal<Link>({ online: null, login: false, problem: null, stuck: false, sending: null });
  readonly carrying = signal<Carrying | null>(null);
  /** Photos and sounds the site does not have. */
  readonly waiting = signal(0);
  private readonly unsent: Files = { open: 0, sealed: 0, bytes: 0 };
  private luggage: Promise<Luggage> | null = null;
  private reloading = false;
  private persisted = false;
  private heard_at: number | null = null;
  private closed = false;

  constructor(
    private readonly env: Env,
    private readonly person: Omit<Who, "dev">,
    private device: Device,
    private readonly options: TabOptions,
  ) {
    const who = person;
    this.store = new Store(env, databaseName(who.site, who.uid), options.vault);
    this.model = new Model(this.store, options.effects, who.uid);
    this.bus = new Bus(env, this.store.name);
    this.draft = new Drafts(this.store, this.bus, () => this.now());
    this.timers = new Timers(env);
    const { model, link } = this;
    this.status = computed(() => statusOf(model.ops.value, model.sync.value, model.clock.value, link.value, this.waiting.value));
    this.outbox = computed(() => itemsOf(model.ops.value, link.value));
    this.durable = computed(() => model.sync.value?.dur ?? 0);
    this.lost = computed(() => model.sync.value?.lost ?? null);
    this.veiled = model.veiled;
  }

  get site(): string {
    return this.person.site;
  }

  get uid(): string {
    return this.person.uid;
  }

  get dev(): string {
    return this.device.dev;
  }

  /** Makes the database ready, shows what is in it, and begins to follow or lead. No network is needed. */
  async open(): Promise<void> {
    await this.prepare();
    this.follows(await this.model.load());
    this.veil();
    this.keepWarm();
    this.link.value = { ...this.link.value, online: this.env.online() ? null : false };
    this.bus.listen((told) => {
      if (told.t === "changed") this.reload();
      else if (told.t === "beat") this.hear(told.link, told.quiet_ms, told.shows);
    });
    this.start();
    if (this.options.display) return;
    this.unpack((files) => files.nudge());
    void this.compare();
  }

  rows<K extends RowKind>(kind: K): ReadonlySignal<ReadonlyMap<string, View<RowBody[K]>>> {
    return this.model.rows(kind);
  }

  async save<K extends OpName>(k: K, a: OpArgs[K], options: SaveOptions = {}): Promise<LocalReceipt> {
    const named = options.blobs?.length ? await (await this.files()).named(k, options) : options;
    const op = await saveOp({ env: this.env, store: this.store, person: this.person, twin: (dev, kept) => this.keepTwice(dev, kept) }, k, a, named);
    this.model.saved(op);
    this.bus.tell({ t: "changed" });
    if (options.draft) this.draft.tell(options.draft);
    if (options.blobs?.length) this.unpack((files) => files.nudge());
    if (this.lead?.leading) this.lead.saved();
    else this.bus.tell({ t: "saved" });
    if (!this.persisted) this.env.persist();
    this.persisted = true;
    const { rid } = JSON.parse(op.body) as { rid: string };
    return { id: op.id, rid, code: op.code, at: op.saved_at };
  }

  /** Comes as a chunk of its own, so that nothing waits for it at a start. */
  files(): Promise<Luggage> {
    const { env, store, model, carrying, waiting, unsent, site, uid } = this;
    const [device, retry] = [() => this.device, () => this.retry()];
    const vault = this.options.vault ?? PLAIN;
    this.luggage ??= import("./luggage.ts").then(
      ({ Luggage }) => new Luggage({ env, store, model, carrying, waiting, unsent, site, uid, vault, device, retry }),
      (error: unknown) => {
        this.luggage = null;
        throw error;
      },
    );
    return this.luggage;
  }

  carryNow(): void {
    this.unpack((files) => files.carryNow());
  }

  retry(): void {
    this.lead?.kick();
    this.unpack((files) => files.nudge());
    this.bus.tell({ t: "kick" });
  }

  async settle(id: string, way: "amended" | "explained" | "dropped", reason: string): Promise<void> {
    const [encrypted] = await this.store.seal([reason]);
    await this.store.tx(["outbox"], { durability: "strict" }, async (tx) => {
      const outbox = tx.objectStore("outbox");
      const op = await outbox.index("id").get(id);
      if (op) await outbox.put({ ...op, settled: { way, reason: encrypted!, at: this.now() } });
    });
    await this.changed();
  }

  async exportUnsent(files = false): Promise<Exported> {
    const { rescueFile } = await import("./rescue.ts");
    return rescueFile(this.env, this.store, { ...this.person, ...this.device }, files ? await this.files() : null);
  }

  now(): number {
    const clock = this.model.clock.peek();
    return clock ? serverNow(clock, this.env) : this.env.wall();
  }

  /** Monotonic ms since the server last said anything, as far as this tab knows. */
  quiet_ms(): number | null {
    return this.heard_at === null ? null : this.env.mono() - this.heard_at;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timers.stop();
    this.lead?.stop();
    this.bus.close();
    this.store.close();
    await this.luggage?.then((files) => files.close()).catch(() => undefined);
  }

  /** Makes an empty database ready. The device it belongs to is the one this tab works for: another tab may have enrolled anew. */
  private prepare(): Promise<void> {
    const { device, options } = this;
    return this.store.tx(["meta"], {}, async (tx) => {
      const known = await getMeta(tx, "device");
      // A wall screen has no ops to lose: it is the device it was paired as.
      if (known && !options.display) return;
      await putMeta(tx, "device", device);
      if (await getMeta(tx, "head")) return;
      const start = { seq: 0, hash: firstLink(this.site, device.dev) };
      await putMeta(tx, "head", start);
      await putMeta(tx, "sync", newSync(options.epoch, start));
      await putMeta(tx, "clock", newClock(this.env));
    });
  }

  /** Follows or leads; the chunk may be missing where no worker keeps it and the network has gone. */
  private start(): void {
    import("./lead.ts").then(
      ({ Lead }) => {
        if (!this.closed) this.lead = new Lead(this.leadContext());
      },
      () => {
        this.link.value = { ...this.link.peek(), online: false };
        this.timers.set("start", START_AGAIN_MS, () => this.start());
      },
    );
  }

  private leadContext(): LeadContext {
    const { env, store, bus, person, options, link } = this;
    return {
      ...{ env, store, bus, person, options, link },
      device: () => this.device,
      quiet_ms: () => this.quiet_ms(),
      shows: () => this.model.stamp(),
      heard: () => (this.heard_at = env.mono()),
      rule: (key) => this.rule(key),
      changed: () => this.changed(),
      shown: () => ({ ops: this.model.ops.peek(), files: this.unsent }),
      audited: () => void this.compare(true),
      farewell: () => this.files().then((files) => !this.closed && files.farewell()),
      replaced: () => void this.changed().then(() => this.secondPlace()).then((second) => second.rewrite()),
      leads: (leading) => this.leads(leading),
    };
  }

  private leads(leading: boolean): void {
    if (this.options.display) return;
    if (leading) this.unpack((files) => this.lead?.leading && files.lead());
    else void this.luggage?.then((files) => files.follow());
  }

  /** The second place of the outbox comes as a chunk of its own, too. */
  private secondPlace(): Promise<Second> {
    const { env, store, twin } = this;
    this.second ??= import("./second.ts").then(({ Second }) => new Second({ env, store, on: twin, before: this.options.before ?? null }));
    return this.second;
  }

  private async keepTwice(dev: string, op: StoredOp): Promise<void> {
    try {
      await (await this.secondPlace()).add(dev, op);
    } catch {
      // Its chunk could not be loaded: the next start makes it good.
      this.second = null;
      this.twin.value = false;
    }
  }

  /** Do both places tell the same? Nothing waits for the answer. */
  private async compare(whole = false): Promise<void> {
    const second = await this.secondPlace().catch(() => null);
    if (!(await second?.compare(whole)) || this.closed) return;
    await this.changed();
    this.retry();
  }

  /** Another chain has taken the place of a broken one: whoever leads goes on with it. */
  private follows(device: Device): void {
    if (device.dev === this.device.dev) return;
    this.device = device;
    this.options.replaced?.(device);
    this.lead?.goOn();
  }

  /** Photos and sounds can wait: what goes wrong with them stops nothing else. */
  private unpack(then: (files: Luggage) => unknown): void {
    if (!this.closed) this.files().then(then).catch(() => undefined);
  }

  /** The leader knows this about the way to the server. */
  private hear(link: Link, quiet_ms: number | null, shows: string): void {
    // A tab that was frozen may have missed that the store changed.
    if (shows !== this.model.stamp()) this.reload();
    this.link.value = link;
    this.heard_at = quiet_ms === null ? null : this.env.mono() - quiet_ms;
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

  /** Opening hundreds of rows takes a cheap phone a third of a second: the next start opens one text. */
  private keepWarm(): void {
    if (!this.options.vault || !this.model.isCold || this.closed) return;
    this.timers.set("warm", WARM_MS, () => void this.model.warm().catch(() => undefined));
  }

  private rule(key: string): number | undefined {
    const value = this.model.rows("hall").peek().get("hall")?.body.rules[key];
    return typeof value === "number" ? value : undefined;
  }

  /** Hides what is sealed once the site has not been heard for so many hours, until it is. */
  private veil(): void {
    const hours = this.rule("off.max_offline_sealed_hours");
    const at = this.model.clock.peek()?.contact_at;
    if (this.closed || !hours || !at) return;
    const left = at + hours * HOUR_MS - this.now();
    this.model.veil.value = left <= 0;
    if (left > 0) this.timers.set("veil", Math.min(left, HOUR_MS), () => this.veil());
  }

  private async load(): Promise<void> {
    try {
      if (!this.closed) this.follows(await this.model.load());
      this.veil();
      this.keepWarm();
      if (!this.options.display) this.unpack((files) => files.nudge());
    } catch {
      this.link.value = { ...this.link.peek(), problem: "device_storage", stuck: true };
    }
  }
}
