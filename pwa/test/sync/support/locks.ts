/** Web Locks of one browser: exclusive, in order, with `steal` and `signal` (Node has them only since 24). */

type Granted = () => Promise<unknown> | unknown;

interface Holder {
  lost(reason: DOMException): void;
}

interface Waiter {
  run: Granted;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

export class FakeLocks {
  private readonly held = new Map<string, Holder>();
  private readonly queues = new Map<string, Waiter[]>();

  /** The locks that somebody holds or waits for. */
  get names(): string[] {
    const waited = [...this.queues].filter(([, queue]) => queue.length).map(([name]) => name);
    return [...new Set([...this.held.keys(), ...waited])];
  }

  request(name: string, options: LockOptions, run: Granted): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiter = { run, resolve, reject };
      const queue = this.queues.get(name) ?? [];
      this.queues.set(name, queue);
      if (options.steal) {
        queue.unshift(waiter);
        this.held.get(name)?.lost(new DOMException("stolen", "AbortError"));
        this.held.delete(name);
      } else queue.push(waiter);
      options.signal?.addEventListener("abort", () => {
        const at = queue.indexOf(waiter);
        if (at < 0) return;
        queue.splice(at, 1);
        reject(new DOMException("aborted", "AbortError"));
      });
      setImmediate(() => this.grant(name));
    });
  }

  private grant(name: string): void {
    const waiter = this.queues.get(name)?.[0];
    if (!waiter || this.held.has(name)) return;
    this.queues.get(name)!.shift();
    const holder = { lost: waiter.reject };
    this.held.set(name, holder);
    const over = () => {
      if (this.held.get(name) === holder) this.held.delete(name);
      this.grant(name);
    };
    Promise.resolve(waiter.run()).then(waiter.resolve, waiter.reject).finally(over);
  }
}
