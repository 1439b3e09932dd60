/** What an absence can mean: the twin of server/domain/presence/bounds.py, said before it is saved. */
import { dayOf, instant } from "../../i18n";
import type { Hall } from "../../sync/types.gen";
import { daysMs, isFarOff, minutesMs, rule, worksOn } from "../hall/rules";
import type { Reason } from "./notice";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Until when an absence of this class that begins at `leaves_at` can last (ms): a step-away hours, an errand to the next working day. */
export function longestUntil(hall: Hall | undefined, reason: Reason, leaves_at: number): number {
  if (reason === "step_away") return leaves_at + rule(hall, "awy.step_max_hours") * HOUR_MS;
  const longest = leaves_at + daysMs(hall, "awy.max_days");
  if (!hall || (reason !== "errand" && reason !== "off_today")) return longest;
  let at = leaves_at + DAY_MS;
  while (at < longest && !worksOn(hall, dayOf(at))) at += DAY_MS;
  return Math.min(longest, instant(dayOf(at), "24:00"));
}

/** True when times said now cannot be meant: too far back, too far ahead, too long. The hall would hold the notice. */
export function isUnlikely(hall: Hall | undefined, reason: Reason, leaves_at: number, back_at: number, now: number): boolean {
  return isFarOff(hall, "awy.", leaves_at, now) || back_at > longestUntil(hall, reason, leaves_at);
}

/** True for a step-away so short that it needs no notice (AWY-05); one may say it all the same. */
export function isShort(hall: Hall | undefined, reason: Reason, span_ms: number): boolean {
  return reason === "step_away" && span_ms > 0 && span_ms < minutesMs(hall, "awy.short_min");
}
