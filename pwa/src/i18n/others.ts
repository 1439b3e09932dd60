/** The catalogues of the languages besides the source, as Vite makes them of the .po files: keys once, texts in their order. */
import type { Catalogue } from "./catalogue";
import type { Locale } from "./locale";

type Other = Exclude<Locale, "zh_Hans">;
/** `first`: what the first screens say; `more` and `watch`: what the institutions of app/more.ts say, supervision apart. */
export type Part = "first" | "more" | "watch";
type Load = () => Promise<{ default: (string | 0)[] }>;

const KEYS: Record<Part, () => Promise<{ default: string[] }>> = {
  first: () => import("virtual:keys/first"),
  more: () => import("virtual:keys/more"),
  watch: () => import("virtual:keys/watch"),
};
const LOADERS: Record<Part, Record<Other, Load>> = {
  first: {
    zh_Hant_TW: () => import("virtual:catalogue/zh_Hant_TW"),
    zh_Hant_HK: () => import("virtual:catalogue/zh_Hant_HK"),
    en: () => import("virtual:catalogue/en"),
  },
  more: {
    zh_Hant_TW: () => import("virtual:catalogue/zh_Hant_TW.more"),
    zh_Hant_HK: () => import("virtual:catalogue/zh_Hant_HK.more"),
    en: () => import("virtual:catalogue/en.more"),
  },
  watch: {
    zh_Hant_TW: () => import("virtual:catalogue/zh_Hant_TW.watch"),
    zh_Hant_HK: () => import("virtual:catalogue/zh_Hant_HK.watch"),
    en: () => import("virtual:catalogue/en.watch"),
  },
};

const loaded = new Map<string, Catalogue>();

/** The texts of `id` in these `parts`; each is fetched once, from the service worker when offline. */
export async function textsOf(id: Other, parts: readonly Part[]): Promise<Catalogue> {
  return Object.assign({}, ...(await Promise.all(parts.map((part) => fetched(part, id)))));
}

async function fetched(part: Part, id: Other): Promise<Catalogue> {
  const known = loaded.get(part + id);
  if (known) return known;
  const [keys, said] = await Promise.all([KEYS[part](), LOADERS[part][id]()]);
  const texts = Object.fromEntries(keys.default.flatMap((key, i) => (said.default[i] ? [[key, said.default[i]]] : [])));
  loaded.set(part + id, texts);
  return texts;
}
