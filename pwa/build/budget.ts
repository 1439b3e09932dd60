/** `npm run budget`: what the built client weighs, against what it may (brotli, KB of 1,000 bytes). Exits 1 when something is over,
 * or when a kept file needs one that is not kept.
 *
 * First load = the scripts reached statically from an entry; a lazy chunk is one that a screen fetches when it is opened. Catalogues of
 * other languages are lazy chunks of their own. Everything is measured as served: the .br files the build has laid beside.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { filesOf, keepList, laterList } from "./precache.ts";

interface Chunk {
  file: string;
  name?: string;
  src?: string;
  isEntry?: boolean;
  imports?: string[];
  css?: string[];
}
type Manifest = Record<string, Chunk>;

interface Line {
  what: string;
  bytes: number;
  /** Infinity: only said. */
  limit: number;
}

const KB = 1000;
const LIMITS = { firstLoad: 35 * KB, css: 6 * KB, sheet: 3 * KB, lazy: 15 * KB, worker: 2 * KB, precache: 150 * KB };

/** Files reached from `key` without asking the network again. */
function reached(manifest: Manifest, key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const next of chunk.imports ?? []) reached(manifest, next, seen);
  return seen;
}

/** Files the worker keeps at its install, whoever uses the app. */
function keptAtOnce(root: string): string[] {
  return Object.keys(keepList(root)).map((url) => url.slice(1));
}

/** What a kept file imports that is not kept: "needed by it". Without a network that screen would not open. */
export function notKept(root: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, ".vite/manifest.json"), "utf8")) as Manifest;
  const kept = new Set(keptAtOnce(root));
  const chunks = Object.values(manifest).filter(({ file }) => kept.has(file));
  return chunks.flatMap(({ file, imports }) => (imports ?? []).map((key) => manifest[key]?.file ?? key).filter((name) => !kept.has(name)).map((name) => `${name}, needed by ${file}`));
}

/** Every line of the table for the build in `root`. */
export function weigh(root: string): Line[] {
  const manifest = JSON.parse(readFileSync(join(root, ".vite/manifest.json"), "utf8")) as Manifest;
  const size = (file: string) => statSync(join(root, existsSync(join(root, `${file}.br`)) ? `${file}.br` : file)).size;
  const sum = (files: Iterable<string>) => [...files].reduce((total, file) => total + size(file), 0);
  const entries = Object.entries(manifest).filter(([key, chunk]) => chunk.isEntry && key.endsWith(".html"));

  const first = entries.map(([key]) => ({ key, files: reached(manifest, key) }));
  const early = new Set(first.flatMap(({ files }) => [...files]));
  const styles = (key: string) => new Set(manifest[key]?.css ?? []);
  const sheets = filesOf(root).filter((name) => name.endsWith(".css") && !styles("index.html").has(name) && !styles("display.html").has(name));
  const chunks = filesOf(root).filter((name) => name.startsWith("assets/") && name.endsWith(".js") && !early.has(name));

  return [
    ...first.map(({ key, files }) => ({ what: `first load of ${key}`, bytes: sum(files), limit: LIMITS.firstLoad })),
    { what: "CSS of the first load", bytes: sum(styles("index.html")), limit: LIMITS.css },
    { what: "CSS of the display", bytes: sum(styles("display.html")), limit: LIMITS.css },
    ...sheets.map((name) => ({ what: name, bytes: size(name), limit: LIMITS.sheet })),
    ...chunks.map((name) => ({ what: name, bytes: size(name), limit: LIMITS.lazy })),
    { what: "service worker", bytes: size("sw.js"), limit: LIMITS.worker },
    { what: "precache, for everybody", bytes: sum(keptAtOnce(root)), limit: LIMITS.precache },
    { what: "kept once used: other languages, the wall, what only some need", bytes: sum(Object.keys(laterList(root)).map((url) => url.slice(1))), limit: Infinity },
  ];
}

/** The table as text, biggest chunks last within their kind. */
export function table(lines: readonly Line[]): string {
  const kb = (bytes: number) => (bytes === Infinity ? "any" : (bytes / KB).toFixed(1)).padStart(7);
  const rows = lines.map(({ what, bytes, limit }) => `${bytes > limit ? "OVER " : "  ok "} ${kb(bytes)} /${kb(limit)} KB  ${what}`);
  return ["       brotli    allowed", ...rows].join("\n");
}

if (process.argv[1] === import.meta.filename) {
  const root = process.argv[2] ?? join(import.meta.dirname, "../dist");
  const lines = weigh(root);
  const lost = notKept(root);
  process.stdout.write([table(lines), ...lost.map((what) => `NOT KEPT  ${what}`), ""].join("\n"));
  process.exitCode = lost.length || lines.some(({ bytes, limit }) => bytes > limit) ? 1 : 0;
}
