import { describe, expect, it } from "vitest";
import { runsOf } from "../../src/display/hours";

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
});
