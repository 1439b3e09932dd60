/** Draws the PNG icons of `public/icons` from icon.svg with a headless Chromium: `node --experimental-strip-types build/icons/make.ts`.
 *
 * Run by hand when the drawing changes; the PNGs are kept in the repository, so a build needs no browser. icon-192.png, which every phone
 * keeps, is brought down to a palette afterwards (Pillow: `image.quantize(256, method=2)`).
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const CHROMIUM = process.env["CHROMIUM"] ?? "chromium";
const out = join(import.meta.dirname, "../../public/icons");
const svg = readFileSync(join(import.meta.dirname, "icon.svg"), "utf8");

/** `round`: corner radius as a share of the size; `inset`: room a launcher's mask may cut away. */
const ICONS = [
  { name: "icon-192.png", size: 192, round: 0.22, inset: 0 },
  { name: "icon-512.png", size: 512, round: 0.22, inset: 0 },
  { name: "maskable-512.png", size: 512, round: 0, inset: 0.1 },
  { name: "apple-touch-180.png", size: 180, round: 0, inset: 0.04 },
];

const profile = mkdtempSync(join(tmpdir(), "icons-"));
for (const { name, size, round, inset } of ICONS) {
  const page = join(profile, "icon.html");
  // The mask's margin shows the drawing's own two grounds, so it ends nowhere.
  const view = `viewBox="${-512 * inset} ${-512 * inset} ${512 * (1 + 2 * inset)} ${512 * (1 + 2 * inset)}"`;
  const drawing = svg
    .replace('viewBox="0 0 512 512"', `${view} width="${size}" height="${size}"`)
    .replace('<rect width="512" height="512"', '<rect x="-512" y="-512" width="1536" height="1536"')
    .replace("M0 372h512v140H0z", "M-512 372h1536v652H-512z");
  writeFileSync(page, `<style>body{margin:0;background:transparent}svg{display:block;border-radius:${size * round}px}</style>${drawing}`);
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--default-background-color=00000000", `--user-data-dir=${profile}/p`];
  execFileSync(CHROMIUM, [...flags, `--window-size=${size},${size}`, `--screenshot=${join(out, name)}`, pathToFileURL(page).href], { stdio: "ignore" });
}
rmSync(profile, { recursive: true, force: true });
