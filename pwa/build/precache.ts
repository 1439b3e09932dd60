/** Vite plugin, after everything is written: tells the service worker what to keep, and lays .br and .gz beside text files.
 *
 * The worker's source names `__FILES__` (URL → first four base 64 digits of the SHA-256 of its bytes) and `__VERSION__`; `later.json` is the
 * same list of the files that are kept once they have been used.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(html|js|css|svg|json|webmanifest)$/;
/** Source maps, the build's own manifest, the worker itself, what only an installer fetches and what is of no use offline stay out. */
const NOT_KEPT = /^(\.vite\/|sw\.js$|assets\/(?:upload|log|office|rescued|mend|blake2)-|icons\/(?!icon-192)|screens\/|.*\.(map|br|gz|webmanifest)$)/;

const hash = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest("base64").slice(0, 4);
/** Languages other than the source, the wall screen, the institutions that follow the first screens, and what only some desks use. */
const LATER_FILES = /^(?:display\.html|assets\/(?!index|attached|model|patrol|presence|incident|rescue)[\w.]+-[\w-]{7}\.css$|assets\/(?:en|zh_Hant_TW|zh_Hant_HK|first|watch|display|layouts|codes|pairing|overview|review|setup|more|cases|later-lists|own|results|names-fields|long-names|form-foot|finder|findings|found|coded|doubts|records|categories|due-day|sentence|terms|wide|_u64|mask|qr|decode|zone-[a-z]+|said|in-hall|causes|confirm|x\.[\w.-]+?)[-.].*)$/;
/** Where the worker finds their list. */
const LATER = "later.json";

/** Every file under `root`, as paths with forward slashes, in a fixed order. */
export function filesOf(root: string): string[] {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  return names.filter((name) => statSync(join(root, name)).isFile()).sort();
}

const listOf = (root: string, names: string[]): Record<string, string> => Object.fromEntries(names.map((name) => [`/${name}`, hash(readFileSync(join(root, name)))]));

/** What the service worker keeps at once: URL → hash. The pages come last: a page is only there when all it needs is. */
export function keepList(root: string): Record<string, string> {
  const kept = filesOf(root).filter((name) => !NOT_KEPT.test(name) && !LATER_FILES.test(name));
  return listOf(root, kept.sort((a, b) => Number(a.endsWith(".html")) - Number(b.endsWith(".html"))));
}

/** What it keeps once it has been used, in the same form. */
export function laterList(root: string): Record<string, string> {
  return listOf(root, filesOf(root).filter((name) => !NOT_KEPT.test(name) && LATER_FILES.test(name)));
}

function injectList(root: string): void {
  writeFileSync(join(root, LATER), JSON.stringify(laterList(root)));
  const path = join(root, "sw.js");
  const files = keepList(root);
  const source = readFileSync(path, "utf8");
  const text = source.replace("__FILES__", () => JSON.stringify(files)).replace("__VERSION__", () => `"${hash(source + JSON.stringify(files))}"`);
  if (text.includes("__FILES__") || text.includes("__VERSION__") || text === source) throw new Error("sw.js: place for the file list not found");
  writeFileSync(path, text);
}

function compress(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}

export function precache(): Plugin {
  return {
    name: "zaigang-precache",
    apply: "build",
    writeBundle: {
      order: "post",
      sequential: true,
      handler({ dir }) {
        if (!dir) throw new Error("no output folder");
        injectList(dir);
        for (const name of filesOf(dir)) if (TEXT.test(name) && !name.startsWith(".vite/")) compress(join(dir, name));
      },
    },
  };
}
