import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { catalogues } from "./build/po.ts";
import { precache } from "./build/precache.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** Where `python -m server serve` listens while `npm run dev` serves the screens. */
const api = process.env["ZAIGANG_API"] ?? "http://127.0.0.1:8080";

const input: Record<string, string> = { index: here("index.html"), sw: here("src/sw/sw.ts") };
if (existsSync(here("display.html"))) input["display"] = here("display.html");

export default defineConfig({
  plugins: [catalogues(here("../locales"), here("src")), precache()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // The oldest engines of experience.md; no polyfill script, because the CSP allows no inline one.
  build: {
    target: ["chrome87", "safari15.4", "firefox115"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: true,
    rolldownOptions: {
      input,
      // Plain assignments for class fields: the oldest engines would else get a helper call for each.
      transform: { assumptions: { setPublicClassFields: true } },
      output: { entryFileNames: (chunk) => (chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  server: { proxy: { "/s": { target: api, ws: true }, "/config": api } },
});
