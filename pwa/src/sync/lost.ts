/** Numbers that are gone: how they are named, and which of them the site has after all. Pure. */
import type { Lost } from "./store.ts";
import type { Before } from "./types.gen.ts";

/** What the site is told: `lost 4-6 9`. */
export function troubleOf({ numbers }: Pick<Lost, "numbers">): string {
  return numbers.length ? `lost ${rangesOf(numbers).map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(" ")}` : "";
}

/** Numbers as (first, last) of each run. */
export function rangesOf(numbers: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const seq of numbers) {
    const run = ranges[ranges.length - 1];
    if (run && run[1] === seq - 1) run[1] = seq;
    else ranges.push([seq, seq]);
  }
  return ranges;
}

/** Which of the lost numbers the site has after all, now that it says how far that chain came. */
export function checkedLost(lost: Lost | null, before: Before | null): Lost | null {
  if (!before) return lost;
  const known = lost?.dev === before.dev ? lost.numbers : [];
  const numbers = known.filter((seq) => seq > before.last);
  return numbers.length ? { dev: before.dev, numbers, checked: true } : null;
}
