/** Runs one task at a time; a kick during a run means one more run; a failure waits with full jitter, doubling from 1 s to a cap. */
import type { Env } from "./env.ts";
import { Problem } from "./problem.ts";

/** A failure that says itself when to come back. */
export class Later extends Error {
  constructor(readonly ms: number) {
    super("later");
  }
}

/** A no that repetition does not change (signed out, device stopped) is asked again this seldom. */
const REFUSED_MS = 300_000;
const FIRST_MS = 1_000;

export class Lane {
  private running = false;
  private wanted = false;
  private stopped = false;
  private failures = 0;
  private cancel = (): void => undefined;

  /** `failed` hears every error before the wait begins, `waits` how long it will be; 0 after a success. */
  constructor(
    private readonly env: Env,
    private readonly cap_ms: number,
    private readonly task: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
    private readonly waits?: (ms: number) => void,
  ) {}

  /** Run now, or once more after the present run. */
  kick(): void {
    this.wanted = true;
    this.cancel();
    if (!this.running && !this.stopped) void this.run();
  }

  /** What failed before does not count any more: the next wait is short. */
  reset(): void {
    this.failures = 0;
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private async run(): Promise<void> {
    this.running = true;
    let wait_ms = 0;
    while (this.wanted && !this.stopped && wait_ms === 0) {
      this.wanted = false;
      try {
        await this.task();
        this.failures = 0;
        this.waits?.(0);
      } catch (error) {
        this.failed(error);
        wait_ms = this.delay(error);
        this.waits?.(wait_ms);
      }
    }
    this.running = false;
    if (wait_ms > 0 && !this.stopped) this.cancel = this.env.after(wait_ms, () => this.kick());
  }

  private delay(error: unknown): number {
    if (error instanceof Later) return Math.max(1, error.ms);
    if (error instanceof Problem && !error.retry) return REFUSED_MS;
    const top = Math.min(this.cap_ms, FIRST_MS * 2 ** this.failures++);
    return Math.max(FIRST_MS / 2, this.env.random() * top);
  }
}
