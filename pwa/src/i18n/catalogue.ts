/** Catalogues: Simplified Chinese is the source and at hand, the others arrive when needed (others.ts), and in parts. */
import { signal } from "@preact/signals";
import source from "virtual:catalogue/zh_Hans";
import { locale, type Locale } from "./locale";
import type { Part } from "./others";

export type Catalogue = Readonly<Record<string, string>>;

const wanted = new Set<Part>(["first"]);

/** The catalogue the screens read; a signal, so a change of language redraws whoever called `t`. */
export const active = signal<Catalogue>(source);

/** The texts of `id`, every part wanted so far. */
export async function loadCatalogue(id: Locale): Promise<Catalogue> {
  if (id === "zh_Hans") return source;
  const parts = [...wanted];
  const texts = await (await import("./others")).textsOf(id, parts);
  return parts.length === wanted.size ? texts : loadCatalogue(id);
}

/** From now on `parts` are spoken, too. */
export async function loadParts(...parts: Part[]): Promise<void> {
  for (const part of parts) wanted.add(part);
  const id = locale.value;
  const texts = await loadCatalogue(id);
  if (id === locale.value) active.value = texts;
}
