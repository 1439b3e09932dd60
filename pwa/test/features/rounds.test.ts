import { describe, expect, it } from "vitest";
import { wholePeriod, periodBefore } from "../../src/features/bulletin/bulletins";
import { effects as patrolEffects } from "../../src/features/patrol/effect";
import { effects } from "../../src/features/rounds/effect";
import { hoursOf } from "../../src/features/hall/hours";
import { zoneOf } from "../../src/features/hall/zone-code";
import { today, walking } from "../../src/features/rounds/slots";
import type { Round, Slot } from "../../src/sync/types.gen";
import { at, base, DAY, HALL, op, screen } from "./world";

const round = (more: Partial<Round> = {}): Round => ({ slot: `${DAY}T10`, type: "hourly", inspector: "ins", started_at: at("10:02"), zones: [], exceptions: 0, state: "done", finished_at: at("10:30"), ...more });

describe("the hours of a day (PTL-01, PTL-06)", () => {
  const hours = (rounds: Record<string, Round>, slots: Record<string, Slot>, now: string) => {
    const read = screen(base({ round: rounds, slot: slots }), [], effects, "ins");
    return Object.fromEntries(today(HALL, read("round"), read("slot"), at(now)).map((hour) => [hour.slot.slice(11), hour.state]));
  };

  it("are all of its opening time, short pieces with the hour beside them; none on days the hall is closed (CAL-10)", () => {
    expect(hoursOf(HALL, DAY).map(({ slot }) => slot.slice(11))).toEqual(["09", "10", "11", "15", "16"]);
    expect(hoursOf(HALL, DAY).map(({ from, to }) => [from, to])).toEqual([["08:30", "10:00"], ["10:00", "11:00"], ["11:00", "12:00"], ["14:30", "16:00"], ["16:00", "17:30"]].map((span) => span.map(at)));
    expect(hoursOf({ ...HALL, days: { [DAY]: "holiday" } }, DAY)).toEqual([]);
  });

  it("are done, running, due, missed for now, or to come; a late round takes the alarm back", () => {
    const late: Slot = { slot: `${DAY}T09`, state: "late", alarm_at: at("10:10"), final_at: at("12:00"), round: "r9" };
    const rounds = { r9: round({ slot: `${DAY}T09` }), r11: round({ slot: `${DAY}T11`, state: "running", started_at: at("11:01") }), x: round({ type: "irregular", slot: `${DAY}T15` }) };
    expect(hours(rounds, { [`${DAY}T09`]: late }, "11:20")).toEqual({ "09": "late", "10": "missed", "11": "running", "15": "ahead", "16": "ahead" });
    expect(hours({}, {}, "10:05")).toMatchObject({ "09": "now", "10": "now" });
    const part = round({ slot: `${DAY}T09`, missing: 2 });
    expect(hours({ part }, {}, "10:05")).toMatchObject({ "09": "partial" });
    expect(hours({ part, whole: round({ slot: `${DAY}T09`, started_at: at("09:40") }) }, {}, "10:05")).toMatchObject({ "09": "done" });
  });

  it("are done by looks on a round nobody ended, as far as these go (PTL-06)", () => {
    const left = (looked: number) => ({ r10: round({ state: "running", due: 4, looked }) });
    const told = (state: Slot["state"]): Record<string, Slot> => ({ [`${DAY}T10`]: { slot: `${DAY}T10`, state, alarm_at: at("11:11"), final_at: at("12:00") } });
    expect([hours(left(4), {}, "11:05")["10"], hours(left(4), {}, "11:20")["10"], hours(left(3), {}, "11:20")["10"]]).toEqual(["running", "done", "running"]);
    expect([hours(left(3), told("partial"), "11:20")["10"], hours(left(4), told("late"), "11:20")["10"], hours(left(4), told("wide"), "11:20")["10"]]).toEqual(["partial", "late", "done"]);
  });

  it("are missed, too, where a round was begun and never heard of again (PTL-06, CON-08)", () => {
    const begun = { r10: round({ state: "running" }) };
    const missed: Slot = { slot: `${DAY}T10`, state: "missed", alarm_at: at("11:11"), final_at: at("12:00") };
    expect(hours(begun, {}, "11:05")).toMatchObject({ "10": "running" });
    expect(hours(begun, { [`${DAY}T10`]: missed }, "11:20")).toMatchObject({ "10": "missed" });
  });

  it("who is walking is shown with what was looked at; a round forgotten yesterday is not", () => {
    const zones = [{ zone: "z1", posts: ["p1", "p2"], at: at("10:05") }];
    const old = round({ state: "running", started_at: at("10:00") - 86_400_000 });
    const read = screen(base({ round: { r1: round({ state: "running", zones, exceptions: 1 }), old } }), [], effects, "ins");
    expect(walking(read("round"), at("10:10")).map(({ rid, seen, zones: n }) => [rid, seen, n])).toEqual([["r1", 3, 1]]);
  });
});

describe("what the own device shows at once", () => {
  it("a scanned zone stands with the round, once; a code of another hall changes nothing", () => {
    const scan = (rid: string, code: string) => op("patrol.point", rid, { code, at: at("10:03") }, at("10:03"));
    const read = screen(base({ round: { r1: round() } }), [scan("r1", "zaigang-zone:z2:ABCDEFGH23"), scan("r1", "zaigang-zone:z2:ABCDEFGH23"), scan("r1", "zaigang-zone:z1:ABCDEFGH23"), scan("r1", "p1")], effects, "ins");
    expect(read("round").get("r1")?.body.points).toEqual(["z1", "z2"]);
    expect(zoneOf("p1")).toBeNull();
  });

  it("a camera's record and a tie are there before the server has answered", () => {
    const seen = { camera: "C-07", at: at("09:58"), post: "p1", seen: "empty_no_notice" as const };
    const read = screen(base({}), [op("patrol.video", "v1", seen, at("10:00")), op("patrol.tie", "ins", { units: ["u1"], people: [] }, at("10:00"))], effects, "ins");
    expect(read("video").get("v1")?.body).toMatchObject({ camera: "C-07", by: "ins" });
    expect(read("tie").get("ins")?.body.units).toEqual(["u1"]);
    const fast = screen(base({}), [op("patrol.video", "v2", { ...seen, at: at("10:04") }, at("10:00"))], effects, "ins");
    expect(fast("video").get("v2")?.body).toMatchObject({ at: at("10:00"), grade: "C" });
    const taken = screen(base({ video: { v1: { ...seen, received_at: 0, grade: "B", by: "ins" } } }), [op("patrol.withdraw", "v1", { text: "看错摄像头" }, at("10:01"))], patrolEffects, "ins");
    expect(taken("video").get("v1")?.body.withdrawn).toBe("看错摄像头");
  });
});

describe("the period of a bulletin (PTL-10)", () => {
  it("is a whole week from Monday or a whole month, whichever day was named", () => {
    expect(wholePeriod("patrol_week", "2026-11-29")).toEqual({ from_day: "2026-11-23", to_day: "2026-11-29" });
    expect(wholePeriod("patrol_week", "2027-01-01")).toEqual({ from_day: "2026-12-28", to_day: "2027-01-03" });
    expect(wholePeriod("patrol_month", "2028-02-10")).toEqual({ from_day: "2028-02-01", to_day: "2028-02-29" });
    expect(wholePeriod("patrol_month", "2026-12-31")).toEqual({ from_day: "2026-12-01", to_day: "2026-12-31" });
  });

  it("is at first the last one that is over", () => {
    const now = Date.parse("2026-11-24T02:00:00Z");
    expect(periodBefore("patrol_week", now)).toEqual({ from_day: "2026-11-16", to_day: "2026-11-22" });
    expect(periodBefore("patrol_month", now)).toEqual({ from_day: "2026-10-01", to_day: "2026-10-31" });
    expect(periodBefore("check", now).to_day).toBe("2026-11-24");
  });
});
