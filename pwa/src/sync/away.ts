/**
 * A phone that is long without its site locks, and hides what is sealed before that (PRV-19, docs/security.md). Nothing is lost: what waits goes out
 * after the next sign-in. Comes with the leader's chunk; every tab looks for itself.
 */
import type { Env } from "./env.ts";
import { noteHeard, pinState } from "./pin.ts";
import { Timers } from "./timers.ts";

const LOOK_MS = 60_000;
const NOTE_MS = 3_600_000;

interface AwayContext {
  env: Env;
  person: { site: string; uid: string };
  /** A number among the hall's rules, once they have come. */
  rule(key: string): number | undefined;
  /** The vault is to be locked: the site has not been heard for too long. */
  overdue(): void;
}

export class Away {
  private readonly timers: Timers;
  private noted: { at: number; days: number | undefined } | null = null;

  constructor(private readonly context: AwayContext) {
    this.timers = new Timers(context.env);
  }

  start(): void {
    this.timers.set("away", LOOK_MS, () => {
      this.start();
      void this.look().catch(() => undefined);
    });
  }

  stop(): void {
    this.timers.stop();
  }

  /** The site said something: written down once an hour, and when the rule is another. */
  heard(): void {
    const { env, person, rule } = this.context;
    const [at, days] = [env.wall(), rule("off.max_offline_days")];
    if (this.noted && Math.abs(at - this.noted.at) < NOTE_MS && this.noted.days === days) return;
    this.noted = { at, days };
    noteHeard({ env, ...person }, days).catch(() => (this.noted = null));
  }

  private async look(): Promise<void> {
    const { env, person, overdue } = this.context;
    if ((await pinState({ env, ...person })).overdue) overdue();
  }
}
