/** How long records have waited to be sent, and when that is worth a word above the screens (OFF-03). */
import type { OutboxItem } from "../sync/api";
import { isUnsent } from "./outgoing";

const HOUR_MS = 3_600_000;
/** On the first screen after an hour; above every screen later, for those who patrol sooner. */
const HOME_MS = HOUR_MS;
const PATROL_MS = 4 * HOUR_MS;
const OTHERS_MS = 24 * HOUR_MS;
/** A working day: a browser may be emptied. */
const ALARM_MS = 8 * HOUR_MS;

/** The age of the oldest unsent record (ms) and how loud to say it; null while it is not. */
export function waited(items: readonly OutboxItem[], now: number, roles: readonly string[], home: boolean): { ms: number; tone: "warn" | "bad" } | null {
  const ms = now - items.filter(isUnsent).reduce((first, item) => Math.min(first, item.saved_at), now);
  const everywhere_ms = roles.some((role) => role === "INS" || role === "EFF") ? PATROL_MS : OTHERS_MS;
  if (ms < (home ? HOME_MS : everywhere_ms)) return null;
  return { ms, tone: ms < ALARM_MS ? "warn" : "bad" };
}
