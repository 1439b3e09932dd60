/** Whether the window is as wide as a desk, live. */
import { signal } from "@preact/signals";

const query = typeof matchMedia === "undefined" ? null : matchMedia("(min-width: 1024px)");
const wide = signal(query?.matches ?? false);
query?.addEventListener("change", (event) => (wide.value = event.matches));

export function useWide(): boolean {
  return wide.value;
}
