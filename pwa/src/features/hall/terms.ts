/** Terms: from 天, 工作日, 周 and 小时 to the date a citizen, a judge and a program agree on: the twin of server/domain/hall/terms.py (CAL-03..09, CAL-12).
 *
 * The day of the event is not counted; an event after the cut-off, or on a day of rest, counts as received on the next working day; a term
 * that ends on a day of rest ends on the next working day; on its last day it ends when business stops.
 */
import { dayOf, instant } from "../../i18n";
import type { Hall } from "../../sync/types.gen";
import { postedSessions, worksOn, type Session } from "./rules";

const HOUR_MS = 60 * 60_000;
const WEEK_DAYS = 7;
/** A term that has not ended after ten years is a mistake in its rule. */
const SPAN_DAYS_MAX = 3_660;

/** One rule of a term (CAL-04). `cut_off` "HH:MM", absent for the end of business; `roll`: an end on a day of rest moves to the next working day. */
export interface Term {
  amount: number;
  unit: "working_day" | "calendar_day" | "week" | "hour";
  cut_off?: string;
  roll?: boolean;
  hard?: boolean;
}

/** The clock stood still from `from` until what it waited for was there (ms). */
interface Pause {
  from: number;
  to: number;
}

/** When a term ends: the day that counts as day zero, the last day, the moment (ms); `provisional`: it reaches an unpublished year (暂定). */
export interface Due {
  received: string;
  day: string;
  at: number;
  provisional: boolean;
  calendars: string[];
}

/** The hall never opens, or the clock never runs: there is no such day. */
class Endless extends Error {}

/** The ISO day `count` days after `day`. */
export function addDays(day: string, count: number): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + count);
  return at.toISOString().slice(0, 10);
}

/** The `count`-th working day after `day`, which is not counted. */
export function nextWorkingDay(hall: Hall, day: string, count = 1): string {
  let left = count;
  for (let tried = 0; left > 0; tried++) {
    if (tried > SPAN_DAYS_MAX) throw new Endless(day);
    day = addDays(day, 1);
    if (worksOn(hall, day)) left -= 1;
  }
  return day;
}

/** When business stops on `day`; its midnight on a day without business. */
export function closing(hall: Hall, day: string): number {
  const ends = postedSessions(hall, day).map(({ to }) => to);
  return ends.length > 0 ? Math.max(...ends) : instant(addDays(day, 1), "00:00");
}

const cutOff = (hall: Hall, term: Term, day: string) => (term.cut_off ? instant(day, term.cut_off) : closing(hall, day));

/** The end of `term` counted from an event. A working day counts if the clock runs at its cut-off. */
export function due(hall: Hall, term: Term, event_at: number, pauses: readonly Pause[] = []): Due {
  const received = receivedOn(hall, term, event_at);
  if (term.unit === "hour") {
    const at = hoursLater(hall, event_at, term.amount * HOUR_MS, pauses);
    return dueOf(hall, received, dayOf(at), at);
  }
  let day: string;
  if (term.unit === "working_day") day = workingDaysLater(hall, term, received, pauses);
  else {
    day = addDays(received, term.amount * (term.unit === "week" ? WEEK_DAYS : 1) + daysStopped(hall, term, pauses));
    if (term.roll !== false && !worksOn(hall, day)) day = nextWorkingDay(hall, day);
  }
  return dueOf(hall, received, day, closing(hall, day));
}

/** The day an event counts as received (CAL-06): the next working day when it came after the cut-off or on a day of rest. */
function receivedOn(hall: Hall, term: Term, event_at: number): string {
  const day = dayOf(event_at);
  return worksOn(hall, day) && event_at <= cutOff(hall, term, day) ? day : nextWorkingDay(hall, day);
}

/** The last moment that is "one day ahead" of `day` (CAL-09): the end of business of the working day before. */
export function dayAhead(hall: Hall, day: string, days = 1): number {
  let [before, left] = [day, Math.max(1, days)];
  for (let tried = 0; tried < SPAN_DAYS_MAX; tried++) {
    before = addDays(before, -1);
    left -= Number(worksOn(hall, before));
    if (left === 0) return closing(hall, before);
  }
  throw new Endless(day);
}

/** What binds when a paper and a later computation differ (CAL-12): the date better for the citizen, never one past the legal limit. */
export function binding(printed: string, computed: string, legal: string): { day: string; alarm: boolean } {
  return { day: [printed, computed, legal].sort()[0] ?? legal, alarm: printed > legal };
}

/** How many working days lie in a span, both ends included. */
export function workingDays(hall: Hall, first: string, last: string): number {
  let count = 0;
  for (let day = first; day <= last; day = addDays(day, 1)) if (worksOn(hall, day)) count += 1;
  return count;
}

function dueOf(hall: Hall, received: string, day: string, at: number): Due {
  const years: string[] = [];
  for (let year = Number(received.slice(0, 4)); year <= Number(day.slice(0, 4)); year++) years.push(String(year));
  const calendars = years.flatMap((year) => hall.calendars[year] ?? []);
  return { received, day, at, provisional: calendars.length < years.length, calendars };
}

const stopped = (pauses: readonly Pause[], at: number) => pauses.some(({ from, to }) => from <= at && at < to);

function workingDaysLater(hall: Hall, term: Term, day: string, pauses: readonly Pause[]): string {
  let left = term.amount;
  for (let tried = 0; tried < SPAN_DAYS_MAX; tried++) {
    if (left <= 0) return day;
    day = nextWorkingDay(hall, day);
    if (!stopped(pauses, cutOff(hall, term, day))) left -= 1;
  }
  throw new Endless(day);
}

/** Calendar days at whose cut-off the clock stood still. */
function daysStopped(hall: Hall, term: Term, pauses: readonly Pause[]): number {
  const days = new Set<string>();
  for (const { from, to } of pauses) {
    for (let day = dayOf(from); day <= dayOf(to); day = addDays(day, 1)) if (stopped(pauses, cutOff(hall, term, day))) days.add(day);
  }
  return days.size;
}

/** Walks through opening time, outside pauses, until `left` ms are used. */
function hoursLater(hall: Hall, event_at: number, left: number, pauses: readonly Pause[]): number {
  let day = dayOf(event_at);
  for (let tried = 0; tried < SPAN_DAYS_MAX; tried++, day = addDays(day, 1)) {
    for (const span of running(hall, day, pauses)) {
      const from = Math.max(span.from, event_at);
      if (from < span.to && left <= span.to - from) return from + left;
      left -= Math.max(0, span.to - from);
    }
  }
  throw new Endless(day);
}

/** Opening spans of a day with the pauses cut out. */
function running(hall: Hall, day: string, pauses: readonly Pause[]): Session[] {
  let spans = postedSessions(hall, day);
  for (const pause of pauses) {
    spans = spans
      .flatMap(({ from, to }) => [
        { from, to: Math.min(to, pause.from) },
        { from: Math.max(from, pause.to), to },
      ])
      .filter(({ from, to }) => from < to);
  }
  return spans.sort((x, y) => x.from - y.from);
}
