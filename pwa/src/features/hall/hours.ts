/** The hours of a day that need a round each: the twin of server/domain/patrol/slots.py (CAL-10). */
import { clock } from "../../i18n";
import type { Hall } from "../../sync/types.gen";
import { MINUTE_MS, postedHours, worksOn, type Session } from "./rules";

const HOUR_MS = 60 * MINUTE_MS;

export interface Hour extends Session {
  /** "YYYY-MM-DDTHH". */
  slot: string;
}

/** Together they are all of the day's opening time: half an hour or less that opening hours cut off an hour belongs to the slot beside it. */
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
