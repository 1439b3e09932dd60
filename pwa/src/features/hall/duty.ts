/** Who is A of a post with lunch duty at a moment, and whether who stands in still does: the twin of server/domain/hall/duty.py (CAL-05, ORG-09). */
import type { Duty, Hall, SessionDuty, Swap } from "../../sync/types.gen";
import { LUNCH, lunchSpan } from "./hours";
import { postedSessions, type Session } from "./rules";

type Seats = readonly [a: string, b: string, c: string];

/** A day of a post. `begins`: when each session does; `breaks`: when the break before it did, 0 for the first. */
interface Day {
  plan: readonly SessionDuty[];
  lunch: SessionDuty;
  noon: Session;
  begins: readonly number[];
  breaks: readonly number[];
  swaps: readonly Swap[];
}

function dayOf(hall: Hall, duty: Duty): Day | null {
  const spans = postedSessions(hall, duty.day);
  const noon = lunchSpan(hall, duty.day);
  const lunch = duty.plan?.find(({ n }) => n === LUNCH);
  if (!duty.plan || !lunch || !noon) return null;
  const plan = duty.plan.filter((part) => part !== lunch).sort((x, y) => x.n - y.n);
  const begins = [0, ...spans.slice(1).map(({ from }) => from)];
  return { plan, lunch, noon, begins, breaks: [0, ...spans.slice(0, -1).map(({ to }) => to)], swaps: duty.swaps ?? [] };
}

/** Whether who stands in since `from_at` does so no more at `at`: lunch duty of others has begun, or is over; or the afternoon is another's. */
export function isParted(hall: Hall | undefined, duty: Duty | undefined, from_at: number, at: number): boolean {
  const day = hall && duty ? dayOf(hall, duty) : null;
  if (!day || at < day.noon.from || from_at >= day.noon.to) return false;
  const a = aAt(day, from_at);
  if (from_at < day.noon.from && at >= day.noon.to) {
    const follows = day.begins.find((start) => start >= day.noon.to) ?? day.noon.to;
    return a !== aAt(day, day.noon.from) && a !== aAt(day, follows);
  }
  return (from_at < day.noon.from || at >= day.noon.to) && a !== aAt(day, at);
}

function aAt(day: Day, at: number): string {
  const { lunch, noon, swaps } = day;
  const session = inSession(day, at);
  if (at < noon.from || noon.to <= at) return session[0];
  if (isOfBoth(day, at) && !swaps.some((swap) => swap.lunch && swap.at <= at)) return session[0];
  const isOfLunch = (swap: Swap) => touches(swap, named(lunch)) || !touches(swap, session);
  return swapped(lunch, swaps.filter((swap) => noon.from <= swap.at && swap.at <= at && (swap.lunch || (swap.op && isOfLunch(swap)))))[0];
}

function inSession(day: Day, at: number): Seats {
  const { lunch, noon } = day;
  const part = partAt(day, at);
  const people = named(lunch);
  const only = people.filter((uid) => !named(part).includes(uid));
  const both = isOfBoth(day, at);
  const isOfLunch = (swap: Swap) => touches(swap, only) || (!both && [swap.a, swap.b].every((uid) => !uid || people.includes(uid)));
  const said = day.swaps.filter((swap) => !swap.lunch && ((swap.op ? day.breaks : day.begins)[part.n] ?? 0) <= swap.at && swap.at <= at);
  return swapped(part, said.filter((swap) => !(swap.op && noon.from <= swap.at && swap.at < noon.to && isOfLunch(swap))));
}

/** Whether the office has the same people in the same seats in the session and for lunch duty. */
function isOfBoth(day: Day, at: number): boolean {
  const part = partAt(day, at);
  const office = day.swaps.filter((swap) => !swap.op && !swap.lunch && (day.begins[part.n] ?? 0) <= swap.at && swap.at <= at);
  return swapped(part, office).join() === swapped(day.lunch, []).join();
}

const partAt = ({ plan, begins }: Day, at: number): SessionDuty => plan.filter(({ n }) => n === 0 || (begins[n] ?? Infinity) <= at).at(-1) ?? { n: 0, a: "" };

const named = ({ a, b, c }: SessionDuty): string[] => [a, b, c].filter((uid): uid is string => Boolean(uid));

const touches = ({ a, b }: Swap, people: readonly string[]) => [a, b].some((uid) => uid && people.includes(uid));

/** A part of the plan with the last of the swaps said of it. */
function swapped({ a, b = "", c = "" }: SessionDuty, swaps: readonly Swap[]): Seats {
  const last = [...swaps].sort((x, y) => x.at - y.at || ((x.op ?? "") < (y.op ?? "") ? -1 : 1)).at(-1);
  if (!last) return [a, b, c];
  const left = [c, b, a].find((uid) => uid !== last.a && uid !== last.b) ?? "";
  return [last.a, last.b, last.c ?? (c ? left : "")];
}
