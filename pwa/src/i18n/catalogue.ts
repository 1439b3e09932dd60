/** Catalogues as Vite makes them of the .po files: Simplified Chinese is the source, the others arrive when needed. */
import { signal } from "@preact/signals";
import source from "virtual:catalogue/zh_Hans";
import type { Locale } from "./locale";

type Catalogue = Record<string, string>;

const LOADERS: Record<Exclude<Locale, "zh_Hans">, () => Promise<{ default: (string | 0)[] }>> = {
  zh_Hant_TW: () => import("virtual:catalogue/zh_Hant_TW"),
  zh_Hant_HK: () => import("virtual:catalogue/zh_Hant_HK"),
  en: () => import("virtual:catalogue/en"),
};

const loaded: Partial<Record<Locale, Catalogue>> = { zh_Hans: source };

/** The catalogue the screens read; a signal, so a change of language redraws whoever called `t`. */
export const active = signal<Catalogue>(source);

/** The texts of `id`; fetched once, from the precache when offline. */
export async function loadCatalogue(id: Locale): Promise<Catalogue> {
  if (id !== "zh_Hans") loaded[id] ??= await fetched(LOADERS[id]);
  return loaded[id] ?? source;
}

async function fetched(texts: () => Promise<{ default: (string | 0)[] }>): Promise<Catalogue> {
  const [keys, said] = await Promise.all([import("virtual:catalogue/keys"), texts()]);
  return Object.fromEntries(keys.default.flatMap((key, i) => (said.default[i] ? [[key, said.default[i]]] : [])));
}
