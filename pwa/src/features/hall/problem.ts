/** Where a problem is registered from what was seen: its unit, its source and the record it rests on are filled in (RCT-01). */
export function problemHref(unit: string | undefined, source: "patrol" | "covert", fact: string): string {
  return `/problems/new?${new URLSearchParams({ unit: unit ?? "", source, fact }).toString()}`;
}
