/**
 * Down, at once: one socket (PROTOCOL.md §3). Correctness never depends on it; whatever does not continue this device's cursor means pull.
 *
 *     opening ──hi/hello──▶ greeted ──ok live──▶ live ◀──at── behind ◀── ok pull · p · a frame that does not fit
 */
import { helloBytes } from "./chain.ts";
import { sign, type DeviceKey } from "./keys.ts";
import type { Env, Socket } from "./env.ts";
import { Offline, Problem } from "./problem.ts";
import { Later } from "./lane.ts";
import type { Who } from "./outbox.ts";
import { standing } from "./pull.ts";
import { applyCut, type Contact } from "./replica.ts";
import type { Store } from "./store.ts";
import { vitalOf, type Waiting } from "./vital.ts";
import { PROTOCOL, SHAPES, type At, type Bye, type Commit, type Heartbeat, type Hello, type Hi } from "./types.gen.ts";
import type { Ok, Ping, Poke, Pong } from "./types.gen.ts";

type Frame = Hi | Ok | Commit | Poke | Heartbeat | Bye | Pong;

const SILENCE_MS = 60_000;
const GREETING_MS = 10_000;
const PROBE_MS = 3_000;

interface LiveContext {
  env: Env;
  store: Store;
  who: Who;
  key: DeviceKey;
  term: number;
  /** The server said something. */
  heard(contact: Contact | null): void;
  /** The store changed. */
  changed(): void;
  /** What the site does not have behind this number. */
  waiting(sent: number): Waiting;
  /** The site has another chain under this device's numbers. */
  broken(): void;
  /** Frames follow from here (true), or rows must be fetched first (false). */
  ready(live: boolean): void;
}

export class Live {
  /** The site has said ok: frames reach this device, or will after its next `at`. */
  greeted = false;
  private behind = false;
  private socket: Socket | null = null;
  private epoch = "";
  private queue: Promise<void> = Promise.resolve();
  private cancelWatch = (): void => undefined;
  private end: (error: unknown) => void = () => undefined;

  constructor(private readonly context: LiveContext) {}

  /** Frames reach this device as they are made: nothing is to be fetched first. */
  get follows(): boolean {
    return this.greeted && !this.behind;
  }

  /** Connects and stays; settles when the connection is over: rejects when it broke, resolves after `close`. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { env, who } = this.context;
      const socket = env.socket(`${env.origin.replace(/^http/, "ws")}/s/${who.site}/live`);
      this.socket = socket;
      this.end = (error) => {
        if (this.socket !== socket) return;
        this.socket = null;
        this.greeted = false;
        this.cancelWatch();
        socket.onmessage = socket.onclose = null;
        socket.close();
        if (error) reject(error as Error);
        else resolve();
      };
      this.watch(GREETING_MS);
      socket.onclose = () => this.end(new Offline("closed"));
      socket.onmessage = ({ data }) => {
        this.watch(SILENCE_MS);
        this.queue = this.queue.then(() => this.take(socket, String(data))).catch((error: unknown) => this.end(error));
      };
    });
  }

  /** Ends the connection on purpose. */
  close(): void {
    this.end(null);
  }

  /** Is anybody there? No word within 3 s means no. */
  probe(): void {
    if (!this.greeted) return;
    this.send({ t: "ping" });
    this.watch(PROBE_MS);
  }

  /** After a pull: frames may follow from here. Says nothing to a site that is not waiting for it. */
  async at(): Promise<void> {
    if (!this.greeted || !this.behind) return;
    this.behind = false;
    const { cur, head } = await standing(this.context.store);
    this.send({ t: "at", cur, head });
  }

  private watch(ms: number): void {
    this.cancelWatch();
    this.cancelWatch = this.context.env.after(ms, () => this.end(new Offline("silence")));
  }

  private send(frame: Hello | At | Ping): void {
    this.socket?.send(JSON.stringify(frame));
  }

  private async take(socket: Socket, text: string): Promise<void> {
    if (this.socket !== socket) return;
    const { env, heard } = this.context;
    const frame = JSON.parse(text) as Frame;
    if (frame.t !== "hi" && frame.t !== "bye") heard(contactOf(frame, env));
    if (frame.t === "hi") await this.hello(frame);
    else if (frame.t === "ok" || frame.t === "p") this.greet(frame);
    else if (frame.t === "c") await this.commit(frame);
    else if (frame.t === "bye") throw new Later(frame.after_ms + env.random() * frame.spread_ms);
  }

  private async hello(hi: Hi): Promise<void> {
    const { env, store, who, key, waiting } = this.context;
    if (hi.proto[0] > PROTOCOL) throw new Problem("version_old", 426, false);
    this.epoch = hi.epoch;
    const sig = await sign(key, helloBytes(who.site, who.dev, hi.nonce));
    const at = await standing(store);
    const { cur, bh, head, pend } = at;
    const vital = await vitalOf(env, at.sync, waiting(at.sync.sent.seq));
    this.send({ t: "hello", dev: who.dev, cur, bh, head, sig, pend, sv: SHAPES, vital });
  }

  /** The site knows this device: a poke says so, too, when it took the place of the greeting. */
  private greet(said: Ok | Poke): void {
    this.greeted = true;
    this.ready(said.t === "ok" && said.mode === "live");
  }

  private ready(live: boolean): void {
    this.behind = !live;
    this.context.ready(live);
  }

  private async commit(frame: Commit): Promise<void> {
    const { changed } = this.context;
    const { bh, rows, ack, dur } = frame;
    if (!Array.isArray(rows)) throw new Offline("not a frame");
    const at = { epoch: this.epoch, bh };
    const cut = { from: { ...at, cur: frame.prev }, to: { ...at, cur: frame.to }, reset: false, rows, ack, dur };
    const next = await applyCut(this.context, cut);
    if (next) changed();
    else this.ready(false);
    if (next?.broken) this.context.broken();
  }
}

function contactOf(frame: Frame, env: Env): Contact | null {
  const wall = env.wall();
  if (frame.t === "hb") return { now: frame.now, wall, beacon: frame.beacon };
  if (frame.t === "ok") return { now: frame.beacon.t, wall, beacon: frame.beacon };
  return null;
}
