/**
 * The time mark on the wall as a link: a phone's own camera opens the app with it, and the app needs no network to take it.
 * `/time-code?b=site.id.time.signature`: every part is of letters that need no escaping; `&z=` the code of the zone it hangs in (PTL-09).
 */
import type { Beacon } from "../sync/types.gen";

/** A time mark as it was scanned. */
export interface Scanned {
  site: string;
  beacon: Beacon;
}

/** A code photographed earlier proves nothing about now. */
const FRESH_MS = 3 * 60_000;

const MARK = /^([a-z][a-z0-9-]{0,30})\.([\w-]{43})\.(\d{13})\.([\w-]{86})$/;

const TIME_PATH = "/time-code";

export function beaconLink(origin: string, site: string, { id, t, s }: Beacon, mark = ""): string {
  return `${origin}${TIME_PATH}?b=${[site, id, t, s].join(".")}${mark && `&z=${encodeURIComponent(mark)}`}`;
}

/** The mark in the value of `b`, or in a whole link; null when it is none. */
export function readBeacon(text: string): Scanned | null {
  const found = MARK.exec(text.slice(text.indexOf("?b=") + 1).replace(/^b=/, "").replace(/&z=.*$/, "") || text);
  if (!found) return null;
  const [, site, id, t, s] = found as unknown as [string, string, string, string, string];
  return { site, beacon: { id, t: Number(t), n: "", s } };
}

/** Whether what was scanned hangs on the wall at `now` (ms). */
export const isFresh = ({ beacon }: Scanned, now: number): boolean => Math.abs(now - beacon.t) <= FRESH_MS;

/** The code of the zone a scanned wall hangs in; "" without one. */
export const zoneMark = (text: string): string => new URLSearchParams(text.slice(text.indexOf("?"))).get("z") ?? "";
