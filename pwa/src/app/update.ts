/** New versions: found when the app comes to the front, offered, and applied only by a tap. Never a reload by itself.
 *
 * Safari's home-screen apps neither look for a new worker on resume nor always report `controllerchange`: hence our own checks, and a
 * reload after two seconds at the latest.
 */
import { signal } from "@preact/signals";
import { scriptUrl } from "../sync/scripts";

const CHECK_EVERY_MS = 15 * 60_000;
const RELOAD_AFTER_MS = 2000;

/** The worker that waits to take over. */
export const waiting = signal<ServiceWorker | null>(null);

/** Starting without a network needs a service worker. WeChat on iOS and pages without HTTPS have none; a private window may refuse it. */
export const canStartOffline = signal("serviceWorker" in navigator);

/** Registers the worker and watches for new versions. Nothing waits for it; without a worker the app runs as a page, and a banner says so. */
export async function startUpdates(): Promise<void> {
  if (!canStartOffline.value) return;
  let registration: ServiceWorkerRegistration;
  try {
    registration = await navigator.serviceWorker.register(scriptUrl("/sw.js"), { updateViaCache: "none" });
  } catch {
    canStartOffline.value = navigator.serviceWorker.controller !== null;
    return;
  }
  const look = () => {
    // The first install has no controller yet: nothing old is running that would have to be replaced.
    if (registration.waiting && navigator.serviceWorker.controller) waiting.value = registration.waiting;
  };
  look();
  void tellLoaded();
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  watchFor(() => registration.update().catch(() => undefined)); // offline: the next look will do
}

/** Tells the worker what this page has loaded, so that it keeps what it did not see being fetched. */
export async function tellLoaded(): Promise<void> {
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
  const here = loaded.filter(({ origin }) => origin === location.origin).map(({ pathname }) => pathname);
  active?.postMessage([location.pathname, ...here]);
}

function watchFor(check: () => Promise<unknown>): void {
  let last = Date.now();
  const now = () => {
    // A clock that stood ahead puts nothing off.
    if (document.visibilityState !== "visible" || Math.abs(Date.now() - last) < CHECK_EVERY_MS) return;
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
