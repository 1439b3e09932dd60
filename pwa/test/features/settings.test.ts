import { describe, expect, it } from "vitest";
import { amount, plateOf, standing, stepsOf, surname } from "../../src/features/leave/params";
import { PARAMS } from "../../src/features/leave/params.gen";
import { edgesOf, spansOf, typed } from "../../src/features/leave/spans";
import type { Hall } from "../../src/sync/types.gen";

const param = PARAMS.find(({ key }) => key === "awy.consent_min")!;
const hall = (more: Partial<Hall>) => ({ rules: {}, ...more }) as unknown as Hall;

describe("a parameter of the hall (§16, GEN-03)", () => {
  it("is its default while nobody has said anything", () => {
    expect(standing(hall({}), param, "2026-11-23")).toEqual({ now: { from_day: "", value: 30 }, next: undefined });
  });

  it("is what was said last of the days up to that one, and tells what comes next", () => {
    const dated = [
      { from_day: "", rules: { "awy.consent_min": 30, "att.grace_min": 0 } },
      { from_day: "2026-11-24", rules: { "awy.consent_min": 45 } },
      { from_day: "2026-11-25", rules: { "att.grace_min": 5 } },
      { from_day: "2026-12-01", rules: { "awy.consent_min": 60 } },
    ];
    const one = hall({ dated, rules: { "awy.consent_min": 45 } });
    expect(standing(one, param, "2026-11-23").now).toEqual({ from_day: "", value: 30 });
    expect(standing(one, param, "2026-11-30")).toEqual({ now: { from_day: "2026-11-24", value: 45 }, next: { from_day: "2026-12-01", value: 60 } });
    expect(stepsOf(one, "att.grace_min")).toEqual([{ from_day: "", value: 0 }, { from_day: "2026-11-25", value: 5 }]);
  });

  it("is counted in the unit its key ends with", () => {
    const shown = ["awy.consent_min", "evd.vacancy_min_minutes", "evd.answer_days", "emg.feedback_hours", "evd.offset_tolerance_s", "chk.coverage_min_percent", "chk.team_min", "ptl.points_min", "idx.min_n"];
    expect(shown.map((key) => amount(key, 3))).toEqual(["3 分钟", "3 分钟", "3 天", "3 小时", "3 秒", "3%", "3", "3", "3"]);
  });

  it("has a place on the screen whatever it is", () => {
    expect(PARAMS.every(({ label, key }) => label !== "" && key.includes("."))).toBe(true);
  });
});

describe("a plate (DSP-06)", () => {
  it.each([
    ["范示乙", "范"],
    ["𠮷示辛", "𠮷"],
    ["欧阳修", "欧阳"],
    ["司馬示甲", "司馬"],
    ["欧阳", "欧"],
    ["欧示阳", "欧"],
    ["Demonstratia Fictivox", "Fictivox"],
    ["", ""],
  ])("of %s says %s by surname", (name, said) => {
    expect(surname(name)).toBe(said);
  });

  it("follows the policy", () => {
    const person = { name: "欧阳修", badge: "1007" };
    expect((["name", "surname_title", "badge"] as const).map((policy) => plateOf(policy, person, "主任"))).toEqual(["欧阳修", "欧阳 主任", "1007"]);
  });
});

describe("the hours of a day (CAL-05)", () => {
  it("that had none are typed one time after the other: the first is kept until its span is whole", () => {
    const begun = typed(edgesOf([]), 0, "12:00");
    expect(spansOf(begun)).toEqual([]);
    expect(spansOf(typed(begun, 1, "14:30"))).toEqual([["12:00", "14:30"]]);
  });

  it("lose the span whose time is taken away", () => {
    const day = edgesOf([["08:30", "12:00"], ["14:30", "17:30"]]);
    expect(spansOf(typed(day, 2, ""))).toEqual([["08:30", "12:00"]]);
  });
});
