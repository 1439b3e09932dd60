/** Files of this origin beside its databases (OPFS): another part of the browser keeps them, so that damage rarely meets both. */
import workerUrl from "./journal.worker.ts?worker&url";
import type { Disk } from "./env.ts";
import { scriptUrl } from "./scripts.ts";

const FOLDER = "zg";
const IDLE_MS = 30_000;

interface Answer {
  n: number;
  error?: string;
}

/** The disk, or null where the browser has none that says when it has written (WebKitGTK). */
export async function openDisk(): Promise<Disk | null> {
  if (typeof FileSystemFileHandle === "undefined" || !navigator.storage?.getDirectory) return null;
  try {
    await navigator.storage.getDirectory();
    return new Files();
  } catch {
    return null; // a private window
  }
}

class Files implements Disk {
  private worker: Worker | null = null;
  private last = 0;
  private readonly waiting = new Map<number, { done: () => void; failed: (error: Error) => void }>();
  private idle: ReturnType<typeof setTimeout> | undefined;

  async read(name: string): Promise<string | null> {
    // A whole file that was being written when the page ended stands beside the old one.
    const [now, next] = await Promise.all([this.file(name), this.file(`${name}.new`)]);
    if (!now && !next) return null;
    const texts = await Promise.all([now, next].map((file) => file?.text() ?? ""));
    return texts.filter(Boolean).join("\n");
  }

  async tail(name: string, bytes: number): Promise<string | null> {
    const file = await this.file(name);
    return file ? file.slice(-bytes).text() : null;
  }

  append(name: string, text: string): Promise<void> {
    return this.order(name, text, false);
  }

  replace(name: string, text: string): Promise<void> {
    return this.order(name, text, true);
  }

  remove(name: string): Promise<void> {
    return this.order(name, null, true);
  }

  async names(): Promise<string[]> {
    const folder = await this.folder();
    const names: string[] = [];
    for await (const name of folder?.keys() ?? []) names.push(name);
    return names;
  }

  private async folder(): Promise<FileSystemDirectoryHandle | null> {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle(FOLDER).catch(() => null);
  }

  private async file(name: string): Promise<File | null> {
    const handle = await (await this.folder())?.getFileHandle(name).catch(() => null);
    return handle ? handle.getFile() : null;
  }

  private order(name: string, text: string | null, whole: boolean): Promise<void> {
    const n = ++this.last;
    const done = new Promise<void>((resolve, reject) => this.waiting.set(n, { done: resolve, failed: reject }));
    this.started().postMessage({ n, name, text, whole });
    return done;
  }

  /** One worker, ended when there has been nothing to write for a while. */
  private started(): Worker {
    clearTimeout(this.idle);
    if (this.worker) return this.worker;
    const worker = new Worker(scriptUrl(workerUrl));
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const order = this.waiting.get(data.n);
      this.waiting.delete(data.n);
      if (data.error) order?.failed(new Error(data.error));
      else order?.done();
      if (!this.waiting.size) this.idle = setTimeout(() => this.end(), IDLE_MS);
    };
    worker.onerror = () => this.end();
    return (this.worker = worker);
  }

  private end(): void {
    this.worker?.terminate();
    this.worker = null;
    for (const { failed } of this.waiting.values()) failed(new Error("the writer ended"));
    this.waiting.clear();
  }
}
