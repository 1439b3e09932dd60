/** Named timers of one owner: setting a name again replaces it, and all of them end together. */
import type { Env } from "./env.ts";

export class Timers {
  private readonly cancels = new Map<string, () => void>();

  constructor(private readonly env: Env) {}

  set(name: string, ms: number, then: () => void): void {
    this.clear(name);
    this.cancels.set(name, this.env.after(ms, then));
  }

  clear(name: string): void {
    this.cancels.get(name)?.();
    this.cancels.delete(name);
  }

  stop(): void {
    for (const name of [...this.cancels.keys()]) this.clear(name);
  }
}
