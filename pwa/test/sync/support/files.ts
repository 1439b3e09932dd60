/** A disk of text files that survives restarts, and fails when told to. */
import type { Disk } from "../../../src/sync/env.ts";

export class FakeDisk implements Disk {
  readonly files = new Map<string, string>();
  /** Writes fail: the disk is full, or gone. */
  full = false;
  /** Writes never end: another tab that was frozen holds the turn. */
  stuck = false;

  async read(name: string): Promise<string | null> {
    return this.files.get(name) ?? null;
  }

  async tail(name: string, bytes: number): Promise<string | null> {
    return this.files.get(name)?.slice(-bytes) ?? null;
  }

  async append(name: string, text: string): Promise<void> {
    await this.turn();
    this.files.set(name, (this.files.get(name) ?? "") + text);
  }

  async replace(name: string, text: string): Promise<void> {
    await this.turn();
    this.files.set(name, text);
  }

  async remove(name: string): Promise<void> {
    await this.turn();
    this.files.delete(name);
  }

  async names(): Promise<string[]> {
    return [...this.files.keys()];
  }

  private async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.full) throw new Error("full");
    if (this.stuck) await new Promise(() => undefined);
  }
}
