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
    persist: () => void navigator.storage?.persist?.().catch(() => false),
  };
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
