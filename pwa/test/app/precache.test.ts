import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { notKept, table, weigh } from "../../build/budget.ts";
import { keepList, laterList } from "../../build/precache.ts";

let root: string;
const write = (name: string, text: string) => {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "dist-"));
});

describe("what the service worker keeps", () => {
  it("is every file of the app, pages last, and nothing of the build or the installer", () => {
    const build = ["sw.js", "assets/a-1.js.br", "assets/a-1.js.map", ".vite/manifest.json"];
    const installer = ["icons/icon-512.png", "manifest.zh_Hans.webmanifest"];
    for (const name of ["index.html", "display.html", "assets/a-1.js", "assets/x.grid-1.js", "assets/en-1.js", "icons/icon-192.png", ...build, ...installer]) write(name, name);
    const kept = Object.keys(keepList(root));
    expect(kept).toEqual(["/assets/a-1.js", "/icons/icon-192.png", "/index.html"]);
    expect(Object.keys(laterList(root))).toEqual(["/assets/en-1.js", "/assets/x.grid-1.js", "/display.html"]);
  });

  it("changes with one byte of one file", () => {
    write("index.html", "a");
    const before = keepList(root);
    write("index.html", "b");
    expect(keepList(root)["/index.html"]).not.toBe(before["/index.html"]);
  });
});

describe("the budget", () => {
  const noise = (length: number) => Array.from({ length }, (_, i) => ((i * 2654435761) % 4294967296).toString(36)).join("");
  const build = (shared: string) => {
    const manifest = {
      "index.html": { file: "assets/index-1.js", isEntry: true, imports: ["_shared.js"], css: ["assets/index-1.css"] },
      "_shared.js": { file: "assets/shared-1.js" },
      "src/lazy.tsx": { file: "assets/lazy-1.js", imports: ["_shared.js"] },
    };
    write(".vite/manifest.json", JSON.stringify(manifest));
    write("assets/index-1.js", "import './shared-1.js'");
    write("assets/shared-1.js", shared);
    writeFileSync(join(root, "assets/shared-1.js.br"), brotliCompressSync(shared));
    for (const name of ["assets/lazy-1.js", "assets/index-1.css", "sw.js", "index.html"]) write(name, "x");
  };

  it("counts what an entry reaches as first load, and other scripts as lazy", () => {
    build("let x");
    const lines = weigh(root);
    expect(lines.filter((line) => line.bytes > line.limit)).toEqual([]);
    expect(lines.map((line) => line.what)).toContain("assets/lazy-1.js");
    expect(lines.map((line) => line.what)).not.toContain("assets/shared-1.js");
  });

  it("knows what a kept screen needs that is not kept", () => {
    const manifest = {
      "src/recorder.tsx": { file: "assets/recorder-1.js", imports: ["_kept.js", "_desk.js"] },
      "_kept.js": { file: "assets/kept-1.js" },
      "_desk.js": { file: "assets/x.desk-1.js", imports: ["_other.js"] },
      "_other.js": { file: "assets/x.other-1.js" },
    };
    write(".vite/manifest.json", JSON.stringify(manifest));
    for (const { file } of Object.values(manifest)) write(file, "x");
    expect(notKept(root)).toEqual(["assets/x.desk-1.js, needed by assets/recorder-1.js"]);
  });

  it("is weighed in a folder of any name", () => {
    root = join(realpathSync(root), "政务 大厅/pwa/dist");
    build("let x");
    mkdirSync(join(root, "../build"));
    for (const name of ["budget.ts", "precache.ts"]) copyFileSync(fileURLToPath(new URL(`../../build/${name}`, import.meta.url)), join(root, "../build", name));
    expect(execFileSync(process.execPath, ["--experimental-strip-types", join(root, "../build/budget.ts")], { encoding: "utf8", stdio: "pipe" })).toContain("first load of index.html");
  });

  it("says, without a limit, how much is kept once it has been used", () => {
    build(noise(20_000));
    const kept = () => weigh(root).find(({ what }) => what.startsWith("kept once used"))!;
    const before = kept().bytes;
    write("assets/en-xyz.js", "0123456789");
    expect([kept().bytes - before, kept().limit]).toEqual([10, Infinity]);
    expect(table(weigh(root))).toMatch(/ok .* any KB {2}kept once used/);
  });

  it("says which line is over", () => {
    build(noise(20_000));
    expect(table(weigh(root))).toMatch(/OVER .* first load of index\.html/);
  });
});
