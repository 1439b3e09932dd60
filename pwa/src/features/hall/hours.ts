/** Hours of the hall that no first screen needs: lunch duty (CAL-05), when somebody is back, the hours of rounds. */
import { clock, dayOf, instant, when } from "../../i18n";
import type { Hall } from "../../sync/types.gen";
import { MINUTE_MS, postedHours, postedSessions, seasonOn, worksOn, type Session } from "./rules";

export const HOUR_MS = 60 * MINUTE_MS;

export interface Hour extends Session {
  /** "YYYY-MM-DDTHH". */
  slot: string;
}

/** The hours that need a round each: the twin of server/domain/patrol/slots.py (CAL-10). Together they are all of the day's opening time: half an hour or less that opening hours cut off an hour belongs to the slot beside it. */
export function hoursOf(hall: Hall, day: string): Hour[] {
  if (!worksOn(hall, day)) return [];
  return postedHours(hall, day).flatMap((session) => {
    const cut: { hour: number; length: number }[] = [];
    for (let hour = Math.floor(session.from / HOUR_MS) * HOUR_MS; hour < session.to; hour += HOUR_MS) {
      cut.push({ hour, length: Math.min(hour + HOUR_MS, session.to) - Math.max(hour, session.from) });
    }
    const long = cut.filter(({ length }) => length > HOUR_MS / 2);
    const whole = long.length > 0 ? long : cut.slice(0, 1);
    return whole.map(({ hour }, n) => ({
      slot: `${day}T${clock(hour).slice(0, 2)}`,
      from: n === 0 ? session.from : hour,
      to: n === whole.length - 1 ? session.to : hour + HOUR_MS,
    }));
  });
}

/** The number of lunch duty among the sessions of a plan, which are fewer (CAL-05). */
export const LUNCH = 8;

/** When lunch duty is on `day`: what of its posted span lies between two sessions. */
export function lunchSpan(hall: Hall, day: string): Session | null {
  const [begin, end] = (seasonOn(hall, day).lunch ?? []).map((edge) => instant(day, edge));
  if (begin === undefined || end === undefined) return null;
  const spans = postedSessions(hall, day);
  const free = spans.slice(1).map(({ from }, n) => ({ from: Math.max(begin, spans[n]?.to ?? from), to: Math.min(end, from) }));
  return free.find(({ from, to }) => from < to) ?? null;
}

/** The time of "约 {time} 返回", with its day when that is another; none for somebody not expected today: off for the day, or until midnight. */
export function backTime({ reason, back_at }: { reason?: string; back_at: number }, now: number): string | null {
  if (reason === "off_today" || (clock(back_at) === "00:00" && dayOf(back_at - 1) === dayOf(now))) return null;
  return dayOf(back_at) === dayOf(now) ? clock(back_at) : when(back_at, now);
}
