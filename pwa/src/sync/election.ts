/**
 * One tab leads: it pulls, pushes and holds the socket. The Web Lock picks it; a frozen leader keeps its lock for ever, so a
 * visible tab that hears no beat for 6 s steals it. The old one cannot write any more: every leader counts the term up (law I28).
 */
import type { Env } from "./env.ts";
import type { Bus } from "./bus.ts";
import type { Link } from "./engine.ts";
import { getMeta, putMeta, type Store } from "./store.ts";
import { Timers } from "./timers.ts";

const BEAT_MS = 2_000;
const SILENCE_MS = 6_000;
const AGAIN_MS = 500;

interface ElectionContext {
  env: Env;
  bus: Bus;
  store: Store;
  /** What this tab knows of the way to the server, for the others. */
  news(): { link: Link; quiet_ms: number | null; shows: string };
  /** This tab leads from now on, in this term. */
  lead(term: number): void;
  /** It does no longer. */
  follow(): void;
}

export class Election {
  leading = false;
  private readonly lock: string;
  private readonly timers: Timers;
  private queued = new AbortController();
  private release = (): void => undefined;
  private heard_at: number;
  private looked_at: number;
  private stopped = false;

  constructor(private readonly context: ElectionContext) {
    const { env, bus, store } = context;
    this.lock = store.name.replace("zg:", "zg-sync:");
    this.timers = new Timers(env);
    this.heard_at = this.looked_at = env.mono();
    bus.listen((message) => {
      if (message.t === "beat") this.heard(message.visible);
      if (message.t === "want" && this.leading && !env.visible()) this.stepDown();
    });
  }

  start(): void {
    this.request({ signal: this.queued.signal });
    this.watch();
  }

  /** Lets another tab lead; this one waits in the queue again. */
  stepDown(): void {
    this.end();
    this.release();
  }

  /** Tells the other tabs at once what this leader knows. */
  beat(): void {
    const { env, bus, news } = this.context;
    bus.tell({ t: "beat", visible: env.visible(), ...news() });
  }

  stop(): void {
    this.stopped = true;
    this.timers.stop();
    this.queued.abort();
    this.stepDown();
  }

  private request(options: LockOptions): void {
    const held = this.context.env.locks.request(this.lock, options, () => this.hold());
    // Released, stolen by another tab, or taken out of the queue: whichever it was, this tab does not lead now.
    Promise.resolve(held).catch(() => undefined).then(() => {
      if (options.signal?.aborted) return;
      this.end();
      // Not at once: whoever wanted the place, or a storage that will not open, comes first.
      if (!this.stopped) this.timers.set("queue", AGAIN_MS, () => this.request({ signal: this.queued.signal }));
    });
  }

  private async hold(): Promise<void> {
    if (this.stopped) return;
    const over = new Promise<void>((resolve) => (this.release = resolve));
    const term = await this.nextTerm();
    if (this.stopped) return;
    this.leading = true;
    this.context.lead(term);
    this.beatForever();
    await over;
  }

  private nextTerm(): Promise<number> {
    return this.context.store.tx(["meta"], {}, async (tx) => {
      const term = ((await getMeta(tx, "term")) ?? 0) + 1;
      await putMeta(tx, "term", term);
      return term;
    });
  }

  private end(): void {
    if (!this.leading) return;
    this.leading = false;
    this.timers.clear("beat");
    this.heard_at = this.context.env.mono();
    this.context.follow();
  }

  private beatForever(): void {
    this.beat();
    this.timers.set("beat", BEAT_MS, () => this.beatForever());
  }

  private heard(visible: boolean): void {
    this.heard_at = this.context.env.mono();
    if (!visible && !this.leading && this.context.env.visible()) this.context.bus.tell({ t: "want" });
  }

  /** Looks every beat whether somebody leads. A tab that has slept itself starts counting anew. */
  private watch(): void {
    const { env } = this.context;
    const now = env.mono();
    if (now - this.looked_at > 2 * BEAT_MS) this.heard_at = now;
    this.looked_at = now;
    if (!this.leading && env.visible() && now - this.heard_at > SILENCE_MS) this.steal();
    this.timers.set("watch", BEAT_MS, () => this.watch());
  }

  private steal(): void {
    this.heard_at = this.context.env.mono();
    this.queued.abort();
    this.queued = new AbortController();
    this.request({ steal: true });
  }
}
