/** A small router on the history API. Deep links work offline: the service worker answers every navigation with index.html. */
import { signal } from "@preact/signals";

interface Route {
  path: string;
  query: URLSearchParams;
}

const here = (): Route => ({ path: location.pathname.replace(/(.)\/$/, "$1"), query: new URLSearchParams(location.search) });

export const route = signal<Route>(typeof location === "undefined" ? { path: "/", query: new URLSearchParams() } : here());

/** How many of our screens lie below this one in the history: `back` may use the browser's only when there are some. */
const depth = (): number => (history.state as { depth?: number } | null)?.depth ?? 0;

/** Open `to` (path with query). `replace` leaves no way back to the present screen. */
export function go(to: string, { replace = false } = {}): void {
  if (to === location.pathname + location.search) return;
  if (replace) history.replaceState({ depth: depth() }, "", to);
  else history.pushState({ depth: depth() + 1 }, "", to);
  route.value = here();
}

/** Show the screen from its beginning: what scrolls is the content, not the page. */
export function toTop(): void {
  document.querySelector("main")?.scrollTo(0, 0);
}

/** The screen before, or `fallback` when this one was opened from outside. */
export function back(fallback = "/"): void {
  if (depth() > 0) history.back();
  else go(fallback, { replace: true });
}

/** Follow the browser's own back and forward, and clicks on plain links. */
export function startRouter(): void {
  addEventListener("popstate", () => (route.value = here()));
  document.addEventListener("click", follow);
}

function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

/** The :names of `pattern` filled from `path`, or null when they do not match. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const want = pattern.split("/");
  const have = path.split("/");
  if (want.length !== have.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of want.entries()) {
    const value = have[at] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decode(value);
    else if (part !== value) return null;
  }
  return params;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % typed by hand: the screen says that it knows no such record
  }
}
