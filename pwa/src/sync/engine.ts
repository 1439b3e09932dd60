/**
 * The leader's work (PROTOCOL.md §1, §2, §3): three lanes, each with its own patience, that wake one another.
 *
 *     push ──▶ POST push        connect ──▶ socket        pull ──▶ GET pull; long poll while there is no socket
 *
 * Only one tab runs an engine; every write carries its term, so a replaced leader that wakes up can write nothing.
 */
import type { DeviceKey } from "./keys.ts";
import type { Env } from "./env.ts";
import { Offline, part, Problem } from "./problem.ts";
import { Lane, Later } from "./lane.ts";
import { prune } from "./acks.ts";
import { Live } from "./live.ts";
import type { Who } from "./outbox.ts";
import { pullOnce } from "./pull.ts";
import { pushOnce, type Pushed } from "./push.ts";
import { noteContact, type Contact } from "./replica.ts";
import { fence, Fenced, getMeta, Left, type Device, type Store } from "./store.ts";
import { Timers } from "./timers.ts";
import type { Beacon } from "./types.gen.ts";
import type { Waiting } from "./vital.ts";

/** What the leader knows about the way to the server, and tells the other tabs. */
export interface Link {
  /** Null: not known yet. */
  online: boolean | null;
  /** The session has ended. */
  login: boolean;
  /** The last no, as a key of ERRORS. */
  problem: string | null;
  /** Asking again does not help: somebody must do something. */
  stuck: boolean;
  /** The device was revoked and nothing waits here: whoever keeps the vault empties it. */
  wipe?: boolean;
  /** The site has not been heard for too long: whoever keeps the vault locks it. */
  overdue?: boolean;
  /** Numbers on their way at this moment. */
  sending: [number, number] | null;
  /** When sending is tried next after it failed (this device's clock, ms); 0 when it did not. */
  next_at?: number;
}

export interface EngineOptions {
  /** A wall screen: no outbox, stays connected unseen, looks for the server every other second and hears from it every few. */
  display?: boolean;
  /** No session to ask with yet: a wall screen nobody has confirmed. */
  waiting?: () => boolean;
  /** Renews an ended session; true when it did. People sign in by hand instead. */
  renew?: () => Promise<boolean>;
  /** Hears every time mark of the site: a wall screen shows them. */
  beacon?: (beacon: Beacon) => void;
}

interface EngineContext {
  env: Env;
  store: Store;
  who: Who;
  key: DeviceKey;
  term: number;
  /** What the site does not have behind this number. */
  waiting(sent: number): Waiting;
  /** Rows were audited: time to look at the journal, too. */
  audited(): void;
  /** The site has ended this device. True: no photo or sound of its records waits here. */
  farewell(): Promise<boolean>;
  /** Rows, the outbox or the clock changed in the store. */
  changed(): void;
  link(change: Partial<Link>): void;
  /** The server said something just now. */
  heard(): void;
  /** Another leader has taken over. */
  fenced(): void;
  /** The chain goes on under another key: this engine has done its work. */
  replaced(device: Device): void;
}

const LONG_POLL_S = 25;
const PATIENCE_MS = 30_000;
const DISPLAY_PATIENCE_MS = 2_000;
const DISPLAY_PROBE_MS = 5_000;
/** Without a socket for this long, rows come by long poll. */
const FALLBACK_MS = 2_000;
/** A long poll that brings nothing and is over sooner than this was not held. */
const HELD_MS = 1_000;
/** A page nobody looks at leaves its socket after this long. */
const HIDDEN_MS = 300_000;
/** How often to look whether rows have been audited within a day; sooner while there is nobody to ask for damaged ones. */
const AUDIT_LOOK_MS = 600_000;
const AUDIT_AGAIN_MS = 10_000;
const DAY_MS = 86_400_000;

/** What a device hears on its way down when it has been ended. */
const ENDS = new Set(["login_required", "device_revoked"]);

type Way = "push" | "pull";
type Trouble = Pick<Problem, "id" | "retry">;

/** A long poll was cut, or not held, while plain requests work: no reason to call the site unreachable. */
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
  /** How often the browser has said that there is no network. */
  private losses = 0;
  private signedOut = false;
  /** The next push goes out without ops, too. */
  private asking = false;
  private stopped = false;
  private readonly ended = new AbortController();

  constructor(
    private readonly context: EngineContext,
    private readonly options: EngineOptions = {},
  ) {
    const { env } = context;
    const patience_ms = options.display ? DISPLAY_PATIENCE_MS : PATIENCE_MS;
    this.timers = new Timers(env);
    this.push = new Lane(env, patience_ms, () => this.pushAll(), (error) => this.failed("push", error), (ms) => context.link({ next_at: ms && env.wall() + ms }));
    this.pull = new Lane(env, patience_ms, () => this.pullAll(), (error) => this.failed("pull", error));
    this.connect = new Lane(env, patience_ms, () => this.stayLive(), (error) => this.dropped(error));
    this.live = new Live({ ...context, heard: (contact) => this.heard(contact), ready: (live) => this.ready(live), broken: () => this.push.kick() });
  }

  start(): void {
    this.unlisten = this.context.env.onChange(() => this.woken());
    if (this.options.display) this.probeForever();
    else prune(this.context).catch((error: unknown) => this.failed("push", error));
    this.look();
    this.kick();
    this.auditDaily();
  }

  /** Try everything now: somebody asked, signed in, or the network is back. */
  kick(): void {
    this.signedOut = false;
    for (const lane of [this.push, this.connect, this.pull]) lane.reset();
    this.push.kick();
    this.connect.kick();
    if (!this.live.follows) this.pull.kick();
  }

  /** Something was saved. */
  saved(): void {
    this.push.kick();
  }

  stop(): void {
    this.stopped = true;
    this.ended.abort();
    for (const lane of [this.push, this.pull, this.connect]) lane.stop();
    this.timers.stop();
    this.unlisten();
    this.poll?.abort();
    this.live.close();
  }

  private async pushAll(): Promise<void> {
    if (this.options.display) return;
    const { context } = this;
    const { after } = await context.store.tx(["meta"], { mode: "readonly" }, async (tx) => (await getMeta(tx, "sync"))!);
    const refused = after ? await this.takeOver(after) : null;
    for (let more = true; more && !this.stopped; ) {
      const { losses } = this;
      const pushed = await this.pushKnown();
      more = pushed.more;
      if (pushed.broken) {
        context.changed();
        return this.leaveChain();
      }
      if (pushed.wipe) await this.farewell();
      if (pushed.ops) {
        this.reached("push", losses);
        context.changed();
      }
      // With a socket that follows the ack comes as a frame; else, or from another incarnation of the site, rows must be asked for.
      if (pushed.asks_pull || (pushed.ops && !this.live.follows)) this.pull.kick();
    }
    if (refused) throw refused;
    // Nothing is left that was said no to.
    this.problem("push", null);
  }

  /** Closes the chain that goes on here. Without a session that waits, and is returned; records need none to leave. */
  private async takeOver(after: string): Promise<Problem | null> {
    try {
      await (await part(import("./reenrol.ts"))).takeOver(this.context, after);
    } catch (error) {
      if (error instanceof Problem && error.id === "login_required") return error;
      throw error;
    }
    return null;
  }

  /** Pushes; a device the site does not know (it was restored from before it was enrolled) is made known first. */
  private async pushKnown(): Promise<Pushed> {
    const { context } = this;
    const asking = this.asking;
    const push = () => pushOnce({ ...context, ended: this.ended.signal, sending: (sending) => context.link({ sending }) }, asking);
    this.asking = false;
    try {
      return await push();
    } catch (error) {
      if (!(error instanceof Problem) || error.id !== "device_unknown") throw error;
      const { enrol } = await part(import("./reenrol.ts"));
      await enrol(context.env, context.who, { dev: context.who.dev, key: context.key });
      return push();
    }
  }

  /** What others wrote has gone; own records stay until their photos are up, too. */
  private async farewell(): Promise<void> {
    this.context.changed();
    this.asking = true;
    if (await part(this.context.farewell())) this.context.link({ wipe: true });
  }

  private async leaveChain(): Promise<void> {
    const { reEnrol } = await part(import("./reenrol.ts"));
    const device = await reEnrol(this.context);
    this.reached("push");
    this.context.replaced(device);
  }

  private async pullAll(): Promise<void> {
    if (this.signedOut || this.options.waiting?.()) return;
    for (let more = true; more && !this.stopped; ) {
      const { losses } = this;
      more = await pullOnce(this.context);
      this.reached("pull", losses);
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
    const { losses } = this;
    const { env } = this.context;
    const [asked_at, cur] = [env.mono(), await this.cursor()];
    try {
      const more = await pullOnce(this.context, LONG_POLL_S, poll.signal);
      this.reached("pull", losses);
      this.context.changed();
      if (!more && env.mono() - asked_at < HELD_MS && cur === (await this.cursor())) throw new PollCut();
      this.pull.kick();
    } catch (error) {
      // A proxy that cuts long requests, or answers them at once, leaves plain pulls, one each time the lane has waited.
      if (!(error instanceof Offline)) throw error;
      if (!poll.signal.aborted) throw new PollCut();
    } finally {
      this.poll = null;
    }
  }

  private cursor(): Promise<string> {
    return this.context.store.tx(["meta"], { mode: "readonly" }, async (tx) => (await getMeta(tx, "sync"))!.cur);
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
    if (contact.beacon) this.options.beacon?.(contact.beacon);
    const { env, store } = this.context;
    const noted = store.tx(["meta"], {}, async (tx) => {
      await fence(tx, this.context);
      await noteContact(tx, env, contact);
    });
    noted.then(() => this.context.changed()).catch((error: unknown) => this.failed("pull", error));
  }

  /** Something came. What was on its way when the network went (a frame, or an answer asked for `losses` ago) does not bring it back. */
  private reached(way?: Way, losses = this.losses): void {
    if (way) this.problems[way] = null;
    const here = way ? losses === this.losses : this.context.env.online();
    this.context.link({ ...(here && { online: true }), ...this.trouble() });
    this.context.heard();
  }

  private failed(way: Way, error: unknown): void {
    if (this.stopped || error instanceof Later || error instanceof PollCut) return;
    if (error instanceof Fenced) this.context.fenced();
    // A tab that is gone now has left that chain: this one hears of it here.
    else if (error instanceof Left) this.context.changed();
    else if (error instanceof Offline) this.context.link({ online: this.live.greeted && this.context.env.online() });
    else if (error instanceof Problem) this.refused(way, error);
    else if (error instanceof DOMException) this.problem(way, { id: "device_storage", retry: false });
    // A mistake in this program: let the page hear of it.
    else queueMicrotask(() => { throw error; });
  }

  private problem(way: Way, trouble: Trouble | null): void {
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
    if (way === "pull" && ENDS.has(problem.id)) this.ask();
    // Reported stolen: nothing that waits here will ever be taken, and nobody here may read on.
    if (way === "push" && problem.id === "device_revoked") this.context.link({ wipe: true });
    // An empty push cannot show what this incarnation of the site has; rows do.
    if (problem.id === "epoch_changed") this.pull.kick();
    if (problem.id !== "login_required") return;
    if (this.options.renew) {
      const renewal = this.options.renew().then((renewed) => (renewed ? this.kick() : this.signOut()));
      renewal.catch((error: unknown) => this.failed(way, error));
    } else this.signOut();
  }

  /** Was the device ended? Its signature is heard without a session (PROTOCOL §2). */
  private ask(): void {
    if (this.options.display) return;
    this.asking = true;
    this.push.kick();
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
    if (!env.online()) {
      this.losses += 1;
      this.context.link({ online: false });
    }
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

  /** While the site is heard, so that what is damaged is fetched at once. The pull afterwards compares sums, which a socket never does. */
  private auditDaily(ms = AUDIT_LOOK_MS): void {
    this.timers.set("audit", ms, () => {
      this.auditDaily(this.live.greeted ? AUDIT_LOOK_MS : AUDIT_AGAIN_MS);
      if (this.live.greeted) this.audit().catch((error: unknown) => this.failed("pull", error));
      if (this.live.greeted) this.compare();
    });
  }

  /** The site's evidence log must continue what this device saw of it: nothing waits for it, and without the network it is tried again. */
  private compare(): void {
    const { env, who } = this.context;
    import("./log.ts").then(({ compareSometimes }) => compareSometimes(env, who.site)).catch(() => undefined);
  }

  private async audit(): Promise<void> {
    const { env, store } = this.context;
    const { audited_at } = await store.tx(["meta"], { mode: "readonly" }, async (tx) => (await getMeta(tx, "sync"))!);
    // A clock that stood years ahead puts nothing off.
    if (Math.abs(env.wall() - audited_at) < DAY_MS) return;
    const { audit } = await part(import("./audit.ts"));
    if (await audit(this.context)) this.context.changed();
    this.context.audited();
    this.pull.kick();
  }

  private probeForever(): void {
    this.live.probe();
    this.timers.set("probe", DISPLAY_PROBE_MS, () => this.probeForever());
  }
}
