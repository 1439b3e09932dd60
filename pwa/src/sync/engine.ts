/**
 * The leader's work (sync.md A3, A4, A10): three lanes, each with its own patience, that wake one another.
 *
 *     push ──▶ POST push        connect ──▶ socket        pull ──▶ GET pull; long poll while there is no socket
 *
 * Only one tab runs an engine; every write carries its term, so a replaced leader that wakes up can write nothing.
 */
import type { DeviceKey } from "./crypto.ts";
import type { Env } from "./env.ts";
import { Offline, Problem } from "./http.ts";
import { Lane, Later } from "./lane.ts";
import { prune } from "./ledger.ts";
import { Live } from "./live.ts";
import type { Who } from "./outbox.ts";
import { pullOnce } from "./pull.ts";
import { pushOnce } from "./push.ts";
import { noteContact, type Contact } from "./replica.ts";
import { fence, Fenced, type Store } from "./store.ts";
import { Timers } from "./timers.ts";

/** What the leader knows about the way to the server, and tells the other tabs. */
export interface Link {
  online: boolean;
  /** The session has ended. */
  login: boolean;
  /** The last no, as a key of ERRORS. */
  problem: string | null;
  /** Asking again does not help: somebody must do something. */
  stuck: boolean;
  /** Numbers on their way at this moment. */
  sending: [number, number] | null;
}

export interface EngineOptions {
  /** A wall screen: no outbox, stays connected unseen, looks for the server every other second and hears from it every few. */
  display?: boolean;
  /** No session to ask with yet: a wall screen nobody has confirmed. */
  waiting?: () => boolean;
  /** Renews an ended session; true when it did. People sign in by hand instead. */
  renew?: () => Promise<boolean>;
}

export interface EngineContext {
  env: Env;
  store: Store;
  who: Who;
  key: DeviceKey;
  term: number;
  /** Rows, the outbox or the clock changed in the store. */
  changed(): void;
  link(change: Partial<Link>): void;
  /** The server said something just now. */
  heard(): void;
  /** Another leader has taken over. */
  fenced(): void;
}

const LONG_POLL_S = 25;
const PATIENCE_MS = 30_000;
const DISPLAY_PATIENCE_MS = 2_000;
const DISPLAY_PROBE_MS = 5_000;
/** Without a socket for this long, rows come by long poll. */
const FALLBACK_MS = 2_000;
/** A page nobody looks at leaves its socket after this long. */
const HIDDEN_MS = 300_000;

type Way = "push" | "pull";
type Trouble = Pick<Problem, "id" | "retry">;

/** A long poll was cut while plain requests work: no reason to call the site unreachable. */
class PollCut extends Error {}

export class Engine {
  private readonly push: Lane;
  private readonly pull: Lane;
  private readonly connect: Lane;
  private readonly live: Live;
  private readonly timers: Timers;
  private unlisten = (): void => undefined;
  private poll: AbortController | null = null;
  private polling = false;
  private readonly problems: Record<Way, Trouble | null> = { push: null, pull: null };
  private unseen = false;
  private signedOut = false;
  private stopped = false;

  constructor(
    private readonly context: EngineContext,
    private readonly options: EngineOptions = {},
  ) {
    const { env } = context;
    const patience_ms = options.display ? DISPLAY_PATIENCE_MS : PATIENCE_MS;
    this.timers = new Timers(env);
    this.push = new Lane(env, patience_ms, () => this.pushAll(), (error) => this.failed("push", error));
    this.pull = new Lane(env, patience_ms, () => this.pullAll(), (error) => this.failed("pull", error));
    this.connect = new Lane(env, patience_ms, () => this.stayLive(), (error) => this.dropped(error));
    this.live = new Live({ ...context, heard: (contact) => this.heard(contact), ready: (live) => this.ready(live) });
  }

  start(): void {
    this.unlisten = this.context.env.onChange(() => this.woken());
    if (this.options.display) this.probeForever();
    else prune(this.context).catch((error: unknown) => this.failed("push", error));
    this.look();
    this.kick();
  }

  /** Try everything now: somebody asked, signed in, or the network is back. */
  kick(): void {
    this.signedOut = false;
    for (const lane of [this.push, this.connect, this.pull]) lane.reset();
    this.push.kick();
    this.connect.kick();
    if (!this.live.greeted) this.pull.kick();
  }

  /** Something was saved. */
  saved(): void {
    this.push.kick();
  }

  stop(): void {
    this.stopped = true;
    for (const lane of [this.push, this.pull, this.connect]) lane.stop();
    this.timers.stop();
    this.unlisten();
    this.poll?.abort();
    this.live.close();
  }

  private async pushAll(): Promise<void> {
    if (this.options.display) return;
    const { context } = this;
    for (let more = true; more && !this.stopped; ) {
      const pushed = await pushOnce({ ...context, sending: (sending) => context.link({ sending }) });
      more = pushed.more;
      if (pushed.ops) {
        this.reached("push");
        context.changed();
      }
      // With a socket the ack comes as a frame; without, or from another incarnation of the site, rows must be asked for.
      if (pushed.asks_pull || (pushed.ops && !this.live.greeted)) this.pull.kick();
    }
  }

  private async pullAll(): Promise<void> {
    if (this.signedOut || this.options.waiting?.()) return;
    for (let more = true; more && !this.stopped; ) {
      more = await pullOnce(this.context);
      this.reached("pull");
      this.context.link({ login: false });
      this.context.changed();
    }
    await this.live.at();
    // What waited for the server may go now.
    this.push.kick();
    if (this.polling && !this.live.greeted) await this.longPoll();
  }

  private async longPoll(): Promise<void> {
    const poll = (this.poll = new AbortController());
    try {
      await pullOnce(this.context, LONG_POLL_S, poll.signal);
      this.reached("pull");
      this.context.changed();
      this.pull.kick();
    } catch (error) {
      if (!(error instanceof Offline)) throw error;
      // A proxy that cuts long requests leaves plain pulls, one each time the lane has waited.
      if (!poll.signal.aborted) throw new PollCut();
    } finally {
      this.poll = null;
    }
  }

  private async stayLive(): Promise<void> {
    if (this.signedOut || this.unseen || this.options.waiting?.()) return;
    try {
      await this.live.run();
    } catch (error) {
      // A wall screen is one of few and must be right: it does not wait for its turn after a restart.
      throw error instanceof Later && this.options.display ? new Offline("bye") : error;
    }
  }

  /** The socket is over: find out at once whether the server is too, and go on without it if need be. */
  private dropped(error: unknown): void {
    if (error instanceof Later) return;
    if (!(error instanceof Offline)) this.failed("pull", error);
    if (this.stopped) return;
    this.pull.kick();
    this.timers.set("fallback", FALLBACK_MS, () => {
      if (this.live.greeted || this.unseen) return;
      this.polling = true;
      this.pull.kick();
    });
  }

  private ready(live: boolean): void {
    this.polling = false;
    this.timers.clear("fallback");
    this.connect.reset();
    this.poll?.abort();
    if (live) this.push.kick();
    else this.pull.kick();
  }

  private heard(contact: Contact | null): void {
    this.reached();
    if (!contact) return;
    const { env, store, term } = this.context;
    const noted = store.tx(["meta"], {}, async (tx) => {
      await fence(tx, term);
      await noteContact(tx, env, contact);
    });
    noted.then(() => this.context.changed()).catch((error: unknown) => this.failed("pull", error));
  }

  private reached(way?: Way): void {
    if (way) this.problems[way] = null;
    this.context.link({ online: true, ...this.trouble() });
    this.context.heard();
  }

  private failed(way: Way, error: unknown): void {
    if (this.stopped || error instanceof Later || error instanceof PollCut) return;
    if (error instanceof Fenced) this.context.fenced();
    else if (error instanceof Offline) this.context.link({ online: this.live.greeted && this.context.env.online() });
    else if (error instanceof Problem) this.refused(way, error);
    else if (error instanceof DOMException) this.problem(way, { id: "device_storage", retry: false });
    // A mistake in this program: let the page hear of it.
    else queueMicrotask(() => { throw error; });
  }

  private problem(way: Way, trouble: Trouble): void {
    this.problems[way] = trouble;
    this.context.link(this.trouble());
  }

  private trouble(): Pick<Link, "problem" | "stuck"> {
    const { push, pull } = this.problems;
    const worst = push && (!push.retry || !pull) ? push : pull;
    return { problem: worst?.id ?? null, stuck: worst !== null && !worst.retry };
  }

  private refused(way: Way, problem: Problem): void {
    this.problem(way, problem);
    this.context.link({ online: true });
    if (problem.id !== "login_required") return;
    if (this.options.renew) {
      const renewal = this.options.renew().then((renewed) => (renewed ? this.kick() : this.signOut()));
      renewal.catch((error: unknown) => this.failed(way, error));
    } else this.signOut();
  }

  /** Rows wait for somebody to sign in; records go on leaving. */
  private signOut(): void {
    this.signedOut = true;
    this.context.link({ login: true });
    this.live.close();
  }

  /** The page came or went, or the network did. */
  private woken(): void {
    this.look();
    if (this.unseen || !this.context.env.online()) return;
    this.live.probe();
    this.kick();
  }

  /** Is there a network, and does anybody look? */
  private look(): void {
    const { env } = this.context;
    if (!env.online()) this.context.link({ online: false });
    if (env.visible() || this.options.display) {
      this.unseen = false;
      this.timers.clear("hidden");
      return;
    }
    this.timers.set("hidden", HIDDEN_MS, () => {
      this.unseen = true;
      this.polling = false;
      this.live.close();
    });
  }

  private probeForever(): void {
    this.live.probe();
    this.timers.set("probe", DISPLAY_PROBE_MS, () => this.probeForever());
  }
}
