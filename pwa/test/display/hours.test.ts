import { describe, expect, it } from "vitest";
import { hoursText, lunchNow, runsOf } from "../../src/display/hours";
import { instant } from "../../src/i18n";
import type { Hall } from "../../src/sync/types.gen";

describe("opening hours", () => {
  const day: [string, string][] = [["08:30", "12:00"], ["14:30", "17:30"]];
  const short: [string, string][] = [["09:00", "12:00"]];

  it("of a plain week are one run", () => {
    expect(runsOf({ "1": day, "2": day, "3": day, "4": day, "5": day })).toEqual([{ from: "1", to: "5", spans: day }]);
  });

  it("begin a new run where the hours change or a day is missing", () => {
    expect(runsOf({ "1": day, "2": day, "4": day, "6": short, "7": [] })).toEqual([
      { from: "1", to: "2", spans: day },
      { from: "4", to: "4", spans: day },
      { from: "6", to: "6", spans: short },
    ]);
  });

  it("follow the season, with its lunch duty; hours of a day to come are not shown yet (CAL-05)", () => {
    const winter = { first: "10-01", hours: { "1": day }, lunch: ["12:00", "14:30"] as [string, string] };
    const summer = { first: "05-01", hours: { "1": short } };
    const hall = { hours: { "1": short }, seasons: [summer, winter], earlier: [] } as unknown as Hall;
    const at = (iso: string) => hoursText(hall, instant(iso, "09:00")).map(({ spans }) => spans);
    expect(at("2026-11-23")).toEqual([["08:30–12:00", "14:30–17:30"], ["12:00–14:30"]]);
    expect(at("2026-06-01")).toEqual([["09:00–12:00"]]);
    const now = (clock: string, rules = {}) => lunchNow({ ...hall, days: {}, rules }, instant("2026-11-23", clock));
    expect([now("11:59"), now("12:00"), now("14:30"), now("12:30", { "demo.always_open": true })]).toEqual(["", "午间值班 12:00–14:30", "", ""]);
    const changed = { hours: { "1": short }, earlier: [{ until: "2026-12-01", hours: { "1": day } }] } as unknown as Hall;
    expect(hoursText(changed, instant("2026-11-30", "09:00")).map(({ spans }) => spans)).toEqual([["08:30–12:00", "14:30–17:30"]]);
  });
});
