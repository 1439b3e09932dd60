import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { catalogues } from "./build/po.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [catalogues(here("../locales"), here("src"))],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // Time in these tests is virtual; how long they really take is the machine's affair. Files share what they import: to read all of it
  // anew for each took half the time, and no module keeps anything a test would not undo.
  test: { include: ["test/**/*.test.{ts,tsx}"], environment: "node", testTimeout: 30_000, pool: "threads", isolate: false },
});
