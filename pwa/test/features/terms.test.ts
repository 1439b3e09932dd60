/** Terms on the phone give what they give at the server: the same vectors, and the same calendar (CAL-01..12): what
 * the phone caches is enough to compute them without a network (CAL-11). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { dayOf, instant } from "../../src/i18n";
import { binding, dayAhead, due, nextWorkingDay, workingDays, type Term } from "../../src/features/hall/terms";
import { worksOn } from "../../src/features/hall/rules";
import type { Hall } from "../../src/sync/types.gen";
import { HALL } from "./world";

interface Vector {
  name: string;
  at: string;
  term: Term;
  pauses?: [string, string][];
  day: string;
  ends?: string;
  received: string;
  provisional: boolean;
}
interface Published {
  year: number;
  days: { date: string; isOffDay: boolean; statutory?: boolean }[];
}

const folder = new URL("../../../server/domain/hall/", import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, folder), "utf8")) as unknown;
const vectors = read("terms_vectors.json") as Vector[];
const published = [2024, 2025, 2026].map((year) => read(`calendars/cn-${year}.json`) as Published);
const weekend = (day: string) => [0, 6].includes(new Date(`${day}T12:00:00Z`).getUTCDay());

/** The hall of the vectors: Monday to Friday, two sessions, the mainland's calendars of three years and what is certain of 2027. */
const hall: Hall = {
  ...HALL,
  hours: Object.fromEntries(["1", "2", "3", "4", "5"].map((day): [string, [string, string][]] => [day, [["08:30", "12:00"], ["14:30", "17:30"]]])),
  days: {
    "2027-01-01": "holiday",
    ...Object.fromEntries(published.flatMap(({ days }) => days.map(({ date, isOffDay }) => [date, isOffDay ? "holiday" : weekend(date) ? "make_up" : "working"]))),
  },
  calendars: { 2024: "a", 2025: "b", 2026: "c" },
};
const moment = (text: string) => instant(text.slice(0, 10), text.slice(11));

describe("terms", () => {
  it.each(vectors)("$name", (vector) => {
    const pauses = (vector.pauses ?? []).map(([from, to]) => ({ from: moment(from), to: moment(to) }));
    const found = due(hall, vector.term, moment(vector.at), pauses);
    expect([found.day, found.received, found.provisional]).toEqual([vector.day, vector.received, vector.provisional]);
    if (vector.ends) expect(found.at).toBe(moment(vector.ends));
  });

  it("counts 248 working days in 2026, by month as published", () => {
    const months = [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23];
    const last = (month: number) => new Date(Date.UTC(2026, month, 0)).toISOString().slice(0, 10);
    expect(months.map((_, n) => workingDays(hall, `2026-${String(n + 1).padStart(2, "0")}-01`, last(n + 1)))).toEqual(months);
  });

  it("ends one day ahead with the business of the working day before (CAL-09)", () => {
    expect(dayAhead(hall, "2026-10-08")).toBe(moment("2026-09-30 17:30"));
    expect(dayAhead(hall, "2026-05-11")).toBe(moment("2026-05-09 17:30"));
  });

  it("lets the date better for the citizen bind, never past the legal limit (CAL-12)", () => {
    expect(binding("2026-03-02", "2026-03-04", "2026-03-10")).toEqual({ day: "2026-03-02", alarm: false });
    expect(binding("2026-03-12", "2026-03-11", "2026-03-10")).toEqual({ day: "2026-03-10", alarm: true });
  });

  it("agrees with a walk over every minute of a fortnight in spring 2026", () => {
    const step = 30 * 60_000;
    for (let from = moment("2026-02-12 09:00"); from < moment("2026-02-27 12:00"); from += 7 * step) {
      let at = from;
      let left = 3 * 60 * 60_000;
      while (left > 0) {
        const day = dayOf(at);
        const open = worksOn(hall, day) && [["08:30", "12:00"], ["14:30", "17:30"]].some(([a, b]) => instant(day, a ?? "") <= at && at < instant(day, b ?? ""));
        at += step;
        if (open) left -= step;
      }
      expect(due(hall, { amount: 3, unit: "hour" }, from).at).toBe(at);
    }
  });

  it("knows no end where a hall never opens", () => {
    expect(() => nextWorkingDay({ ...hall, days: Object.fromEntries(Array.from({ length: 4000 }, (_, n) => [new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10), "closed"])) }, "2026-01-01")).toThrow();
  });
});
