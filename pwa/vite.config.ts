import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { catalogues } from "./build/po.ts";
import { precache } from "./build/precache.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Where `python -m server serve` listens while `npm run dev` serves the screens. */
const api = process.env["ZAIGANG_API"] ?? "http://127.0.0.1:8000";

/** Modules that most screens share travel together: fewer files for the service worker to list, and they pack better. */
const GROUPS = [
  { name: "base", test: /src\/(ui\/(button|icon)|app\/router)\.tsx?$/ },
  { name: "tab", test: /node_modules\/idb\/|src\/sync\/(bus|chain|drafts|fate|keyring|keys|model|outbox|overlay|seal|sha256|status|store|tab|timekeeper|timers|types\.gen|upgrade|vault|warm)\.ts$/ },
  { name: "kit", test: /src\/(ui\/(chips|datetime|desk|field|list|sheet|swipe)|app\/(amended|attach|carrying|device|draft|drafting|merge|outgoing|receipt|rescued|spare|stranded|submit|words)|features\/hall\/(act|names)|sync\/stranded)\.tsx?$/ },
  { name: "hours", test: /src\/features\/hall\/(hours|kinds|label|problem|seen)\.ts$/ },
  { name: "http", test: /src\/(app\/gate|i18n\/problem|sync\/(http|texts\.gen))\.ts$/ },
  { name: "update", test: /src\/(app\/update|sync\/scripts)\.tsx?$/ },
  { name: "pin", test: /src\/sync\/pin\.ts$/ },
  { name: "vault", test: /src\/(sync\/(enclose|people)|app\/(keeper|lock|others|pin-form|pin-offer|wrong|pages\/pin))\.tsx?$/ },
  { name: "pages", test: /src\/app\/(nowhere|room|signout|pages\/(?!pin)\w+)\.tsx?$/ },
  { name: "office", test: /src\/features\/hall\/(devices|held|rescued)\.tsx$/ },
  { name: "engine", test: /src\/sync\/(acks|away|election|engine|lane|lead|live|pull|push|replica|sums|vital)\.ts$/ },
  { name: "journal", test: /src\/sync\/(second|journal|disk)\.ts$/ },
  { name: "mend", test: /src\/sync\/(audit|hash|repair|scope|snapshot)\.ts$/ },
  { name: "renew", test: /src\/sync\/(reenrol|chain-move|lost|recover)\.ts$/ },
  { name: "luggage", test: /src\/sync\/(luggage|carry|blobs|spare)\.ts$/ },
  { name: "anchor", test: /src\/sync\/(anchor|kept-log|ed25519)\.ts$/ },
  { name: "door", test: /src\/(app\/(door|credentials|relogin)|sync\/signin)\.tsx?$/ },
  { name: "lists", test: /src\/features\/(presence|patrol|incident|visit|hall)\/(lists|words)\.ts$/ },
  { name: "more", test: /src\/(app\/more|features\/(?!presence|patrol|incident|visit|hall)\w+\/(index|effect)|features\/visit\/later(-effect)?)\.ts$/ },
  { name: "tales", test: /src\/features\/(attendance|check|desk|handover|leave|own|papers|roster|trail)\/(lists|words|model|waiting|rows)\.ts$/ },
  { name: "told", test: /src\/features\/(?!presence|patrol|incident|visit|hall)\w+\/(lists|words|model|waiting|rows)\.ts$/ },
  { name: "supervising", test: /locales\/papers\/(bulletin|campaign|facility|incident|outage|patrol|rectify|visit)\w*\.json$/ },
];

/** What follows the first screens: by the names of its chunks the service worker keeps it once it has been used (build/precache.ts). */
const MORE = /src\/features\/(?!presence|patrol|incident|visit|hall)\w+\/|\/locales\/papers\//;
const isMore = (ids: readonly string[]) => ids.some((id) => MORE.test(id)) && ids.every((id) => MORE.test(id) || id.includes("node_modules"));

const input = { index: here("index.html"), display: here("display.html"), sw: here("src/sw/sw.ts") };

export default defineConfig({
  plugins: [catalogues(here("../locales"), here("src")), precache()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The oldest engines it must run on; no polyfill script, because the CSP allows no inline one.
  build: {
    target: ["chrome87", "safari15.4", "firefox115"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: true,
    rolldownOptions: {
      input,
      checks: { bundlerTimings: false },
      // Plain assignments for class fields: the oldest engines would else get a helper call for each.
      transform: { assumptions: { setPublicClassFields: true } },
      output: {
        entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash:7].js"),
        chunkFileNames: (chunk) => (isMore(chunk.moduleIds) ? "assets/x.[name]-[hash:7].js" : "assets/[name]-[hash:7].js"),
        assetFileNames: ({ originalFileNames: [from = ""] }) => (MORE.test(from) ? "assets/x.[name]-[hash:7][extname]" : "assets/[name]-[hash:7][extname]"),
        codeSplitting: { groups: GROUPS, includeDependenciesRecursively: false },
      },
    },
  },
  // The address of the first-run screen is also where it posts to.
  server: {
    proxy: {
      "^/s/": { target: api, ws: true },
      "/config": api,
      "/setup": { target: api, bypass: (request) => (request.method === "POST" ? undefined : "/index.html") },
    },
  },
});
