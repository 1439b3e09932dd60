/** Screens of institutions that follow the first ones, fetched before they are asked for, so that they open without a network. */
import { features } from "./features";
import { isFor } from "./screens";
import { tellLoaded } from "./update";

const KEY = "zg.ahead";
const AGAIN_MS = 20_000;

/**
 * Fetches what `roles` may open, one screen after another while nothing else happens; once for each version and set of roles. Where there is
 * no network, or no answer, it is waited for: the network may have come back while the fetch was failing, and who has one may lack the server.
 */
export async function fetchAhead(roles: readonly string[]): Promise<void> {
  const done = `${import.meta.url} ${roles.join()}`;
  if (!("serviceWorker" in navigator) || recall() === done) return;
  while (!navigator.onLine || !(await fetchAll(roles).then(() => true, () => false))) await again();
  await controlled();
  await tellLoaded();
  remember(done);
}

async function fetchAll(roles: readonly string[]): Promise<void> {
  for (const screen of features.value.flatMap((feature) => feature.screens)) {
    if (!isFor(screen, roles)) continue;
    await idle();
    await screen.load();
  }
  await Promise.all([import("./mask"), import("qr"), import("./camera").then(({ qrReader }) => qrReader())]);
}

const event = (target: EventTarget, name: string): Promise<unknown> => new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));

const again = (): Promise<unknown> =>
  new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      removeEventListener("online", over);
      resolve(undefined);
    };
    const timer = setTimeout(over, AGAIN_MS);
    addEventListener("online", over);
  });

/** Once the worker sees what this page fetches: until then, at a first visit, it has to be told of it. */
const controlled = (): Promise<unknown> =>
  navigator.serviceWorker.controller ? Promise.resolve() : event(navigator.serviceWorker, "controllerchange");

const idle = (): Promise<void> => new Promise((resolve) => ("requestIdleCallback" in globalThis ? requestIdleCallback(() => resolve()) : setTimeout(resolve, 200)));

function recall(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // forbidden storage: fetched again, from the cache
  }
}

function remember(done: string): void {
  try {
    localStorage.setItem(KEY, done);
  } catch {
    // Forbidden storage: the next start does it again.
  }
}
