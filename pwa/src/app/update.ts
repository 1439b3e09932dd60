/** New versions: found when the app comes to the front, offered, and applied only by a tap. Never a reload by itself.
 *
 * Safari's home-screen apps neither look for a new worker on resume nor always report `controllerchange`: hence our own checks, and a
 * reload after two seconds at the latest.
 */
import { signal } from "@preact/signals";

const CHECK_EVERY_MS = 15 * 60_000;
const RELOAD_AFTER_MS = 2000;

/** The worker that waits to take over. */
export const waiting = signal<ServiceWorker | null>(null);

interface ScriptPolicy {
  createScriptURL(url: string): string;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): ScriptPolicy;
}

/** The worker's address as Trusted Types want it; the policy knows no other script. */
function workerUrl(): string {
  const url = "/sw.js";
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  const only = (asked: string) => {
    if (asked !== url) throw new TypeError(`not our script: ${asked}`);
    return asked;
  };
  return factory ? factory.createPolicy("zaigang", { createScriptURL: only }).createScriptURL(url) : url;
}

/** Registers the worker and watches for new versions. Nothing waits for it. */
export async function startUpdates(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register(workerUrl(), { updateViaCache: "none" });
  const look = () => {
    // The first install has no controller yet: nothing old is running that would have to be replaced.
    if (registration.waiting && navigator.serviceWorker.controller) waiting.value = registration.waiting;
  };
  look();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  watchFor(() => registration.update().catch(() => undefined)); // offline: the next look will do
}

function watchFor(check: () => Promise<unknown>): void {
  let last = Date.now();
  const now = () => {
    if (document.visibilityState !== "visible" || Date.now() - last < CHECK_EVERY_MS) return;
    last = Date.now();
    void check();
  };
  addEventListener("pageshow", now);
  addEventListener("focus", now);
  document.addEventListener("visibilitychange", now);
  setInterval(now, CHECK_EVERY_MS);
}

/** Hand over to the new version and load it. */
export function applyUpdate(): void {
  const worker = waiting.value;
  if (!worker) return;
  waiting.value = null;
  let done = false;
  const reload = () => {
    if (!done) location.reload();
    done = true;
  };
  navigator.serviceWorker.addEventListener("controllerchange", reload);
  worker.postMessage("SKIP_WAITING");
  setTimeout(reload, RELOAD_AFTER_MS);
}
