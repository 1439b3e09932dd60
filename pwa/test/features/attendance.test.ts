import { describe, expect, it } from "vitest";
import { effects } from "../../src/features/attendance/effect";
import { canAnswer, choicesAt, edgeKind, gridOf, monthBefore, slotsOf, weeksOf } from "../../src/features/attendance/model";
import type { AttDay, AttException, AttSheet, PunchShown } from "../../src/sync/types.gen";
import { at, base, DAY, HALL, op, screen } from "./world";

const slots = slotsOf(HALL, DAY);
const punch = (session: number, way: "in" | "out", clock: string): PunchShown => ({ session, way, at: at(clock), received_at: at(clock), grade: "A" });
const offered = (clock: string, ...made: PunchShown[]) => choicesAt(HALL, slots, made, at(clock)).map((one) => `${one.slot.number}${one.way}${one.again ? " again" : ""}`);

const exception = (more: Partial<AttException> = {}): AttException => ({
  person: "ann", unit: "u1", day: DAY, session: 0, way: "in", kind: "late", state: "detected", explain: { key: "att.late", params: {} }, due_at: at("08:30"), ...more,
});
const sheet: AttSheet = { person: "ann", unit: "u1", month: "2026-11", state: "running", days: [{ day: 20, spells: [{ in_at: 1, out_at: 2 }] }, { day: 19, spells: [{ in_kind: "leave", out_kind: "leave" }] }], totals: { days: 2 }, due_at: 0 };

describe("what can be signed now (ATT-03)", () => {
  it.each([
    ["06:29", []],
    ["06:30", ["0in"]],
    ["08:29", ["0in"]],
    ["11:59", ["0in"]],
    ["12:00", ["0out"]],
    ["12:30", ["0out", "1in"]],
    ["14:30", ["1in"]],
    ["17:30", ["1out"]],
    ["22:00", ["1out"]],
  ])("offers at %s, with nothing signed: %s", (clock, wanted) => {
    expect(offered(clock)).toEqual(wanted);
  });

  it("offers the sign-out of the session once signed in, and nothing twice", () => {
    expect(offered("09:00", punch(0, "in", "08:20"))).toEqual(["0out"]);
    expect(offered("12:05", punch(0, "in", "08:20"), punch(0, "out", "12:01"))).toEqual([]);
    expect(offered("12:35", punch(0, "in", "08:20"), punch(0, "out", "12:01"))).toEqual(["1in"]);
    expect(offered("11:00", punch(0, "in", "08:20"), punch(0, "out", "10:00"))).toEqual(["0out again"]);
  });

  it("says how late or early a punch would be", () => {
    expect(choicesAt(HALL, slots, [], at("08:45"))[0]).toMatchObject({ way: "in", minutes: 15 });
    expect(choicesAt(HALL, slots, [punch(0, "in", "08:20")], at("11:30"))[0]).toMatchObject({ way: "out", minutes: 30 });
  });

  it("knows halls with two punches a day, and days of rest", () => {
    const two = { ...HALL, rules: { "att.punches": 2 } };
    expect(slotsOf(two, DAY)).toEqual([{ from: at("08:30"), to: at("17:30"), number: 0 }]);
    expect(slotsOf(HALL, "2026-11-22")).toEqual([]);
  });

  it.each([
    ["in", "08:30:59", "ok"],
    ["in", "08:31", "late"],
    ["in", "09:00", "half_day"],
  ] as const)("judges %s at %s as the server would: %s (ATT-04)", (way, clock, kind) => {
    const [minutes, seconds = "0"] = [clock.slice(0, 5), clock.slice(6) || "0"];
    expect(edgeKind(HALL, way, at("08:30"), at(minutes) + Number(seconds) * 1000)).toBe(kind);
  });
});

describe("before the server has answered", () => {
  it("shows a punch at once, unproven, in its session", () => {
    const day = screen(base(), [op("att.punch", "p1", { day: DAY, session: 0, way: "in" }, at("08:35"))], effects, "ann")("att.day").get(`${DAY}:ann`)?.body;
    expect(day?.punches).toMatchObject([{ session: 0, way: "in", grade: "C" }]);
    expect(day?.spells[0]).toMatchObject({ in_at: at("08:35"), in_kind: "late", out_kind: "waiting" });
  });

  it("keeps the first sign-in and the last sign-out", () => {
    const punches = [op("att.punch", "p1", { day: DAY, session: 0, way: "in" }, at("08:20")), op("att.punch", "p2", { day: DAY, session: 0, way: "in" }, at("08:50"))];
    const outs = [op("att.punch", "p3", { day: DAY, session: 0, way: "out" }, at("11:00")), op("att.punch", "p4", { day: DAY, session: 0, way: "out" }, at("12:01"))];
    const day = screen(base(), [...punches, ...outs], effects, "ann")("att.day").get(`${DAY}:ann`)?.body;
    expect(day?.spells[0]).toMatchObject({ in_at: at("08:20"), in_kind: "ok", out_at: at("12:01"), out_kind: "ok" });
  });

  it("marks an exception as answered, appealed against, decided", () => {
    const rid = `${DAY}:ann:0:in`;
    const rows = (...ops: Parameters<typeof screen>[1]) => screen(base({ "att.exc": { [rid]: exception() } }), ops, effects, "ann")("att.exc").get(rid)?.body;
    expect(rows(op("att.answer", rid, { text: "堵车" }, at("09:00")))).toMatchObject({ state: "answered", answers: ["堵车"] });
    expect(rows(op("att.decide", rid, { accept: false, text: "不成立" }, at("10:00")))).toMatchObject({ state: "confirmed", decision: "不成立" });
    expect(rows(op("att.decide", rid, { accept: false }, at("10:00")), op("att.answer", rid, { text: "有证据", appeal: true }, at("11:00")))).toMatchObject({ state: "appealed", appeal: "有证据" });
  });
});

describe("the month", () => {
  it("has weeks from Monday with a word for every day", () => {
    const weeks = weeksOf("2026-11", HALL, sheet, new Map(), new Map([["x", exception({ day: "2026-11-20" })]]), DAY);
    expect(weeks[0]?.map((day) => day?.number ?? null)).toEqual([null, null, null, null, null, null, 1]);
    const marks = new Map(weeks.flat().flatMap((day) => (day ? [[day.number, day.mark]] : [])));
    expect([20, 19, 21, 23, 24].map((day) => marks.get(day))).toEqual(["open", "leave", "rest", "today", "none"]);
  });

  it("says of an exception whether it is open, counted or settled in the person's favour", () => {
    const mark = (state: AttException["state"]) => weeksOf("2026-11", HALL, sheet, new Map(), new Map([["x", exception({ day: "2026-11-20", state })]]), DAY).flat().find((day) => day?.number === 20)?.mark;
    expect([mark("pending"), mark("confirmed"), mark("withdrawn"), mark("cleared")]).toEqual(["open", "counted", "settled", "ok"]);
  });

  it("is answered while it is open and appealed against once", () => {
    expect((["detected", "answered", "pending", "confirmed", "appealed", "explained", "cleared"] as const).map((state) => canAnswer(exception({ state })))).toEqual(["answer", "answer", "answer", "appeal", null, null, null]);
    expect(canAnswer(exception({ state: "confirmed", appeal: "说过了" }))).toBeNull();
  });

  it("is a grid of everybody who has a line, unit by unit", () => {
    const read = screen(base(), [], effects, "ann");
    const running: AttDay = { person: "dan", unit: "u2", day: DAY, spells: [{ in_kind: "unseen", out_kind: "waiting" }], punches: [] };
    const rows = gridOf("2026-11", HALL, { people: read("person"), sheets: new Map([["2026-11:ann", { body: sheet }]]), days: new Map([[`${DAY}:dan`, { body: running }]]), exceptions: new Map([["x", { body: exception() }]]) }, DAY);
    expect(rows.map((row) => [row.uid, row.unit, row.open])).toEqual([["ann", "u1", 1], ["dan", "u2", 0]]);
    expect(rows[1]?.days.find((day) => day.day === DAY)).toMatchObject({ mark: "today", kind: "unseen" });
  });

  it("knows the month before January", () => {
    expect([monthBefore("2026-11"), monthBefore("2027-01")]).toEqual(["2026-10", "2026-12"]);
  });
});
