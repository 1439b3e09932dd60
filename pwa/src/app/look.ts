/** How the screens look on this device: text size and colours, chosen once and remembered. */
import { effect, signal } from "@preact/signals";
import { locale, minguo } from "../i18n";

export type Size = "standard" | "large" | "elder";
export type Theme = "auto" | "light" | "dark";

function remembered<T extends string>(key: string, allowed: readonly T[]): T {
  const first = allowed[0] as T;
  try {
    return allowed.find((one) => one === localStorage.getItem(key)) ?? first;
  } catch {
    return first; // storage may be forbidden
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // The choice then lasts as long as the page.
  }
}

export const size = signal<Size>(remembered("zg.size", ["standard", "large", "elder"]));
export const theme = signal<Theme>(remembered("zg.theme", ["auto", "light", "dark"]));

/** Put text size and theme on the page now and at every change. */
export function startLook(): void {
  const night = matchMedia("(prefers-color-scheme: dark)");
  const systemDark = signal(night.matches);
  night.addEventListener("change", () => (systemDark.value = night.matches));
  effect(() => {
    document.documentElement.dataset["size"] = size.value;
    remember("zg.size", size.value);
  });
  minguo.value = remembered("zg.years", ["common", "minguo"]) === "minguo";
  effect(() => remember("zg.years", minguo.value ? "minguo" : "common"));
  // The name under the icon is the one of the language in which the app was installed.
  effect(() => {
    document.querySelector("link[rel=manifest]")?.setAttribute("href", `/manifest.${locale.value}.webmanifest`);
  });
  effect(() => {
    const dark = theme.value === "dark" || (theme.value === "auto" && systemDark.value);
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    remember("zg.theme", theme.value);
  });
}
