/** What a browser shows before it installs the app, and where its shortcuts lead: every language has its manifest, and every picture named in
 * one is there in the size it says. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { features } from "../../src/app/features";
import { LOCALES } from "../../src/i18n/locale";

const folder = new URL("../../public/", import.meta.url);

interface Picture {
  src: string;
  sizes: string;
  type: string;
  form_factor?: string;
  label?: string;
}

/** Width and height as a PNG's own header says. */
function sizeOf({ src }: Picture): string {
  const bytes = readFileSync(new URL(`.${src}`, folder));
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
}

test.each(LOCALES.map(({ id }) => id))("the pictures of the manifest in %s are there and as large as it says", (id) => {
  const { icons, screenshots } = JSON.parse(readFileSync(new URL(`manifest.${id}.webmanifest`, folder), "utf8")) as { icons: Picture[]; screenshots: Picture[] };
  expect([...icons, ...screenshots].map(sizeOf)).toEqual([...icons, ...screenshots].map(({ sizes }) => sizes));
  expect(screenshots.map(({ form_factor }) => form_factor)).toEqual(["narrow", "wide"]);
  expect(screenshots.every(({ label }) => label)).toBe(true);
});

test.each(LOCALES.map(({ id }) => id))("the shortcuts of the manifest in %s lead to screens there are before anything else is fetched", (id) => {
  const { shortcuts } = JSON.parse(readFileSync(new URL(`manifest.${id}.webmanifest`, folder), "utf8")) as { shortcuts: { name: string; url: string; icons: Picture[] }[] };
  expect(shortcuts.map(({ url }) => url)).toEqual(["/post", "/patrol", "/incident"]);
  const paths = features.value.flatMap(({ screens }) => (screens ?? []).map(({ path }) => path));
  expect(paths).toEqual(expect.arrayContaining(shortcuts.map(({ url }) => url)));
  expect(shortcuts.every(({ name, icons }) => name && icons.every((icon) => sizeOf(icon) === icon.sizes))).toBe(true);
});
