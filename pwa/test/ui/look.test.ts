import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL("../../src/ui/", import.meta.url);
const css = (name: string) => readFileSync(new URL(name, folder), "utf8");
const tokens = css("tokens.css");

function colours(selector: string): Record<string, string> {
  const block = tokens.slice(tokens.indexOf(`${selector} {`)).split("}")[0]!;
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{3,6});/g)].map((found) => [found[1]!, found[2]!]));
}

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
  const full = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1);
  const [r, g, b] = [0, 2, 4].map((at) => {
    const share = parseInt(full.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

const light = colours(":root");
const THEMES: [string, Record<string, string>][] = [
  ["light", light],
  ["dark", { ...light, ...colours('[data-theme="dark"]') }],
];
const TEXT: [string, string][] = [
  ["ink", "ground"],
  ["ink", "face"],
  ["soft", "ground"],
  ["soft", "face"],
  ["soft", "line"],
  ["accent", "face"],
  ["accent", "ground"],
  ["accent", "accent-soft"],
  ["soft", "accent-soft"],
  ["ink", "accent-soft"],
  ["on-accent", "accent"],
  ["ok", "ok-soft"],
  ["warn", "warn-soft"],
  ["bad", "bad-soft"],
  ["bad", "face"],
  ["bad", "ground"],
  ["ink", "ok-soft"],
  ["ink", "warn-soft"],
  ["ink", "bad-soft"],
  ["head-soft", "head"],
];

describe.each(THEMES)("%s colours", (_, theme) => {
  it.each(TEXT)("%s on %s can be read (4.5:1)", (text, ground) => expect(contrast(theme[text]!, theme[ground]!)).toBeGreaterThanOrEqual(4.5));
  it.each(["face", "ground"])("the edge of a field shows on %s (3:1)", (ground) => expect(contrast(theme["edge"]!, theme[ground]!)).toBeGreaterThanOrEqual(3));
});

describe("style sheets", () => {
  const sheets = readdirSync(folder).filter((name) => name.endsWith(".css"));

  it.each(sheets)("%s sets no font size that the one switch cannot change", (name) => {
    const sizes = [...css(name).matchAll(/font-size:\s*([^;]+);/g)].map((found) => found[1]!);
    expect(sizes.filter((size) => !/^[\d.]+(rem|em|%)$/.test(size))).toEqual([]);
  });

  it.each(sheets)("%s has no text smaller than 13 px at the standard size", (name) => {
    const sizes = [...css(name).matchAll(/font-size:\s*([\d.]+)rem/g)].map((found) => Number(found[1]));
    expect(sizes.filter((size) => size * 16 < 13)).toEqual([]);
  });

  it("gives elders at least 18 px of body text and 60 px to touch", () => {
    const elder = tokens.slice(tokens.indexOf('[data-size="elder"]')).split("}")[0]!;
    expect((Number(/font-size: ([\d.]+)%/.exec(elder)![1]) / 100) * 16).toBeGreaterThanOrEqual(18);
    expect(Number(/--tap: (\d+)px/.exec(elder)![1])).toBeGreaterThanOrEqual(60);
    expect(Number(/--tap: ([\d.]+)rem/.exec(tokens)![1]) * 16).toBeGreaterThanOrEqual(44);
  });

  it.each(sheets)("%s never spaces Chinese characters apart", (name) => expect(css(name)).not.toContain("letter-spacing"));

  it("gives a link that stands by itself the height of a thumb, and keeps names, windows and days in one piece", () => {
    expect(css("shell.css")).toMatch(/main a:not\(\[class\]\) \{[^}]*min-height: var\(--tap\);/);
    expect(css("lists.css")).toMatch(/\.whole,\n\.facts,\n\.tag,\n\.cell \.grow \{\n {2}word-break: keep-all;/);
  });

  it("keeps English words whole in larger text: a value without room stands below its title", () => {
    expect(css("lists.css")).toMatch(/:is\(\[data-size="large"\], \[data-size="elder"\]\):lang\(en\) \.cell \{\s*flex-wrap: wrap;/);
    expect(css("lists.css")).toMatch(/:is\(\[data-size="large"\], \[data-size="elder"\]\):lang\(en\) \.cell \.grow \{[^}]*min-width: min-content;/);
  });

  it("keeps a month's day numbers in sight, a printed form clear of its code, and a name in its columns in one piece", () => {
    expect(css("../features/papers/paper.css")).toMatch(/@media screen \{[^@]*\.paper-table \.short \{\s*white-space: nowrap;/);
    expect(css("../features/attendance/attendance.css")).toMatch(/\.att-grid :is\(thead th, th:first-child\) \{\s*position: sticky;/);
    expect(css("../features/papers/paper.css")).toMatch(/\.paper:not\(\.R80, \.board, \.card\) header \{\s*min-height: 27mm;/);
  });
});
