/** Opening hours as a wall shows them: days with the same hours together. From the hall's own row. */
import { lunchSpan } from "../features/hall/hours";
import { seasonOn } from "../features/hall/rules";
import { clock, dayOf, instant, t, weekday } from "../i18n";
import type { Hall } from "../sync/types.gen";

/** ISO weekdays, Monday is "1". */
const WEEK = ["1", "2", "3", "4", "5", "6", "7"];
/** A Monday; only its weekday and its followers' are used. */
const MONDAY = "2024-01-01";
const DAY_MS = 86_400_000;

/** Runs of neighbouring days that keep the same hours; days without hours are left out. */
export function runsOf(hours: Hall["hours"]): { from: string; to: string; spans: [string, string][] }[] {
  const runs: { from: string; to: string; spans: [string, string][] }[] = [];
  for (const day of WEEK) {
    const spans = hours[day] ?? [];
    if (spans.length === 0) continue;
    const last = runs.at(-1);
    const follows = last !== undefined && Number(last.to) + 1 === Number(day) && JSON.stringify(last.spans) === JSON.stringify(spans);
    if (follows) last.to = day;
    else runs.push({ from: day, to: day, spans });
  }
  return runs;
}

function dayName(day: string): string {
  return weekday(dayOf(instant(MONDAY, "12:00") + (Number(day) - 1) * DAY_MS));
}

/** "星期一至星期五", then one line for each span; and lunch duty, by the hours of the season (CAL-05). */
export function hoursText(hall: Hall, now: number): { days: string; spans: string[] }[] {
  const { hours, lunch } = seasonOn(hall, dayOf(now));
  const span = ([start, end]: [string, string]): string => `${start}–${end}`;
  const runs = runsOf(hours).map(({ from, to, spans }) => ({
    days: from === to ? dayName(from) : t("{from}至{to}", { from: dayName(from), to: dayName(to) }),
    spans: spans.map(span),
  }));
  return lunch ? [...runs, { days: t("午间值班"), spans: [span(lunch)] }] : runs;
}

/** "午间值班 12:00–14:30" while the hall is open with lunch duty alone (CAL-05); "" at any other time. */
export function lunchNow(hall: Hall, now: number): string {
  const span = hall.rules["demo.always_open"] ? null : lunchSpan(hall, dayOf(now));
  return span && span.from <= now && now < span.to ? `${t("午间值班")} ${clock(span.from)}–${clock(span.to)}` : "";
}
