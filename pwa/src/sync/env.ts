/** Everything the engine takes from the world: clocks, network, storage, other tabs. Tests bring their own. */
import { uuid7 } from "./uuid7.ts";

/** The part of a WebSocket the engine uses. */
export interface Socket {
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(): void;
}

/** The part of a BroadcastChannel the engine uses. */
export interface Channel {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
}

/** Text files of this origin beside its databases. Writing resolves when it is on the disk. */
export interface Disk {
  read(name: string): Promise<string | null>;
  /** The last `bytes` of a file. */
  tail(name: string, bytes: number): Promise<string | null>;
  append(name: string, text: string): Promise<void>;
  replace(name: string, text: string): Promise<void>;
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
}

export interface Room {
  free: number;
  kept: boolean;
}

export interface Env {
  /** Origin of the server, without a slash at the end. */
  readonly origin: string;
  /** Id of this page load: monotonic times compare only inside one. */
  readonly load: string;
  readonly idb: IDBFactory;
  readonly locks: Pick<LockManager, "request">;
  fetch(url: string, init: RequestInit): Promise<Response>;
  socket(url: string): Socket;
  channel(name: string): Channel;
  /** Wall clock, ms since 1970. */
  wall(): number;
  /** Monotonic ms since the page load; may pause in sleep. */
  mono(): number;
  /** 0 ≤ chance < 1. */
  random(): number;
  /** Calls back after `ms`; returns how to cancel. */
  after(ms: number, then: () => void): () => void;
  visible(): boolean;
  online(): boolean;
  timezone(): string;
  /** Calls back when the page comes or goes, or the network does; returns how to stop. */
  onChange(then: () => void): () => void;
  /** The second place for records; null where the browser has none. */
  disk(): Promise<Disk | null>;
  /** A short note kept apart from databases and files, read or, with a `text`, written ("" takes it away): a witness, no more. */
  note(name: string, text?: string): string | null;
  /** How much room is left for this origin (bytes, -1 unknown), and whether the browser promised to keep what is there. */
  room(): Promise<Room>;
  /** Asks the browser to keep this origin's data; nobody waits for the answer. */
  persist(): void;
}

/** The real world. */
export function browserEnv(): Env {
  return {
    origin: location.origin,
    load: uuid7(Date.now()),
    idb: indexedDB,
    locks: navigator.locks,
    fetch: (url, init) => fetch(url, init),
    socket: (url) => new WebSocket(url),
    channel: (name) => new BroadcastChannel(name),
    wall: () => Date.now(),
    mono: () => Math.round(performance.now()),
    random: () => Math.random(),
    after: (ms, then) => {
      const timer = setTimeout(then, ms);
      return () => clearTimeout(timer);
    },
    visible: () => document.visibilityState === "visible",
    online: () => navigator.onLine,
    timezone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    onChange: listen,
    disk: () => (disk ??= import("./disk.ts").then(({ openDisk }) => openDisk())),
    note,
    room,
    persist: () => void navigator.storage?.persist?.().catch(() => false),
  };
}

let disk: Promise<Disk | null> | undefined;

function note(name: string, text?: string): string | null {
  try {
    if (text) localStorage.setItem(name, text);
    else if (text === "") localStorage.removeItem(name);
    return localStorage.getItem(name);
  } catch {
    return null; // forbidden storage
  }
}

/** WebKitGTK tells nothing. */
async function room(): Promise<Room> {
  const { usage, quota } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  const kept = (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
  return { free: usage === undefined || quota === undefined ? -1 : Math.max(0, quota - usage), kept };
}

function listen(then: () => void): () => void {
  const places: [EventTarget, string][] = [
    [document, "visibilitychange"],
    [window, "pageshow"],
    [window, "online"],
    [window, "offline"],
  ];
  for (const [place, name] of places) place.addEventListener(name, then);
  return () => {
    for (const [place, name] of places) place.removeEventListener(name, then);
  };
}
