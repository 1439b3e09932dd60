/** What one tab does with photos and sounds: keeps them, names them in records, and, in the tab that leads, carries them to the site. */
import type { Signal } from "@preact/signals";
import type { Attach, Carrying, Files, Photo, SaveOptions } from "./api.ts";
import { Carry } from "./carry.ts";
import type { Env } from "./env.ts";
import { Offline } from "./problem.ts";
import type { Model } from "./model.ts";
import type { Bytes } from "./seal.ts";
import { mayUseNetwork } from "./spare.ts";
import { isWaiting, BlobStore, blobsName } from "./blobs.ts";
import { getMeta, type Device, type Store, type Vault } from "./store.ts";
import { isSealed, type Files as Unsent } from "./vital.ts";
import { uuid7 } from "./uuid7.ts";

interface LuggageContext {
  env: Env;
  site: string;
  uid: string;
  device: () => Device;
  store: Store;
  vault: Vault;
  model: Model;
  /** Shown by the tab: the file on its way, and how many the site does not have. */
  carrying: Signal<Carrying | null>;
  waiting: Signal<number>;
  /** The same for the site, the sealed apart. */
  unsent: Unsent;
  /** Asks the site again. */
  retry: () => void;
}

export class Luggage implements Files {
  private readonly blobs: BlobStore;
  private carry: Carry | null = null;
  private unlisten = (): void => undefined;
  /** The person wants pictures sent over whatever network there is. */
  private now = false;
  private ended = false;

  constructor(private readonly context: LuggageContext) {
    const { env, site, uid, vault } = context;
    this.blobs = new BlobStore(env, blobsName(site, uid), vault);
  }

  async keep(file: Attach): Promise<Photo> {
    return this.blobs.keep(file);
  }

  bytes(sha256: string, part: "full" | "preview"): Promise<Bytes | undefined> {
    return this.blobs.bytes(sha256, part);
  }

  drop(sha256: string): Promise<void> {
    return this.blobs.drop(sha256);
  }

  async unsent(): Promise<Photo[]> {
    return (await this.blobs.all()).filter(isWaiting).map(({ sha256, size, mime, taken }) => ({ sha256, size, mime, taken }));
  }

  /** Before a record is saved: its files know it, so that no kill in between leaves one behind that nobody sends. */
  async named(kind: string, options: SaveOptions): Promise<SaveOptions & { id: string }> {
    const id = options.id ?? uuid7(this.context.env.wall());
    await this.blobs.bind((options.blobs ?? []).map(({ sha256 }) => sha256), id, isSealed(kind));
    return { ...options, id };
  }

  /** This tab leads: what waits goes up. */
  lead(): Carry {
    return (this.carry ??= this.begun());
  }

  /** The site has ended this device: what its records name goes by its signature alone. True: nothing of that waits here. */
  async farewell(): Promise<boolean> {
    this.ended = true;
    const carry = this.lead();
    await carry.settle();
    const waits = (await this.blobs.all()).some((file) => file.named && isWaiting(file));
    if (waits) carry.kick();
    return !waits;
  }

  private begun(): Carry {
    const { env, carrying, model } = this.context;
    const carry = new Carry({
      env,
      blobs: this.blobs,
      isSent: (op) => this.isSent(op),
      stateOf: (sha256) => model.rows("blob.state").peek().get(`${this.context.uid}.${sha256}`)?.body,
      knows: () => !!model.sync.peek()?.cur && model.sync.peek()!.fill.length === 0,
      mayCarry: () => this.now || mayUseNetwork(),
      send: async (job) => {
        const { send } = await import("./upload.ts").catch(() => Promise.reject(new Offline("the uploader was not there")));
        await send(env, this.blobs, { site: this.context.site, ...this.context.device() }, job);
      },
      ended: () => this.ended,
      contact_at: () => model.clock.peek()?.contact_at ?? null,
      changed: () => void this.count().then(() => this.ended && this.context.retry()),
    });
    this.unlisten = carry.carrying.subscribe((value) => (carrying.value = value));
    carry.kick();
    return carry;
  }

  follow(): void {
    this.carry?.stop();
    this.carry = null;
    this.unlisten();
  }

  /** Rows or the outbox changed. */
  async nudge(): Promise<void> {
    await this.count();
    if (this.context.waiting.peek() > 0) this.carry?.nudge();
  }

  carryNow(): void {
    this.now = true;
    this.carry?.kick();
  }

  close(): void {
    this.follow();
    this.blobs.close();
  }

  /** Asks the store: the model lets go of old records, and a photo may have waited longer. */
  private isSent(id: string): Promise<boolean> {
    return this.context.store.tx(["meta", "outbox"], { mode: "readonly" }, async (tx) => {
      const seq = await tx.objectStore("outbox").index("id").getKey(id);
      return seq !== undefined && seq <= (await getMeta(tx, "sync"))!.sent.seq;
    });
  }

  private async count(): Promise<void> {
    const files = await this.blobs.all();
    const waiting = files.filter(isWaiting);
    const sealed = waiting.filter((file) => file.sealed).length;
    const bytes = files.reduce((sum, file) => sum + (file.sealed ? file.size : 0), 0);
    this.context.waiting.value = waiting.length;
    Object.assign(this.context.unsent, { open: waiting.length - sealed, sealed, bytes });
  }
}
