/** Attendance as the phone must know it alone: what is due today, what can be signed now, the month as a calendar. Pure (ATT-01, ATT-03). */
import { dayOf, instant } from "../../i18n";
import type { AttDay, AttException, AttSheet, Hall, Person, PunchShown, Spell } from "../../sync/types.gen";
import { MINUTE_MS, postedHours, worksOn, type Session } from "../hall/rules";
import { addDays } from "../hall/terms";

export type Way = AttException["way"];
export type Kind = AttException["kind"];
export type State = AttException["state"];

/** One session with its number that day. */
export interface Slot extends Session {
  number: number;
}

/** A numeric parameter of attendance, or its default (catalogue §16). */
const DEFAULTS = { "att.grace_min": 0, "att.half_day_minutes": 30, "att.punches": 4, "att.open_minutes": 120, "att.corrections_month": 2 } as const;
export function attRule(hall: Hall, key: keyof typeof DEFAULTS): number {
  const value = hall.rules[key];
  return typeof value === "number" ? value : DEFAULTS[key];
}

/** What is due on a day, by posted hours: every session, or with two punches a day the whole day. */
export function slotsOf(hall: Hall, day: string): Slot[] {
  const spans = worksOn(hall, day) ? postedHours(hall, day) : [];
  const [first, last] = [spans[0], spans.at(-1)];
  if (!first || !last || attRule(hall, "att.punches") >= 2 * spans.length) return spans.map((span, number) => ({ ...span, number }));
  return [{ from: first.from, to: last.to, number: 0 }];
}

/** A punch that can be made now. `minutes`: how late or early it would be; `again`: signed out before, and still in the session. */
export interface Choice {
  slot: Slot;
  way: Way;
  minutes: number;
  again: boolean;
}

/** What can be signed now: the first is the one that is meant, a second one only while one session ends and the next begins. */
export function choicesAt(hall: Hall, slots: readonly Slot[], punches: readonly PunchShown[], now: number): Choice[] {
  const open_ms = attRule(hall, "att.open_minutes") * MINUTE_MS;
  const made = (slot: Slot, way: Way) => punches.filter((one) => one.session === slot.number && one.way === way);
  return slots.flatMap((slot, index): Choice[] => {
    const next = slots[index + 1];
    const came = made(slot, "in").length > 0;
    if (!came && now >= slot.from - open_ms && now < slot.to) return [{ slot, way: "in", minutes: over(now - slot.from), again: false }];
    const last = made(slot, "out").at(-1);
    if (now < slot.from || (next && now >= next.from) || (last && last.at >= slot.to)) return [];
    return [{ slot, way: "out", minutes: over(slot.to - now), again: last !== undefined }];
  });
}

const over = (ms: number) => Math.max(0, Math.floor(ms / MINUTE_MS));

/** What an edge comes to before the server has judged it: the phone's own clock, nothing else. */
export function edgeKind(hall: Hall, way: Way, due: number, at: number): Kind {
  const minutes = over(way === "in" ? at - due : due - at);
  if (minutes <= attRule(hall, "att.grace_min")) return "ok";
  const half = attRule(hall, "att.half_day_minutes");
  return half > 0 && minutes >= half ? "half_day" : way === "in" ? "late" : "early";
}

/** One day of the calendar. `mark`: what to say of it in one word, null for nothing. */
export interface CalendarDay {
  day: string;
  number: number;
  mark: Mark;
  /** The gravest of its edges. */
  kind: Kind;
  spells: readonly Spell[];
  exceptions: readonly string[];
  /** The hall was closed that day after all, as is known since the settlement (EVD-10). */
  shut: boolean;
}
export type Mark = "rest" | "none" | "today" | "ok" | "leave" | "official" | "excused" | "open" | "counted" | "settled";

const COUNTED: readonly State[] = ["confirmed", "upheld", "appealed"];
const OPEN: readonly State[] = ["detected", "pending", "answered"];

/** The days of `month` in weeks from Monday; null where another month lies. */
export function weeksOf(
  month: string, hall: Hall, sheet: AttSheet | undefined, running: ReadonlyMap<string, AttDay>, exceptions: ReadonlyMap<string, AttException>, today: string,
): (CalendarDay | null)[][] {
  const count = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
  const lead = (new Date(`${month}-01T12:00:00Z`).getUTCDay() + 6) % 7;
  const cells: (CalendarDay | null)[] = Array.from({ length: lead }, () => null);
  for (let number = 1; number <= count; number++) {
    const day = `${month}-${String(number).padStart(2, "0")}`;
    const line = sheet?.days.find((one) => one.day === number);
    const spells = running.get(day)?.spells ?? line?.spells ?? [];
    const here = [...exceptions].filter(([, one]) => one.day === day && one.state !== "cleared");
    const known = line !== undefined || running.has(day);
    cells.push({ day, number, spells, kind: gravest(spells), exceptions: here.map(([rid]) => rid), mark: markOf(hall, day, today, spells, here.map(([, one]) => one.state), known), shut: line?.shut ?? false });
  }
  while (cells.length % 7) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

function markOf(hall: Hall, day: string, today: string, spells: readonly Spell[], states: readonly State[], known: boolean): Mark {
  if (states.some((state) => OPEN.includes(state))) return "open";
  if (states.some((state) => COUNTED.includes(state))) return "counted";
  if (states.length > 0) return "settled";
  if (day === today) return "today";
  if (!worksOn(hall, day)) return "rest";
  if (!known) return "none";
  const kinds = spells.flatMap((spell) => [spell.in_kind ?? "ok", spell.out_kind ?? "ok"]);
  return (["leave", "official", "excused"] as const).find((kind) => kinds.includes(kind)) ?? "ok";
}

const GRAVEST: readonly Kind[] = ["absent", "half_day", "missing", "late", "early", "pending", "unseen"];
const gravest = (spells: readonly Spell[]): Kind => GRAVEST.find((kind) => spells.some((spell) => spell.in_kind === kind || spell.out_kind === kind)) ?? "ok";

/** One person's line of the month grid. `open`: exceptions nobody has decided. */
export interface GridRow {
  uid: string;
  unit: string;
  sheet: AttSheet | undefined;
  days: CalendarDay[];
  open: number;
}

interface GridSource {
  people: ReadonlyMap<string, { body: Person }>;
  days: ReadonlyMap<string, { body: AttDay }>;
  sheets: ReadonlyMap<string, { body: AttSheet }>;
  exceptions: ReadonlyMap<string, { body: AttException }>;
}

/** Everybody who has a line in `month`, unit by unit. */
export function gridOf(month: string, hall: Hall, source: GridSource, today: string): GridRow[] {
  const cases = new Map<string, Map<string, AttException>>();
  for (const [rid, { body }] of source.exceptions) {
    if (!body.day.startsWith(month)) continue;
    const own = cases.get(body.person) ?? new Map<string, AttException>();
    cases.set(body.person, own.set(rid, body));
  }
  const running = new Map<string, Map<string, AttDay>>();
  for (const { body } of source.days.values()) {
    if (!body.day.startsWith(month)) continue;
    const own = running.get(body.person) ?? new Map<string, AttDay>();
    running.set(body.person, own.set(body.day, body));
  }
  const found: GridRow[] = [];
  for (const [uid, { body }] of source.people) {
    const sheet = source.sheets.get(`${month}:${uid}`)?.body;
    const days = running.get(uid);
    if (!sheet && !days) continue;
    const own = cases.get(uid) ?? new Map<string, AttException>();
    const line = weeksOf(month, hall, sheet, days ?? new Map(), own, today).flat().filter((day) => day !== null);
    const open = [...own.values()].filter((exc) => OPEN.includes(exc.state)).length;
    found.push({ uid, unit: sheet?.unit ?? body.unit, sheet, days: line, open });
  }
  const badge = (uid: string) => source.people.get(uid)?.body.badge ?? "";
  return found.sort((a, b) => a.unit.localeCompare(b.unit, "en") || badge(a.uid).localeCompare(badge(b.uid), "en", { numeric: true }));
}

/** Whether the person can still say something: not yet decided, or confirmed and not yet appealed against. */
export function canAnswer(exc: AttException): "answer" | "appeal" | null {
  if (OPEN.includes(exc.state)) return "answer";
  return exc.state === "confirmed" && !exc.appeal ? "appeal" : null;
}

/** Exceptions of one person, newest first. */
export function exceptionsOf(rows: ReadonlyMap<string, { body: AttException }>, uid: string, month?: string): [string, AttException][] {
  return [...rows]
    .map(([rid, { body }]): [string, AttException] => [rid, body])
    .filter(([, one]) => one.person === uid && (!month || one.day.startsWith(month)))
    .sort(([a], [b]) => (a < b ? 1 : -1));
}

/** "2026-10" before "2026-11". */
export function monthBefore(month: string): string {
  return dayOf(instant(`${month}-01`, "12:00") - 2 * 86_400_000).slice(0, 7);
}

/** A month's exceptions in one number each, as the sheet counts them. */
export const TOTALS = ["late", "early", "half_days", "absent", "missing", "leave", "official"] as const;

/** The day seven days before `day` (ISO). */
export const weekBefore = (day: string): string => addDays(day, -7);
