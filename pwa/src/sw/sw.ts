/** The service worker: keeps every file of one version, starts the app without a network, and never touches the site's own answers.
 *
 * A new version waits until the page says SKIP_WAITING (a person tapped 更新). Files are kept or not kept as a whole: an install that
 * misses one fails, and the old version stays; its files stay, too, while a page is open that ran on them when the next took over. Files
 * for some people only (another language, an office's desk; `later.json` lists them) are kept once this browser has used them, and by
 * every version after.
 */
declare const self: Scope;
declare const __FILES__: Record<string, string>;
declare const __VERSION__: string;

const files = __FILES__;
const NAME = `zg-${__VERSION__}`;
const LATER = "/later.json";
/** What was there when this version took over: the pages (ids), and the older versions they run on. */
const BEFORE = "/before.json";
const MAY_BE_LATER = /^\/(?:assets\/|display\.html$)/;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => {
  if (event.data === "SKIP_WAITING") void self.skipWaiting();
  // The page says what it loaded before this worker could see it.
  else if (Array.isArray(event.data)) event.waitUntil(Promise.all([keepUsed(event.data as string[]), drop()]));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const path = request.mode === "navigate" ? page(url.pathname) : url.pathname;
  if (path && (path in files || MAY_BE_LATER.test(path))) event.respondWith(answer(path, request));
});

/** The page that answers a navigation; none for the site's own answers (a printed register, a photo). */
function page(path: string): string | null {
  if (path.startsWith("/s/") || path === "/config") return null;
  if (path in files || MAY_BE_LATER.test(path)) return path;
  return /^\/display\/?$/.test(path) ? "/display.html" : "/index.html";
}

/** The kept file, also an older version's for a page that runs on it; else the network's: storage may have been cleared under our feet. */
async function answer(path: string, request: Request): Promise<Response> {
  const found = await (await caches.open(NAME)).match(path);
  if (found) return found;
  if (path in files) return fetch(request);
  return path in (await later()) ? keep(path) : ((await caches.match(path)) ?? fetch(request));
}

let laterList: Promise<Record<string, string>> | undefined;
/** URL → hash of the files that are kept once they have been used. */
function later(): Promise<Record<string, string>> {
  return (laterList ??= keep(LATER)
    .then((response) => response.json() as Promise<Record<string, string>>)
    .catch((error: unknown) => {
      laterList = undefined;
      throw error;
    }));
}

async function install(): Promise<void> {
  // One after another, pages last: a page is only there when all it needs is.
  for (const path of Object.keys(files)) await keep(path);
  const used = await usedBefore();
  for (const path of Object.keys(await later())) if (used.has(stem(path))) await keep(path);
}

/** What the page loaded before this worker could see it. */
async function keepUsed(paths: string[]): Promise<void> {
  const all = await later();
  await Promise.all(paths.map((path) => page(path) ?? path).filter((path) => path in all).map(keep));
}

/** The name of a file whatever its version. */
const stem = (path: string): string => path.replace(/-[\w-]{7}\./, ".");

/** What earlier versions kept. */
async function usedBefore(): Promise<Set<string>> {
  const boxes = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  return new Set(boxes.flat().map((request) => stem(new URL(request.url).pathname)));
}

/** Keeps a file of this version, and gives it. */
async function keep(path: string): Promise<Response> {
  const hash = files[path] ?? (await later())[path]!;
  const response = (await kept(path, hash)) ?? (await fetched(path, hash));
  await (await caches.open(NAME)).put(path, response.clone());
  return response;
}

/** The same file from the version before, so that an update only fetches what has changed. */
async function kept(path: string, hash: string): Promise<Response | null> {
  const response = await caches.match(path);
  return response && (await hashOf(response)) === hash ? response : null;
}

/** The file from the network, byte for byte what was built: a captive portal answers everything with a page of its own. */
async function fetched(path: string, hash: string): Promise<Response> {
  const response = await fetch(path, { cache: "no-cache" });
  if (response.ok && !response.redirected && (await hashOf(response)) === hash) return response;
  throw new Error(path);
}

async function hashOf(response: Response): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer());
  return btoa(String.fromCharCode(...new Uint8Array(digest, 0, 3)));
}

async function activate(): Promise<void> {
  const older = (await caches.keys()).filter((name) => name !== NAME);
  await (await caches.open(NAME)).put(BEFORE, new Response(JSON.stringify([await pages(), older])));
  await drop();
  await self.clients.claim();
}

/** Older versions go with the last page that may still load a part of them. */
async function drop(): Promise<void> {
  const before = await (await caches.open(NAME)).match(BEFORE);
  const [ids, older] = before ? ((await before.json()) as [string[], string[]]) : [[], []];
  if (!(await pages()).some((id) => ids.includes(id))) await Promise.all(older.map((name) => caches.delete(name)));
}

/** The pages that are open, by id. */
const pages = async (): Promise<string[]> => (await self.clients.matchAll({ includeUncontrolled: true })).map(({ id }) => id);

/** What is used of ServiceWorkerGlobalScope: TypeScript cannot load its library beside the page's. */
interface Scope {
  addEventListener(name: "install" | "activate", then: (event: Event & { waitUntil(work: Promise<unknown>): void }) => void): void;
  addEventListener(name: "message", then: (event: MessageEvent & { waitUntil(work: Promise<unknown>): void }) => void): void;
  addEventListener(name: "fetch", then: (event: Event & { request: Request; respondWith(answer: Promise<Response>): void }) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void>; matchAll(asked: { includeUncontrolled: boolean }): Promise<readonly { id: string }[]> };
}

export {};
