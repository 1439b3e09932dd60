/**
 * The third lane: what records name goes up after the records, previews before pictures, one at a time, while somebody looks.
 *
 *     record sent ──▶ preview (≤ 20 KB) ──▶ picture in 256 KiB pieces ──▶ row `blob.state` stored, durable ──▶ freed here
 *
 * Runs in the leading tab. The site's word is the row, not the answer to an upload: a restored site that lost a file gets it again.
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Carrying } from "./api.ts";
import { toHex } from "./bytes.ts";
import type { Env } from "./env.ts";
import { Offline, Problem } from "./problem.ts";
import { Lane } from "./lane.ts";
import { isWaiting, type File, type BlobStore } from "./blobs.ts";
import type { BlobState } from "./types.gen.ts";
import type { Bytes } from "./seal.ts";

export type Part = "thumb" | "full";

/** One part of a file on its way. */
export interface Job {
  file: File;
  part: Part;
  bytes: Bytes;
  /** Bytes to a piece: smaller when the link has just failed. */
  piece: number;
  /** The device was ended: this goes by its signature. */
  ended: boolean;
  signal: AbortSignal;
  progress: (sent: number) => void;
}

interface CarryContext {
  env: Env;
  blobs: BlobStore;
  /** Whether the site has the op of this id. */
  isSent: (op: string) => Promise<boolean>;
  /** What the site says of a file. */
  stateOf: (sha256: string) => BlobState | undefined;
  /** Whether all rows of the site are here, so that silence means something. */
  knows: () => boolean;
  /** May pictures go over the present network? */
  mayCarry: () => boolean;
  /** The site has ended this device: no rows come any more, and its word is the answer to an upload (PROTOCOL.md §6). */
  ended: () => boolean;
  /** The site's time at the last contact (ms). */
  contact_at: () => number | null;
  /** Sends one part; throws `Problem` or `Offline`. */
  send: (job: Job) => Promise<void>;
  changed: () => void;
}

const PATIENCE_MS = 60_000;
const PIECE_BYTES = 256 * 1024;
const PIECE_BYTES_MIN = 64 * 1024;
const REST_MS = 3_000;

export class Carry {
  readonly carrying: ReadonlySignal<Carrying | null>;
  private readonly progress = signal<Carrying | null>(null);
  private readonly lane: Lane;
  private readonly unlisten: () => void;
  private current: AbortController | null = null;
  private rest_until = 0;
  private piece = PIECE_BYTES;
  private told = "";
  private stopped = false;
  /** Sent in this life of the tab; the row that says stored may be on its way. */
  private readonly gone = new Set<string>();

  constructor(private readonly context: CarryContext) {
    this.carrying = this.progress;
    this.lane = new Lane(context.env, PATIENCE_MS, () => this.work(), (error) => this.failed(error));
    this.unlisten = context.env.onChange(() => this.woken());
  }

  /** Try now. */
  kick(): void {
    if (this.stopped) return;
    this.rest_until = 0;
    this.lane.reset();
    this.lane.kick();
  }

  /** Something changed: look, unless a failure is being waited out. */
  nudge(): void {
    if (!this.stopped && this.context.env.mono() >= this.rest_until) this.lane.kick();
  }

  stop(): void {
    this.stopped = true;
    this.unlisten();
    this.lane.stop();
    this.current?.abort();
  }

  private woken(): void {
    if (this.context.env.visible()) this.kick();
    else this.current?.abort();
  }

  private async work(): Promise<void> {
    const { env, blobs } = this.context;
    await this.settle();
    for (;;) {
      const next = env.visible() && env.online() && !this.stopped ? await this.next() : null;
      if (!next) break;
      await this.carry(next.file, next.part);
      this.context.changed();
    }
    const files = await blobs.all();
    const durable = files.filter(({ sha256 }) => this.context.stateOf(sha256)?.dur).map(({ sha256 }) => sha256);
    await blobs.tidy(new Set(durable), this.context.contact_at());
  }

  /** Takes the site's word on every file. */
  async settle(): Promise<void> {
    const { env, blobs, isSent, stateOf, knows, ended } = this.context;
    for (const file of await blobs.all()) {
      const state = stateOf(file.sha256);
      const named = file.named || (await Promise.all(file.ops.map(isSent))).includes(true);
      // A site that says nothing of a file it had stored was restored: it gets it again.
      const kept = knows() && !ended() ? null : file.stored_at;
      const stored_at = state?.state === "stored" ? (file.stored_at ?? env.wall()) : kept;
      const refused = state?.state === "refused" ? (state.code ?? "") : stored_at ? null : file.refused;
      // Its word has come: from now on it counts, and no longer that this tab has sent it.
      if (state?.state === "stored") this.gone.delete(file.sha256);
      // Only what is new: another look at the blobs may note something at the same time.
      const news = Object.entries({ named, stored_at, refused }).filter(([key, value]) => value !== file[key as keyof File]);
      if (news.length) await blobs.note(file.sha256, Object.fromEntries(news));
    }
    const told = JSON.stringify((await blobs.all()).map(({ sha256, stored_at, refused }) => [sha256, stored_at !== null, refused]));
    if (told !== this.told) this.context.changed();
    this.told = told;
  }

  /** Previews of everything first; then pictures, oldest first, if the network may be used for them. */
  private async next(): Promise<{ file: File; part: Part } | null> {
    const files = (await this.context.blobs.all()).filter((file) => file.named && isWaiting(file)).sort((a, b) => a.at - b.at);
    const unseen = files.find((file) => !file.preview_sent);
    if (unseen) return { file: unseen, part: "thumb" };
    const { ended, mayCarry } = this.context;
    const file = files.find(({ sha256 }) => ended() || !this.gone.has(sha256));
    return file && (ended() || mayCarry()) ? { file, part: "full" } : null;
  }

  private async carry(file: File, part: Part): Promise<void> {
    const { env, blobs } = this.context;
    const bytes = await blobs.bytes(file.sha256, part === "thumb" ? "preview" : "full");
    if (!bytes) {
      await blobs.note(file.sha256, part === "thumb" ? { preview_sent: true } : { refused: "blob_damaged" });
      return;
    }
    const current = (this.current = new AbortController());
    const ended = this.context.ended();
    const progress = (sent: number) => (this.progress.value = { sha256: file.sha256, part, sent, size: bytes.length });
    progress(0);
    try {
      await this.context.send({ file, part, bytes, piece: this.piece, ended, signal: current.signal, progress });
      this.piece = PIECE_BYTES;
      if (part === "thumb") await blobs.note(file.sha256, { preview_sent: true });
      else if (ended) await blobs.note(file.sha256, { stored_at: env.wall() });
      else this.gone.add(file.sha256);
    } catch (error) {
      if (ended && error instanceof Problem && error.id === "device_revoked") return await blobs.note(file.sha256, { refused: error.id });
      if (!(error instanceof Problem) || !(REFUSALS.has(error.id) || (error.id === "blob_hash" && (await isDamaged(file, part, bytes))))) throw error;
      // A preview that is not taken costs nothing but itself.
      await blobs.note(file.sha256, part === "thumb" ? { preview_sent: true } : { refused: error.id === "blob_hash" ? "blob_damaged" : error.id });
    } finally {
      this.current = null;
      this.progress.value = null;
    }
  }

  private failed(error: unknown): void {
    this.rest_until = this.context.env.mono() + REST_MS;
    if (error instanceof Offline) this.piece = Math.max(PIECE_BYTES_MIN, this.piece / 2);
    else if (!(error instanceof Problem) && !(error instanceof DOMException)) queueMicrotask(() => { throw error; });
  }
}

/** Whether the copy here is not what the record names any more. */
async function isDamaged({ sha256 }: File, part: Part, bytes: Bytes): Promise<boolean> {
  return part === "full" && toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))) !== sha256;
}

/** What the site will never take, however often it is sent. */
const REFUSALS = new Set(["blob_type", "blob_damaged", "blob_pixels", "too_large"]);
