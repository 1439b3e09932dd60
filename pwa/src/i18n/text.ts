/** t(): the message of the active language. The msgid is the Simplified Chinese text itself, always a literal. */
import { active, loadCatalogue } from "./catalogue";
import { locale, negotiate, rememberLocale, savedLocale, tagOf, type Locale } from "./locale";

export type Params = Record<string, string | number>;
/** A name kept as data, per locale, as typed (never converted: I18N-04). */
export type Names = Readonly<Record<string, string>>;

/** In a Chinese sentence no space stands beside a parameter (marked off by \u0001) in Chinese; beside digits and letters it does, and between
 * a label and its value (A岗 王), which end without a stop. */
const BETWEEN = /(\p{sc=Han})(?:\u0001 (?=\p{sc=Han})| \u0001(?=\p{sc=Han}(?:[^\u0001]*\u0001 ?\p{sc=Han}|.*\u3002)))/gu;

/** {n} is the parameter, {n:day|days} its first word for one and its second for any other number. Inside a sentence English writes today small. */
function fill(text: string, params?: Params): string {
  if (!params) return text;
  return text
    .replace(/\{(\w+)(?::(.*?)\|(.*?))?\}/g, (whole, key: string, one?: string, many?: string) => (many === undefined ? `\u0001${params[key] ?? whole}\u0001` : `${params[key] == 1 ? one : many}`))
    .replace(BETWEEN, "$1")
    .replaceAll("\u0001", "")
    .replace(/[a-z,;] (Today|Yesterday|Tomorrow)/g, (inside) => inside.toLowerCase());
}

/** `msgid` in the active language, its {name}s filled. Extracted by Babel: the first argument is a literal. */
export function t(msgid: string, params?: Params): string {
  return fill(active.value[msgid] ?? msgid, params);
}

/** `t` for a message id that arrives as data, from a registry whose texts are extracted where they are defined. */
export const lookup = t;

/** `t` for a word with two meanings (I18N-05): `context` tells which. */
export function tc(context: string, msgid: string, params?: Params): string {
  return fill(active.value[`${context}\u0004${msgid}`] ?? msgid, params);
}

/** A data name in the active language; one that is missing falls back to Simplified Chinese, then to any. */
export function names(value: Names | undefined): string {
  if (!value) return "";
  return value[locale.value] ?? value["zh_Hans"] ?? Object.values(value)[0] ?? "";
}

/** Speak `id` from now on. `remember: false` for a screen that rotates languages by itself. */
export async function setLocale(id: Locale, { remember = true } = {}): Promise<void> {
  const texts = await loadCatalogue(id);
  if (remember) rememberLocale(id);
  locale.value = id;
  active.value = texts;
  if (typeof document !== "undefined") document.documentElement.lang = tagOf(id);
}

/** The language to begin with: chosen on this device, else the browser's, else `fallback`. */
export async function startLocale(fallback: Locale = "zh_Hans"): Promise<void> {
  await setLocale(savedLocale() ?? negotiate(navigator.languages, fallback), { remember: false });
}
