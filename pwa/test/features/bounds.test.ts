/** What an absence can mean, as the phone says it before it is saved: the twin of test_bad_input.py (AWY-05, AWY-07). */
import { describe, expect, it } from "vitest";
import { isFarOff, vacancyMin } from "../../src/features/hall/rules";
import { isShort, isUnlikely, longestUntil } from "../../src/features/presence/bounds";
import { instant } from "../../src/i18n";
import type { Reason } from "../../src/features/presence/notice";
import { at, HALL, MINUTE_MS } from "./world";

const DAY_MS = 86_400_000;
const strict = { ...HALL, rules: { "awy.step_max_hours": 1, "awy.late_days": 1, "awy.short_min": 15 } };

describe("times that cannot be meant", () => {
  it.each<[Reason, number, number, boolean]>([
    ["step_away", at("10:00"), at("10:20"), false],
    ["step_away", at("10:00"), at("11:00") + DAY_MS, true],
    ["step_away", at("10:00") - 7 * DAY_MS, at("10:20") - 7 * DAY_MS, false],
    ["step_away", instant("1990-11-23", "10:00"), instant("1990-11-23", "10:20"), true],
    ["step_away", instant("2126-11-23", "10:00"), instant("2126-11-23", "10:20"), true],
    ["off_today", at("10:00"), at("17:00") + DAY_MS, false],
    ["off_today", at("10:00"), at("17:00") + 7 * DAY_MS, true],
    ["errand", at("10:00"), at("17:00") + 2 * DAY_MS, true],
    ["training", at("10:00"), at("17:00") + 30 * DAY_MS, false],
    ["trip", at("10:00"), at("17:00") + 365 * DAY_MS, true],
  ])("are told before saving: %s %d %d", (reason, leaves_at, back_at, expected) => {
    expect(isUnlikely(HALL, reason, leaves_at, back_at, at("10:00"))).toBe(expected);
  });

  it("ends an errand on the next working day, over a weekend too", () => {
    const friday = instant("2026-11-27", "10:00");
    expect(longestUntil(HALL, "errand", friday)).toBe(instant("2026-11-30", "24:00"));
  });

  it("follows the hall's own limits", () => {
    expect(isUnlikely(strict, "step_away", at("10:00"), at("11:01"), at("10:00"))).toBe(true);
    expect(isFarOff(strict, "awy.", at("10:00") - 2 * DAY_MS, at("10:00"))).toBe(true);
    expect(isFarOff(undefined, "lv.", at("10:00") + 401 * DAY_MS, at("10:00"))).toBe(true);
  });

  it("says that a very short step away needs no notice, and looks at an empty window no sooner again", () => {
    expect([9, 10].map((minutes) => isShort(HALL, "step_away", minutes * MINUTE_MS))).toEqual([true, false]);
    expect(isShort(HALL, "meeting", 5 * MINUTE_MS)).toBe(false);
    expect([HALL, strict].map(vacancyMin)).toEqual([10, 15]);
  });
});
