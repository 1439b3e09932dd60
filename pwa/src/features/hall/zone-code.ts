/** The code that hangs in a zone (PTL-09): a link for any camera, read from a scan, or typed as it is printed below. Pure. */

/** Where the link leads: features/patrol/zone-screen.tsx. */
const ZONE_PATH = "/zone";
const TAG_CHARS = 10;
/** Letters codes never have, for those they are mistaken for. */
const MISTAKEN: Readonly<Record<string, string>> = { "0": "O", "1": "I", "8": "B" };

/** The zone a code names; only the server knows whether the code is the one that hangs there. */
export function zoneOf(code: string): string | null {
  return /^zaigang-zone:([^:]+):[A-Z2-7]+$/.exec(code)?.[1] ?? null;
}

/** What is printed: a phone's own camera opens the app with it, no network needed. */
export function zoneLink(origin: string, code: string): string {
  return `${origin}${ZONE_PATH}?z=${encodeURIComponent(code).replaceAll("%3A", ":")}`;
}

/** The part of a code that differs, as it is printed below it for whoever types it: "ABCDE FGHIJ". */
export function shortCode(code: string): string {
  return (code.split(":").at(-1) ?? "").replace(/(.{5})(?=.)/g, "$1 ");
}

/** The code of `zone` as somebody typed the short one; null while it is none. */
export function typedCode(zone: string, text: string): string | null {
  const tag = [...text.toUpperCase().replace(/[\s-]/g, "")].map((letter) => MISTAKEN[letter] ?? letter).join("");
  const code = `zaigang-zone:${zone}:${tag}`;
  return tag.length === TAG_CHARS && zoneOf(code) === zone ? code : null;
}

/** The zone's code in what was scanned: printed as it is or as a link, or in the time code on a wall screen, which must then be of now. */
export function zoneCodeIn(text: string): { code: string; zone: string; wall: boolean } | null {
  const params = paramsOf(text);
  const code = params?.get("z") ?? text.trim();
  const zone = zoneOf(code);
  return zone === null ? null : { code, zone, wall: params?.has("b") ?? false };
}

function paramsOf(text: string): URLSearchParams | null {
  try {
    return new URL(text.trim()).searchParams;
  } catch {
    return null; // no link
  }
}
