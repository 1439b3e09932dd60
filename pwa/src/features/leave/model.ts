/** Leave as the phone reckons it alone, before anybody has answered: types, days, balance, overlap, cover. Pure: rows and the time in. */
import { dayOf } from "../../i18n";
import type { Duty, Hall, Leave, LeaveAccount, LeaveTypeRule, LeaveUnit } from "../../sync/types.gen";
import { LUNCH, lunchSpan } from "../hall/hours";
import type { Rows } from "../hall/names";
import { postedSessions, type Session } from "../hall/rules";
import { addDays, nextWorkingDay } from "../hall/terms";

const HOUR_MS = 3_600_000;
const DAY_CENTIDAYS = 100;
const DAYS_COUNTED_MAX = 740;
/** Cover is looked at for so many days; the roster reaches no further. */
const COVER_DAYS = 14;
export const DAY_MS = 86_400_000;

export interface LeaveRows {
  hall: Hall | undefined;
  types: Rows<"leave.type">;
  leaves: Rows<"leave">;
  unit: Rows<"leave.unit">;
  accounts: Rows<"leave.account">;
  duties: Rows<"duty">;
  posts: Rows<"post">;
  people: Rows<"person">;
}

export interface Kind {
  code: string;
  rule: LeaveTypeRule;
}

/** The types as they are on `day`, in the hall's order: of each the last version that has begun (LVT-02). */
export function typesOn(types: Rows<"leave.type">, day: string): Kind[] {
  const last = new Map<string, Kind>();
  for (const { body } of [...types.values()].sort((x, y) => (x.body.rule.valid_from < y.body.rule.valid_from ? -1 : 1))) {
    if (body.rule.valid_from <= day) last.set(body.code, { code: body.code, rule: body.rule });
  }
  return [...last.values()].filter(({ rule }) => !rule.closed).sort((x, y) => (x.rule.order ?? 0) - (y.rule.order ?? 0));
}

/** One type on a day. */
export const typeOn = (types: Rows<"leave.type">, code: string, day: string): Kind | undefined => typesOn(types, day).find((kind) => kind.code === code);

/** What a person asks for oneself. */
export const isOwn = ({ rule }: Kind): boolean => (rule.who ?? "self") === "self" && rule.privacy !== "P4";

/** Sickness, family: what the unit and the public never learn (§8). */
export const isMedical = (rule: LeaveTypeRule | undefined): boolean => rule?.privacy === "P3" || rule?.privacy === "P4";

/** Days that [from, to) touches. */
function daysIn(from: number, to: number): string[] {
  const days: string[] = [];
  for (let day = dayOf(from); days.length < DAYS_COUNTED_MAX && day <= dayOf(to - 1); day = addDays(day, 1)) days.push(day);
  return days;
}

/** Hundredths of a day in [from, to): the twin of counting.py. */
export function countDays(hall: Hall | undefined, rule: LeaveTypeRule | undefined, from: number, to: number): number {
  if (!hall || !rule || to <= from) return 0;
  return daysIn(from, to).reduce((sum, day) => sum + ofDay(hall, rule, day, from, to), 0);
}

function ofDay(hall: Hall, rule: LeaveTypeRule, day: string, from: number, to: number): number {
  if (rule.count === "calendar") return DAY_CENTIDAYS;
  const sessions = postedSessions(hall, day);
  if (sessions.length === 0) return 0;
  const taken = sessions.map((one) => Math.max(0, Math.min(to, one.to) - Math.max(from, one.from)));
  if (rule.min_unit === "day") return taken.some((ms) => ms > 0) ? DAY_CENTIDAYS : 0;
  if (rule.min_unit === "half_day") return Math.round((DAY_CENTIDAYS * taken.filter((ms) => ms > 0).length) / sessions.length);
  const hours = Math.ceil(taken.reduce((sum, ms) => sum + ms, 0) / HOUR_MS);
  const of_day = hall.rules["lv.day_hours"];
  return Math.min(DAY_CENTIDAYS, Math.round((DAY_CENTIDAYS * hours) / (typeof of_day === "number" ? of_day : 8)));
}

export type Preset = "am" | "pm" | "day" | "next_am" | "next_pm" | "next_day" | "custom";

export interface Span {
  from: number;
  to: number;
}

/** The usual answers: what is left of today, and the next working day, in halves and whole. */
export function presetsAt(hall: Hall | undefined, now: number): { id: Preset; span: Span; day: string }[] {
  if (!hall) return [];
  const today = dayOf(now);
  const next = nextWorkingDay(hall, today);
  const found: { id: Preset; span: Span; day: string }[] = [];
  const add = (id: Preset, day: string, span: Session | undefined) => span && span.to > now && found.push({ id, day, span });
  const ofDay = (day: string, ids: readonly [Preset, Preset, Preset]) => {
    const sessions = postedSessions(hall, day);
    const [first, last] = [sessions[0], sessions.at(-1)];
    if (!first || !last) return;
    if (first !== last) add(ids[0], day, first);
    if (first !== last) add(ids[1], day, last);
    if (day !== today || first.to > now) add(ids[2], day, { from: first.from, to: last.to });
  };
  ofDay(today, ["am", "pm", "day"]);
  ofDay(next, ["next_am", "next_pm", "next_day"]);
  return found;
}

/** What is left of a type in the year of `day`, before this request; null where no limit is set. */
export function leftOf(account: LeaveAccount | undefined, code: string, day: string): number | null {
  const one = account?.balances.find((balance) => balance.type === code && balance.year === Number(day.slice(0, 4)));
  return one?.granted === undefined || one.granted === null ? null : one.granted - one.used - one.pending;
}

const LIVE: ReadonlySet<Leave["state"]> = new Set(["told", "pending", "approved", "running", "ended", "overdue"]);
export const isLive = (leave: Leave): boolean => LIVE.has(leave.state);

/** Own leaves that meet the span (CON-17). */
export function overlapsOf(leaves: Rows<"leave">, uid: string, span: Span, but = ""): { rid: string; leave: Leave }[] {
  return [...leaves]
    .filter(([rid, { body }]) => rid !== but && body.person === uid && isLive(body) && body.from_at < span.to && span.from < body.to_at)
    .map(([rid, { body }]) => ({ rid, leave: body }));
}

/** One session of one of the person's posts, and whether somebody is there. `known` false: the roster does not reach that day. */
export interface Slot {
  post: string;
  from: number;
  to: number;
  by: string;
  st: "ok" | "none" | "on_leave";
}

/** Cover of every session of a span, and of lunch duty, at the posts of which `uid` is A then, with `stand_in` (LV-06, AB-05, CAL-05). */
export function coverOf(rows: LeaveRows, uid: string, span: Span, stand_in: string): Slot[] {
  const { hall, duties } = rows;
  if (!hall) return [];
  return daysIn(span.from, span.to)
    .slice(0, COVER_DAYS)
    .flatMap((day) => {
      const here = [...duties.values()].map(({ body }) => body).filter((duty) => duty.day === day);
      const noon = lunchSpan(hall, day);
      const parts = postedSessions(hall, day).map((session, n) => ({ ...session, n }));
      return [...parts, ...(noon ? [{ ...noon, n: LUNCH }] : [])]
        .filter(({ from, to }) => from < span.to && span.from < to)
        .sort((x, y) => x.from - y.from)
        .flatMap(({ from, to, n }) =>
          here.flatMap((duty) => {
            const { a, b } = seatIn(duty, n);
            return a === uid ? [slotOf(rows.unit, { post: duty.post, from, to }, stand_in || b || "")] : [];
          }),
        );
    });
}

/** Who is planned at a post in a session, or for lunch duty; once places were changed that day, whoever is there now has its sessions. */
function seatIn(duty: Duty, n: number): { a: string; b?: string | null } {
  const parts = (duty.plan ?? []).filter((part) => (part.n === LUNCH) === (n === LUNCH) && part.n <= n);
  if (n === LUNCH) return parts[0] ?? { a: "" };
  return (duty.swaps?.length ? undefined : parts.at(-1)) ?? duty;
}

function slotOf(unit: Rows<"leave.unit">, at: { post: string; from: number; to: number }, by: string): Slot {
  if (!by) return { ...at, by, st: "none" };
  return { ...at, by, st: isOff(unit, by, at.from, at.to) ? "on_leave" : "ok" };
}

/** True when a colleague is on approved leave in that time, as far as this device knows. */
export function isOff(unit: Rows<"leave.unit">, uid: string, from: number, to: number): boolean {
  return [...unit.values()].some(({ body }) => body.person === uid && body.settled && body.from_at < to && from < body.to_at);
}

/** Who may stand in on `day`: the B of the person's posts first, then the unit; those on leave last. */
export function candidatesOf(rows: LeaveRows, uid: string, span: Span): { uid: string; is_b: boolean; off: boolean }[] {
  const day = dayOf(span.from);
  const mine = rows.people.get(uid)?.body.unit;
  const bs = new Set([...rows.duties.values()].filter(({ body }) => body.day === day && body.a === uid).flatMap(({ body }) => (body.b ? [body.b] : [])));
  const known = bs.size > 0 ? bs : usualBs(rows.duties, uid);
  return [...rows.people]
    .filter(([other, { body }]) => other !== uid && !body.left && (known.has(other) || body.unit === mine))
    .map(([other, { body }]) => ({ uid: other, is_b: known.has(other), off: isOff(rows.unit, other, span.from, span.to), badge: body.badge }))
    .sort((x, y) => Number(x.off) - Number(y.off) || Number(y.is_b) - Number(x.is_b) || x.badge.localeCompare(y.badge, "en", { numeric: true }))
    .map(({ uid: other, is_b, off }) => ({ uid: other, is_b, off }));
}

/** Beyond the roster: whoever is B of the person's posts on the days that are known. */
function usualBs(duties: Rows<"duty">, uid: string): Set<string> {
  return new Set([...duties.values()].filter(({ body }) => body.a === uid && body.b).map(({ body }) => body.b as string));
}

/** Own leaves, what goes on first, then the newest. */
export function ownLeaves(leaves: Rows<"leave">, uid: string): { rid: string; leave: Leave; pending: boolean }[] {
  return [...leaves]
    .filter(([, { body }]) => body.person === uid)
    .map(([rid, { body, pending }]) => ({ rid, leave: body, pending }))
    .sort((x, y) => Number(isLive(y.leave)) - Number(isLive(x.leave)) || y.leave.from_at - x.leave.from_at);
}

/** True when 销假 is the next thing to do: the leave runs, is over or overdue. */
export const canReturn = ({ state }: Leave): boolean => state === "running" || state === "ended" || state === "overdue";

/** Suspension and the like (P4): for the person, the principal leader and the discipline section. */
export const isSecret = (types: Rows<"leave.type">, { type, from_at }: Leave): boolean => typeOn(types, type, dayOf(from_at))?.rule.privacy === "P4";
export const SECRET_ROLES = ["TOP", "DIS"];

/** In which capacity this person is asked now; null when the request waits for somebody else. `secret`: the discipline section is, too. */
export function askedAs(leave: Leave, uid: string, unit: string, roles: readonly string[], deputised: readonly Principal[], secret = false): string | null {
  const step = leave.steps?.find((one) => one.st === "waits");
  if (!step || leave.state !== "pending" || leave.person === uid) return null;
  const able = (held: readonly string[], of_unit: string) =>
    (held.includes("HEAD") && step.role === "HEAD" && of_unit === leave.unit) ||
    (step.role !== "HEAD" && held.includes(step.role)) ||
    (step.role === "LEAD" && held.includes("TOP")) ||
    (secret && held.includes("DIS")) ||
    (step.role === "HEAD" && step.escalated === true && held.includes("OFF"));
  if (able(roles, unit)) return step.role;
  return deputised.some((one) => able(one.roles, one.unit)) ? step.role : null;
}

interface Principal {
  uid: string;
  unit: string;
  roles: readonly string[];
}

/** For whom this person decides on `day`. */
export function principalsOf(deputies: Rows<"leave.deputy">, people: Rows<"person">, uid: string, day: string): Principal[] {
  return [...deputies].flatMap(([principal, { body }]) => {
    const person = people.get(principal)?.body;
    return person && body.deputy === uid && body.first <= day && day <= body.last ? [{ uid: principal, unit: person.unit, roles: person.roles }] : [];
  });
}

/** One line of the unit's calendar: a person with the days on leave and whether the posts are covered. */
export interface Line {
  uid: string;
  days: ("" | "off" | "gap" | "asked")[];
}

/** Who is off on which day, and whether that is covered; no types, no reasons (LVT-04). */
export function calendarOf(unit: Rows<"leave.unit">, people: readonly string[], days: readonly string[]): Line[] {
  return people
    .map((uid) => ({ uid, days: days.map((day) => dayState(unit, uid, day)) }))
    .sort((x, y) => Number(y.days.some(Boolean)) - Number(x.days.some(Boolean)));
}

function dayState(unit: Rows<"leave.unit">, uid: string, day: string): Line["days"][number] {
  const here = [...unit.values()].map(({ body }) => body).filter((one) => one.person === uid && dayOf(one.from_at) <= day && day <= dayOf(one.to_at - 1));
  if (here.length === 0) return "";
  if (!here.some((one) => one.settled)) return "asked";
  return here.some((one) => hasGap(one, day)) ? "gap" : "off";
}

const hasGap = (leave: LeaveUnit, day: string) => (leave.cover ?? []).some((slot) => dayOf(slot.from_at) === day && slot.st !== "ok");
