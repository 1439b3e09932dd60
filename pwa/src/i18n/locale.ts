/** Which language the screens speak: negotiated once, changed at run time, remembered on this device. */
import { signal } from "@preact/signals";

export type Locale = "zh_Hans" | "zh_Hant_TW" | "zh_Hant_HK" | "en";

/** Every locale with its own name, in the order people choose from, and the tag for `lang` and Intl. */
export const LOCALES: readonly { id: Locale; own: string; tag: string }[] = [
  { id: "zh_Hans", own: "简体中文", tag: "zh-Hans-CN" },
  { id: "zh_Hant_TW", own: "繁體中文（臺灣）", tag: "zh-Hant-TW" },
  { id: "zh_Hant_HK", own: "繁體中文（香港）", tag: "zh-Hant-HK" },
  { id: "en", own: "English", tag: "en" },
];

const KEY = "zg.locale";

export const locale = signal<Locale>("zh_Hans");

/** The BCP 47 tag of `id`. */
export function tagOf(id: Locale): string {
  return LOCALES.find((one) => one.id === id)?.tag ?? "zh-Hans-CN";
}

/** Our locale for one BCP 47 tag, or undefined when we do not speak it. Bare zh-Hant is read in Taiwan's words (I18N-01). */
export function fromTag(tag: string): Locale | undefined {
  const parts = tag.replaceAll("_", "-").toLowerCase().split("-");
  if (parts[0] === "en") return "en";
  if (parts[0] !== "zh" && parts[0] !== "yue") return undefined;
  if (parts.includes("hk") || parts.includes("mo")) return parts.includes("hans") ? "zh_Hans" : "zh_Hant_HK";
  if (parts.includes("tw") || parts.includes("hant")) return parts.includes("hans") ? "zh_Hans" : "zh_Hant_TW";
  return "zh_Hans";
}

/** The first wish we can fulfil, else `fallback` (the hall's own language). */
export function negotiate(wishes: readonly string[], fallback: Locale = "zh_Hans"): Locale {
  for (const wish of wishes) {
    const found = fromTag(wish);
    if (found) return found;
  }
  return fallback;
}

const isLocale = (value: string | null): value is Locale => LOCALES.some((one) => one.id === value);

/** The language chosen on this device, if one was. */
export function savedLocale(): Locale | undefined {
  try {
    const saved = localStorage.getItem(KEY);
    return isLocale(saved) ? saved : undefined;
  } catch {
    return undefined; // storage may be forbidden; the browser's language serves
  }
}

export function rememberLocale(id: Locale): void {
  try {
    localStorage.setItem(KEY, id);
  } catch {
    // Storage may be forbidden or full; the choice then lasts as long as the page.
  }
}
