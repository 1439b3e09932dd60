import { describe, expect, it } from "vitest";
import { doorOf, LINES, linesOn, mayShow, overviewOf, whereaboutsPages } from "../../src/display/layouts-model";
import { stageOf, type Cell } from "../../src/display/model";
import { emergencyTexts, expectedText, isLeaving } from "../../src/display/words";
import { instant } from "../../src/i18n";
import type { PostInside, PostPublic } from "../../src/sync/types.gen";

const MINUTE = 60_000;
const cell = (number: string, more: Partial<PostPublic> = {}): Cell => ({
  rid: `p${number}`,
  post: { number, zone: "z1", order: Number(number), unit: { zh_Hans: "甲局" }, services: [], label: "on_post", plate: `演${number}`, since: 0, unit_id: "u1", ...more },
});
const inside = (number: string, more: Partial<PostInside> = {}): [string, PostInside] => [
  `p${number}`,
  { number, zone: "z1", order: 1, unit: {}, label: "on_post", a: "演甲子", b: "演乙丑", required: true, since: 0, ...more },
];

describe("a unit's door plate (AWY-02)", () => {
  it("shows the unit's own windows and nothing of others", () => {
    const door = doorOf([cell("1"), cell("2", { unit_id: "u2", unit: { zh_Hans: "乙局" } }), cell("3")], "u1");
    expect(door.cells.map((one) => one.rid)).toEqual(["p1", "p3"]);
    expect(door.unit).toEqual({ zh_Hans: "甲局" });
    expect(door.away).toBeNull();
  });

  it("shows one window alone on the screen of that window (AWY-08)", () => {
    const cells = [cell("1"), cell("2"), cell("3", { unit_id: "u2" })];
    expect(doorOf(cells, "u1", "p2").cells.map((one) => one.rid)).toEqual(["p2"]);
    expect(doorOf(cells, "u1", "p3").cells).toEqual([]);
  });

  it("tells the class of reason, the return and where to go while all are away", () => {
    const away = { label: "suspended", all_away: "meeting_training", back_at: 5, go_to: "9" } as const;
    expect(doorOf([cell("1", away), cell("3", away)], "u1").away).toEqual({ label: "meeting_training", back_at: 5, go_to: "9" });
  });
});

describe("the whereabouts board (AWY-10)", () => {
  it("begins with who is away, the longest first, and leaves out windows nobody holds today", () => {
    const pages = whereaboutsPages([cell("1"), cell("2", { label: "step_away", since: 9 }), cell("3", { label: "covered", since: 5 }), cell("4", { plate: "" })]);
    expect(pages.map((page) => page.map((one) => one.rid))).toEqual([["p3", "p2", "p1"]]);
  });

  it("turns pages when there are many", () => {
    const pages = whereaboutsPages(Array.from({ length: LINES + 1 }, (_, n) => cell(String(n + 1))));
    expect(pages.map((page) => page.length)).toEqual([LINES, 1]);
    expect(whereaboutsPages([])).toEqual([[]]);
  });

  it("fills an upright screen", () => {
    expect([linesOn(1920, 1080), linesOn(1080, 1080), linesOn(768, 1024), linesOn(1080, 1920)]).toEqual([LINES, LINES, 18, 25]);
  });
});

describe("the office's overview (DSP-09)", () => {
  it("counts, and puts the longest gap and the overdue first", () => {
    const all = overviewOf([
      inside("1"),
      inside("2", { label: "covered", by: "演乙丑", left_at: 1, back_at: 30 }),
      inside("3", { label: "step_away", since: 9, left_at: 9, back_at: 20 }),
      inside("4", { label: "suspended", since: 5, left_at: 2, back_at: 40, overdue: true }),
      inside("5", { label: "off_today", required: false, since: 1 }),
      inside("6", { label: "closed" }),
    ]);
    expect([all.here, all.covered, all.away, all.overdue]).toEqual([1, 1, 3, 1]);
    expect(all.gaps.map((one) => one.rid)).toEqual(["p4", "p3"]);
    expect(all.gone.map((one) => one.rid)).toEqual(["p4", "p3", "p2"]);
  });
});

describe("when somebody is expected, on the office's wall (DSP-09)", () => {
  const now = instant("2026-11-23", "10:00");
  it.each([
    ["today", { label: "official_out", reason: "trip", back_at: instant("2026-11-23", "16:30") }, "约 16:30 返回"],
    ["tomorrow", { label: "official_out", reason: "trip", back_at: instant("2026-11-24", "10:00") }, "约明天 10:00 返回"],
    ["at midnight", { label: "official_out", reason: "trip", back_at: instant("2026-11-24", "00:00") }, "今日不在岗"],
    ["not today, someone else serves", { label: "covered", reason: "off_today", back_at: instant("2026-11-24", "00:00") }, "今日不在岗"],
    ["not today, which the label says", { label: "off_today", reason: "off_today", back_at: instant("2026-11-24", "00:00") }, ""],
  ] as const)("%s", (_, post, said) => expect(expectedText({ ...inside("1")[1], ...post }, now)).toBe(said));
});

describe("the emergency banner (EMG-08, DSP-01)", () => {
  const zones = [{ id: "z2", names: { zh_Hans: "二区" }, floor: 1 }];
  const posts = new Map([["p1", "01"]]);
  it("says the newest message of the closed set, where to go and which windows go on by hand", () => {
    const said = emergencyTexts([{ message: "power", since: 1 }, { message: "system", since: 2, go_to: "z2", paper_posts: ["p1", "gone"] }], zones, posts).join("\n");
    for (const part of ["系统故障", "二区", "01"]) expect(said).toContain(part);
    expect(said).not.toContain("gone");
    expect(said).not.toContain("停电");
  });

  it("is empty while nothing is told", () => {
    expect(emergencyTexts([], zones, posts)).toEqual([]);
    expect(isLeaving([])).toBe(false);
    expect(isLeaving([{ message: "power", since: 1 }, { message: "evacuate", since: 2 }])).toBe(true);
    expect(isLeaving([{ message: "power", since: 3 }, { message: "evacuate", since: 2 }])).toBe(false);
  });
});

describe("how old a layout may be (CON-41)", () => {
  it.each([
    [9, true, true],
    [10.1, false, true],
    [30, false, true],
    [30.1, false, false],
  ])("after %s minutes: persons %s, states %s", (minutes, persons, states) => {
    expect(mayShow(stageOf(minutes * MINUTE))).toEqual({ persons, states });
  });
});
