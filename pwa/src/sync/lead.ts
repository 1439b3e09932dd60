/** What a tab does beside showing and saving: it follows, or leads with an engine. Comes as a chunk of its own: no first picture waits for it. */
import type { Signal } from "@preact/signals";
import { Away } from "./away.ts";
import type { Bus } from "./bus.ts";
import { Engine, type EngineOptions, type Link } from "./engine.ts";
import type { Env } from "./env.ts";
import { Election } from "./election.ts";
import type { Who } from "./outbox.ts";
import type { Device, Op, Store } from "./store.ts";
import { waitingOf, type Files } from "./vital.ts";

export interface LeadContext {
  env: Env;
  store: Store;
  bus: Bus;
  person: Omit<Who, "dev">;
  options: EngineOptions;
  /** What is known of the way to the server; shown by the tab. */
  link: Signal<Link>;
  device(): Device;
  /** Monotonic ms since the server last said anything. */
  quiet_ms(): number | null;
  /** Which state of the store this tab shows. */
  shows(): string;
  heard(): void;
  /** A number among the hall's rules. */
  rule(key: string): number | undefined;
  changed(): Promise<void>;
  /** The outbox, and the photos and sounds the site does not have. */
  shown(): { ops: readonly Op[]; files: Files };
  audited(): void;
  /** The site has ended this device. True: no photo or sound of its records waits here. */
  farewell(): Promise<boolean>;
  replaced(): void;
  /** This tab leads from now on, or does no longer. */
  leads(leading: boolean): void;
}

export class Lead {
  private readonly election: Election;
  private engine: Engine | null = null;
  private readonly away: Away | null = null;
  private term = 0;

  constructor(private readonly context: LeadContext) {
    const { env, bus, store, link, quiet_ms, shows } = context;
    const news = () => ({ link: link.peek(), quiet_ms: quiet_ms(), shows: shows() });
    this.election = new Election({ env, bus, store, news, lead: (term) => this.begin(term), follow: () => this.end() });
    bus.listen((told) => {
      if (told.t === "saved") this.engine?.saved();
      else if (told.t === "kick") this.engine?.kick();
    });
    this.election.start();
    if (context.options.display) return;
    const { person, rule } = context;
    this.away = new Away({ env, person, rule, overdue: () => (link.value = { ...link.peek(), overdue: true }) });
    this.away.start();
  }

  get leading(): boolean {
    return this.election.leading;
  }

  saved(): void {
    this.engine?.saved();
  }

  kick(): void {
    this.engine?.kick();
  }

  /** The chain goes on as another device's: so does the engine. */
  goOn(): void {
    if (this.engine) this.begin(this.term);
  }

  stop(): void {
    this.away?.stop();
    this.election.stop();
  }

  private begin(term: number): void {
    this.engine?.stop();
    this.term = term;
    const { env, store, person, options, device, changed, shown, audited, farewell, replaced } = this.context;
    const heard = () => {
      this.context.heard();
      this.away?.heard();
    };
    const link = (change: Partial<Link>) => this.tell(change);
    const { dev, key } = device();
    const fenced = () => this.election.stepDown();
    const waiting = (sent: number) => waitingOf(shown().ops, sent, shown().files);
    const said = { link, heard, changed: () => void changed(), fenced, replaced, waiting, audited, farewell };
    this.engine = new Engine({ ...{ env, store, key, term }, ...said, who: { ...person, dev } }, options);
    this.engine.start();
    this.context.leads(true);
  }

  private end(): void {
    this.engine?.stop();
    this.engine = null;
    this.context.leads(false);
  }

  private tell(change: Partial<Link>): void {
    const { link } = this.context;
    const before = link.peek();
    const after = { ...before, ...change };
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    link.value = after;
    this.election.beat();
  }
}
