/** Leave as the phone reckons it alone: days, presets, balance, overlap, cover, who is asked; and what a saved op shows at once (LV-06, LV-12, LVT-02, LVT-04). */
import { describe, expect, it } from "vitest";
import { effects } from "../../src/features/leave/effect";
import { askedAs, calendarOf, candidatesOf, countDays, coverOf, isOff, leftOf, overlapsOf, ownLeaves, presetsAt, principalsOf, typesOn, type LeaveRows } from "../../src/features/leave/model";
import { readCalendar } from "../../src/features/leave/year";
import { instant } from "../../src/i18n";
import type { Leave, LeaveTypeRule, LeaveUnit } from "../../src/sync/types.gen";
import { at, base, DAY, HALL, op, screen, type Read } from "./world";

const NEXT = "2026-11-24";
const hall = { ...HALL, hours: Object.fromEntries(["1", "2", "3", "4", "5"].map((day): [string, [string, string][]] => [day, [["08:30", "12:00"], ["14:30", "17:30"]]])), days: { "2026-12-05": "make_up", "2026-12-07": "holiday" } };
const rule = (more: Partial<LeaveTypeRule> = {}): LeaveTypeRule => ({ names: { zh_Hans: "事假" }, count: "working", min_unit: "half_day", chain: "usual", privacy: "P2", displaceable: true, valid_from: "2000-01-01", ...more });
const types = {
  "personal@2000-01-01": { code: "personal", rule: rule({ order: 1 }) },
  "personal@2026-12-01": { code: "personal", rule: rule({ order: 1, min_unit: "day", valid_from: "2026-12-01" }) },
  "sick@2000-01-01": { code: "sick", rule: rule({ order: 2, privacy: "P3" }) },
};
const leave = (more: Partial<Leave> = {}): Leave => ({ person: "ann", unit: "u1", type: "personal", from_at: at("14:30"), to_at: at("17:30"), centidays: 50, state: "pending", asked_at: 0, received_at: 0, grade: "A", by: "ann", ...more });
const unit = (more: Partial<LeaveUnit> = {}): LeaveUnit => ({ person: "bob", from_at: at("14:30"), to_at: at("17:30"), settled: true, ...more });

const world = (more: Parameters<typeof base>[0] = {}) => base({ hall: { hall }, "leave.type": types, ...more });
const rowsOf = (read: Read): LeaveRows => ({
  hall, types: read("leave.type"), leaves: read("leave"), unit: read("leave.unit"), accounts: read("leave.account"), duties: read("duty"), posts: read("post"), people: read("person"),
});
const rows = (more: Parameters<typeof base>[0] = {}) => rowsOf(screen(world(more), [], effects, "ann"));
const span = { from: at("14:30"), to: at("17:30") };

describe("days", () => {
  it.each([
    ["half a day", rule(), `${DAY} 14:30`, `${DAY} 17:30`, 50],
    ["over a weekend", rule(), "2026-11-27 08:30", "2026-11-30 17:30", 200],
    ["a make-up Saturday counts, a holiday does not", rule(), "2026-12-05 08:30", "2026-12-08 12:00", 150],
    ["whole days only", rule({ min_unit: "day" }), `${DAY} 14:30`, `${DAY} 17:30`, 100],
    ["hours of eight", rule({ min_unit: "hour" }), `${DAY} 08:30`, `${DAY} 09:40`, 25],
    ["every day of the calendar", rule({ count: "calendar" }), "2026-11-27 08:30", "2026-11-30 17:30", 400],
  ] as const)("%s", (_, kind, from, to, expected) => {
    expect(countDays(hall, kind, instant(from.slice(0, 10), from.slice(11)), instant(to.slice(0, 10), to.slice(11)))).toBe(expected);
  });

  it("offers what is left of today and the next working day", () => {
    expect(presetsAt(hall, at("13:00")).map(({ id }) => id)).toEqual(["pm", "next_am", "next_pm", "next_day"]);
    const friday = presetsAt(hall, instant("2026-11-27", "18:00"));
    expect(friday.map(({ id, day }) => [id, day])).toEqual([["next_am", "2026-11-30"], ["next_pm", "2026-11-30"], ["next_day", "2026-11-30"]]);
  });

  it("takes the rule that has begun", () => {
    expect(typesOn(rows().types, DAY).map(({ code, rule: one }) => [code, one.min_unit])).toEqual([["personal", "half_day"], ["sick", "half_day"]]);
    expect(typesOn(rows().types, "2026-12-01")[0]?.rule.min_unit).toBe("day");
  });
});

describe("before it is sent", () => {
  it("knows the balance, or that there is no limit", () => {
    const account = { balances: [{ type: "personal", year: 2026, used: 150, pending: 50, granted: 500 }, { type: "sick", year: 2026, used: 0, pending: 0 }] };
    expect([leftOf(account, "personal", DAY), leftOf(account, "sick", DAY), leftOf(undefined, "sick", DAY)]).toEqual([300, null, null]);
  });

  it("sees own leave that meets it, not what was refused", () => {
    const known = rows({ leave: { l1: leave(), l2: leave({ state: "refused" }), l3: leave({ person: "bob" }) } });
    expect(overlapsOf(known.leaves, "ann", span).map(({ rid }) => rid)).toEqual(["l1"]);
    expect(overlapsOf(known.leaves, "ann", { from: at("08:30"), to: at("12:00") })).toEqual([]);
  });

  it("shows every session at the posts of A, and B's own leave", () => {
    const day = { from: at("08:30"), to: at("17:30") };
    expect(coverOf(rows(), "ann", day, "").map(({ post, by, st }) => [post, by, st])).toEqual([["p1", "bob", "ok"], ["p1", "bob", "ok"]]);
    const off = rows({ "leave.unit": { b1: unit() } });
    expect(coverOf(off, "ann", day, "").map(({ st }) => st)).toEqual(["ok", "on_leave"]);
    expect(coverOf(off, "ann", day, "cat").map(({ by, st }) => [by, st])).toEqual([["cat", "ok"], ["cat", "ok"]]);
    expect(isOff(rows({ "leave.unit": { b1: unit({ settled: false }) } }).unit, "bob", span.from, span.to)).toBe(false);
  });

  it("shows lunch duty during the leave, whosever the sessions are (CAL-05, LV-06)", () => {
    const noon = { ...hall, lunch: ["12:00", "14:30"] as [string, string] };
    const planned = (a: string, b: string) => ({ day: DAY, post: "p2", a: "bob", b: "cat", plan: [{ n: 0, a: "bob", b: "cat" }, { n: 8, a, b }] });
    const seen = (duty: ReturnType<typeof planned>, from: string, to: string, stand_in = "") =>
      coverOf({ ...rows({ duty: { [`${DAY}:p2`]: duty } }), hall: noon }, "ann", { from: at(from), to: at(to) }, stand_in).map((one) => [one.post, one.from, one.to, one.by, one.st]);
    expect(seen(planned("ann", "cat"), "08:30", "17:30")).toEqual([["p2", at("12:00"), at("14:30"), "cat", "ok"]]);
    expect(seen(planned("ann", ""), "13:00", "14:00")).toEqual([["p2", at("12:00"), at("14:30"), "", "none"]]);
    expect(seen(planned("ann", "cat"), "14:30", "17:30")).toEqual([]);
    expect(seen(planned("cat", "ann"), "08:30", "17:30")).toEqual([]);
    // Over lunch the row of today says who has that; the afternoon stays whose it is.
    const mine = { day: DAY, post: "p1", a: "cat", b: "", plan: [{ n: 0, a: "ann", b: "bob" }, { n: 8, a: "cat" }] };
    const today = coverOf({ ...rows({ duty: { [`${DAY}:p1`]: mine } }), hall: noon }, "ann", { from: at("08:30"), to: at("17:30") }, "");
    expect(today.map((one) => [one.from, one.by])).toEqual([[at("08:30"), "bob"], [at("14:30"), "bob"]]);
  });

  it("proposes B first, and those on leave last", () => {
    expect(candidatesOf(rows(), "ann", span).map(({ uid }) => uid)).toEqual(["bob", "cat"]);
    expect(candidatesOf(rows({ "leave.unit": { b1: unit() } }), "ann", span).map(({ uid, off }) => [uid, off])).toEqual([["cat", false], ["bob", true]]);
  });
});

describe("who is asked", () => {
  const waits = (role: "HEAD" | "OFF" | "LEAD", more = {}) => leave({ steps: [{ role, st: "waits", ...more }] });
  it.each([
    ["the head of the unit", waits("HEAD"), "cat", "u1", ["HEAD"], "HEAD"],
    ["no other head", waits("HEAD"), "eve", "u2", ["HEAD"], null],
    ["the office only once it has escalated", waits("HEAD"), "off", "c", ["OFF"], null],
    ["then it is", waits("HEAD", { escalated: true }), "off", "c", ["OFF"], "HEAD"],
    ["a leader for a leader", waits("LEAD"), "top", "c", ["TOP"], "LEAD"],
    ["nobody about himself", waits("HEAD"), "ann", "u1", ["HEAD"], null],
  ] as const)("%s", (_, asked, uid, of, roles, expected) => {
    expect(askedAs(asked, uid, of, roles, [])).toBe(expected);
  });

  it("the discipline section about a suspension, and about nothing else (§8)", () => {
    const asked = leave({ steps: [{ role: "TOP", st: "waits" }] });
    expect(askedAs(asked, "dis", "c", ["DIS"], [], true)).toBe("TOP");
    expect(askedAs(asked, "dis", "c", ["DIS"], [])).toBeNull();
    expect(askedAs(leave({ ...asked, person: "dis" }), "dis", "c", ["DIS"], [], true)).toBeNull();
  });

  it("a deputy while he is one", () => {
    const people = rows({ person: { ...base().person, cat: { name: "演丙寅", badge: "003", unit: "u1", title: {}, roles: ["STF", "HEAD"] } } }).people;
    const deputies = new Map([["cat", { rid: "cat", ver: 1, pending: false, body: { deputy: "bob", first: DAY, last: DAY } }]]);
    expect(askedAs(waits("HEAD"), "bob", "u1", ["STF"], principalsOf(deputies, people, "bob", DAY))).toBe("HEAD");
    expect(principalsOf(deputies, people, "bob", NEXT)).toEqual([]);
  });
});

describe("what is shown at once", () => {
  const request = op("leave.request", "l1", { person: "ann", type: "personal", from_at: span.from, to_at: span.to, stand_in: "bob" }, at("09:00"));
  const after = (...ops: Parameters<typeof screen>[1]) => screen(world(), ops, effects, "ann")("leave").get("l1")?.body;

  it("a request, counted", () => expect(after(request)).toMatchObject({ state: "pending", centidays: 50, stand_in: "bob" }));
  it("a withdrawal", () => expect(after(request, op("leave.withdraw", "l1", {}, at("09:05")))?.state).toBe("withdrawn"));
  it("销假", () => expect(after(request, op("leave.return", "l1", { back_at: at("17:00") }, at("17:00")))).toMatchObject({ state: "returned", returned_at: at("17:00") }));
  it("never the reason of an illness", () => {
    const sick = op("leave.request", "l1", { person: "ann", type: "sick", from_at: span.from, to_at: span.to, text: "发烧" }, at("09:00"));
    expect(JSON.stringify(after(sick))).not.toContain("发烧");
  });
  it("a decision moves the chain on, the last one approves", () => {
    const known = { leave: { l1: leave({ steps: [{ role: "HEAD" as const, st: "waits" as const }, { role: "OFF" as const, st: "later" as const }] }) } };
    const said = (...ops: Parameters<typeof screen>[1]) => screen(world(known), ops, effects, "cat")("leave").get("l1")?.body;
    expect(said(op("leave.decide", "l1", { accept: true }, 1))).toMatchObject({ state: "pending", steps: [{ st: "yes" }, { st: "waits" }] });
    expect(said(op("leave.decide", "l1", { accept: true }, 1), op("leave.decide", "l1", { accept: true }, 2))?.state).toBe("approved");
    expect(said(op("leave.decide", "l1", { accept: false }, 1))?.state).toBe("refused");
  });
  it("own leaves with what goes on first", () => {
    const known = rows({ leave: { a: leave({ state: "returned", from_at: at("16:00") }), b: leave() } });
    expect(ownLeaves(known.leaves, "ann").map(({ rid }) => rid)).toEqual(["b", "a"]);
  });
});

describe("the calendar of a unit", () => {
  it("shows days and cover, never types or reasons", () => {
    const gap = unit({ person: "cat", cover: [{ post: "p1", from_at: span.from, to_at: span.to, st: "none" }] });
    const known = rows({ "leave.unit": { b: unit(), c: gap, d: unit({ person: "ann", settled: false }) } });
    const lines = calendarOf(known.unit, ["ann", "bob", "cat", "dan"], [DAY, NEXT]);
    expect(lines.map(({ uid, days }) => [uid, ...days])).toEqual([["ann", "asked", ""], ["bob", "off", ""], ["cat", "gap", ""], ["dan", "", ""]]);
  });
});

describe("a calendar file", () => {
  const file = (days: object[], year = 2027) => JSON.stringify({ year, papers: ["文"], days });
  it("says what it would change", () => {
    const read = readCalendar(file([{ date: "2027-01-04", isOffDay: true }, { date: "2027-01-02", isOffDay: false }, { date: "2027-01-03", isOffDay: true }]), hall);
    expect([read.fault, read.days, read.changed]).toEqual(["", 3, [{ day: "2027-01-04", works: false }, { day: "2027-01-02", works: true }]]);
  });
  it.each([["no JSON", "x"], ["nothing in it", "{}"], ["a day of another year", file([{ date: "2026-01-04", isOffDay: true }])], ["a day twice", file([{ date: "2027-01-04", isOffDay: true }, { date: "2027-01-04", isOffDay: true }])], ["no day", file([{ date: "2027-13-04", isOffDay: true }])]])("%s is refused whole", (_, text) => {
    expect(readCalendar(text, hall).fault).not.toBe("");
  });
});
