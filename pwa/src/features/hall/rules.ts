/** The hall's day and parameters as the phone must know them alone: the twin of server/domain/hall/rules.py (CAL, catalogue §16). */
import { dayOf, instant } from "../../i18n";
import type { Hall, Season } from "../../sync/types.gen";

export const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Parameters the screens use, with the defaults of catalogue §16. A key that says its unit is counted in it. */
const DEFAULT_RULES = {
  "awy.short_min": 10,
  "awy.consent_min": 30,
  "awy.return_grace_min": 10,
  "awy.standin_confirm_min": 3,
  "awy.overdue_office_min": 30,
  "awy.step_max_hours": 12,
  "awy.max_days": 62,
  "awy.ahead_days": 62,
  "awy.late_days": 31,
  "ab.min_staff_per_post": 2,
  "ab.max_live_posts_warn": 1,
  "ab.handover_ahead_days": 1,
  "ab.max_live_posts_consent": 2,
  "ab.sheet_max_days": 400,
  "ab.sheet_ahead_days": 92,
  "ab.sheet_late_days": 31,
  "lv.ahead_days": 400,
  "lv.late_days": 400,
  "evd.vacancy_min_minutes": 10,
  "ptl.interval_min": 60,
  "ptl.tolerance_min": 10,
  "emg.responder_min": 3,
  "emg.head_min": 5,
  "emg.lead_min": 15,
} as const;

/** A numeric parameter of the hall, or its default while the hall's row has not arrived. */
export function rule(hall: Hall | undefined, key: keyof typeof DEFAULT_RULES): number {
  const value = hall?.rules[key];
  return typeof value === "number" ? value : DEFAULT_RULES[key];
}

/** A parameter counted in minutes, in ms. */
export function minutesMs(hall: Hall | undefined, key: keyof typeof DEFAULT_RULES): number {
  return rule(hall, key) * MINUTE_MS;
}

/** A parameter counted in days, in ms. */
export function daysMs(hall: Hall | undefined, key: keyof typeof DEFAULT_RULES): number {
  return rule(hall, key) * DAY_MS;
}

/** How long an empty post waits for its second look: never shorter than what needs no notice (EVD-08, AWY-05). */
export function vacancyMin(hall: Hall | undefined): number {
  return Math.max(rule(hall, "evd.vacancy_min_minutes"), rule(hall, "awy.short_min"));
}

/** True when `at`, said now, lies so far off that it cannot be meant; how far is the hall's. */
export function isFarOff(hall: Hall | undefined, of: "awy." | "ab.sheet_" | "lv.", at: number, now: number): boolean {
  return at < now - daysMs(hall, `${of}late_days`) || at > now + daysMs(hall, `${of}ahead_days`);
}

/** A span of opening time, ms. */
export interface Session {
  from: number;
  to: number;
}

/** ISO weekday of an ISO day, "1" for Monday: the key of `Hall.hours`. */
function weekdayKey(day: string): string {
  return String(((new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7) + 1);
}

/** The hours in force that day: of the season that began last, or the hall's only ones (CAL-05). */
function hoursOn(hall: Hall, day: string): Hall["hours"] {
  return seasonOn(hall, day).hours;
}

/** Those hours, and the span of lunch duty with them. */
export function seasonOn(hall: Hall, day: string): Pick<Season, "hours" | "lunch"> {
  const known = hall.earlier?.find((one) => day < one.until) ?? hall;
  const seasons = [...(known.seasons ?? [])].sort((a, b) => (a.first < b.first ? -1 : 1));
  const began = seasons.filter((season) => season.first <= day.slice(5));
  const { hours, lunch = null } = began.at(-1) ?? seasons.at(-1) ?? known;
  return { hours, lunch };
}

/** The hours posted for `day`, whether or not the hall works that day; one that is no usual working day keeps those of a Monday unless the hall
 * names its own. */
export function postedHours(hall: Hall, day: string): Session[] {
  const hours = hoursOn(hall, day);
  const own = hours[weekdayKey(day)] ?? [];
  const spans = own.length > 0 || kindOf(hall, day) === "working" ? own : (Object.values(hours).find((known) => known.length > 0) ?? []);
  return spans.map(([from, to]) => ({ from: instant(day, from), to: instant(day, to) }));
}

const kindOf = (hall: Hall, day: string): string => hall.days[day] ?? (Number(weekdayKey(day)) <= 5 ? "working" : "weekend");

/** True when the hall works that day: make-up days do, holidays do not (CAL-01). */
export function worksOn(hall: Hall, day: string): boolean {
  const kind = kindOf(hall, day);
  return kind === "working" || kind === "make_up" || kind === "open";
}

/** Opening sessions of `day` by calendar and posted hours. */
export const postedSessions = (hall: Hall, day: string): Session[] => (worksOn(hall, day) ? postedHours(hall, day) : []);

/** Opening sessions of `day`. A demo hall that is always open has one, the whole day. */
export function sessions(hall: Hall, day: string): Session[] {
  if (hall.rules["demo.always_open"]) return [{ from: instant(day, "00:00"), to: instant(day, "24:00") }];
  return postedSessions(hall, day);
}

/** True inside opening hours (CAL-05). */
export function isOpen(hall: Hall, at: number): boolean {
  return sessions(hall, dayOf(at)).some(({ from, to }) => from <= at && at < to);
}

/** True when any opening time lies between the two moments, looking at most a week ahead. */
export function opensWithin(hall: Hall, from: number, to: number): boolean {
  const last = Math.min(to, from + 7 * DAY_MS);
  for (let at = from; dayOf(at) <= dayOf(last); at += DAY_MS) {
    if (sessions(hall, dayOf(at)).some((session) => session.from < to && from < session.to)) return true;
  }
  return false;
}
