import { describe, expect, it } from "vitest";
import {
  ageOf,
  changedOf,
  inWalkingOrder,
  pagesOf,
  returnOf,
  rotationOf,
  serviceLine,
  roundUpFiveMinutes,
  sayingOf,
  shiftAt,
  stageOf,
  staticPagesOf,
  suspendedOf,
  turnAt,
  untilNight,
  type Cell,
  type Stage,
} from "../../src/display/model";
import type { PostPublic, Zone } from "../../src/sync/types.gen";

const ZONES: Zone[] = [
  { id: "b", names: { zh_Hans: "乙区" }, floor: 1 },
  { id: "a", names: { zh_Hans: "甲区" }, floor: 2 },
];

function post(number: string, more: Partial<PostPublic> = {}): PostPublic {
  return { number, zone: "b", order: Number(number), unit: { zh_Hans: "演示局" }, services: [], label: "on_post", plate: "演甲子", since: 0, ...more };
}

function hall(count: number, more: Record<number, Partial<PostPublic>> = {}): Cell[] {
  const posts = Array.from({ length: count }, (_, i): [string, PostPublic] => [`p${i + 1}`, post(String(i + 1), more[i + 1])]);
  return inWalkingOrder(posts, ZONES);
}

const numbers = (cells: readonly Cell[]): string[] => cells.map((cell) => cell.post.number);

describe("the age of what is shown", () => {
  it.each<[number, Stage]>([
    [0, "live"],
    [10_000, "live"],
    [10_001, "amber"],
    [60_000, "amber"],
    [60_001, "grey"],
    [600_000, "grey"],
    [600_001, "hidden"],
    [1_800_000, "hidden"],
    [1_800_001, "static"],
    [Infinity, "static"],
  ])("%d ms is %s", (age_ms, stage) => expect(stageOf(age_ms)).toBe(stage));

  it("hides and falls back after as many minutes as the hall's rules say (CON-41, DSP-04)", () => {
    const rules = { "dsp.stale_hide_min": 3, "dsp.stale_static_min": 5 };
    expect([170_000, 181_000, 301_000].map((age_ms) => stageOf(age_ms, rules))).toEqual(["grey", "hidden", "static"]);
  });

  it.each<[string, number | null, boolean, number]>([
    ["counts from the last word of the server", 8_000, true, 8_000],
    ["before the first word of a run is at least grey", 500, false, 60_001],
    ["before the first word follows the calendar where that is older", 3_000_000, false, 3_000_000],
    ["without any contact is endless", null, false, Infinity],
  ])("%s", (_, quiet_ms, heard, age_ms) => expect(ageOf(quiet_ms, heard)).toBe(age_ms));
});

describe("the order of windows", () => {
  it("follows zones as walked, then the walking order, then the number as a number", () => {
    const cells = inWalkingOrder(
      [
        ["1", post("3", { zone: "a", order: 1 })],
        ["2", post("12", { order: 5 })],
        ["3", post("9", { order: 5 })],
        ["4", post("1", { zone: "elsewhere", order: 0 })],
        ["5", post("7", { order: 2 })],
      ],
      ZONES,
    );
    expect(numbers(cells)).toEqual(["7", "9", "12", "3", "1"]);
  });
});

describe("pages", () => {
  it.each<[number, number[]]>([
    [0, [0]],
    [6, [6]],
    [14, [14]],
    [15, [14, 1]],
    [62, [14, 14, 14, 14, 6]],
  ])("%d quiet windows fill pages %j", (count, sizes) => expect(pagesOf(hall(count)).map((page) => page.length)).toEqual(sizes));

  it("show every exception first on every page and every window somewhere", () => {
    const pages = pagesOf(hall(62, { 20: { label: "step_away" }, 3: { label: "covered" }, 61: { label: "suspended" } }));
    expect(pages.map((page) => numbers(page).slice(0, 3))).toEqual(pages.map(() => ["3", "20", "61"]));
    expect(pages.every((page) => page.length <= 14)).toBe(true);
    expect(new Set(pages.flat()).size).toBe(62);
  });

  it("keep one column for exceptions: suspended ones, then the newest, the others first on their own page", () => {
    const away = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i + 1, { label: "meeting_training" as const, since: i + 1 }]));
    const pages = pagesOf(hall(30, { ...away, 1: { label: "suspended", since: 0 } }));
    for (const page of pages) expect(numbers(page).slice(0, 7)).toEqual(["1", "15", "16", "17", "18", "19", "20"]);
    expect(numbers(pages[2] ?? []).slice(7)).toEqual(["22", "23", "24", "25", "26", "27", "28"].slice(0, pages[2]?.length));
    expect(numbers(pages[1] ?? []).slice(7)).toEqual(["9", "10", "11", "12", "13", "14", "21"]);
    expect(new Set(pages.flat()).size).toBe(30);
  });

  it("put an unpinned exception before the quiet windows of its page", () => {
    const away = Object.fromEntries([2, 10, 11, 12, 13, 14, 15, 16].map((n) => [n, { label: "official_out" as const, since: n }]));
    const [first] = pagesOf(hall(20, away));
    expect(numbers(first ?? []).slice(7)).toEqual(["2", "1", "3", "4", "5", "6", "7"]);
  });

  it("of a hall at rest have no exceptions", () => {
    const pages = pagesOf(hall(20, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i + 1, { label: "closed" as const }]))));
    expect(pages.map((page) => page.length)).toEqual([14, 6]);
  });

  it("over lunch have those who serve on every page (CAL-05)", () => {
    const closed = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i + 1, { label: "closed" as const }]));
    const pages = pagesOf(hall(20, { ...closed, 9: { label: "on_post" }, 17: { label: "on_post" }, 12: { label: "step_away" } }));
    expect(pages.map((page) => numbers(page).slice(0, 3))).toEqual([["9", "12", "17"], ["9", "12", "17"]]);
  });

  it("that promise nothing keep the walking order", () => {
    expect(numbers(staticPagesOf(hall(15, { 15: { label: "suspended" } }))[1] ?? [])).toEqual(["15"]);
    expect(staticPagesOf([])).toEqual([[]]);
  });

  it("list suspended windows for the strip", () => {
    expect(numbers(suspendedOf(hall(5, { 4: { label: "suspended" }, 2: { label: "suspended" }, 3: { label: "off_today" } })))).toEqual(["2", "4"]);
  });
});

describe("turning (DSP-07)", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 18])("shows each of %d pages in each of three languages", (pages) => {
    const seen = new Set<string>();
    for (let step = 0; step < pages * 27; step++) {
      const turn = turnAt(step, pages, 3, 3);
      seen.add(`${turn.page}/${turn.language}`);
    }
    expect(seen.size).toBe(pages * 3);
  });

  it("shows each side card in each language", () => {
    const seen = new Set(Array.from({ length: 18 }, (_, step) => turnAt(step, 5, 3, 3)).map((turn) => `${turn.card}/${turn.language}`));
    expect(seen.size).toBe(9);
  });

  it("keeps a language for three pages", () => {
    expect(Array.from({ length: 9 }, (_, step) => turnAt(step, 5, 3, 3).language)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
  });

  it.each([
    ["zh_Hans", ["zh_Hans", "zh_Hant_TW", "en"]],
    ["zh_Hant_HK", ["zh_Hant_HK", "zh_Hans", "en"]],
    ["zh_Hant_TW", ["zh_Hant_TW", "zh_Hans", "en"]],
    ["en", ["zh_Hans", "zh_Hant_TW", "en"]],
  ])("in a hall of locale %s rotates %j", (locale, rotation) => expect(rotationOf(locale)).toEqual(rotation));
});

describe("the expected return", () => {
  const at = Date.UTC(2026, 10, 22, 2, 41);
  it.each<[string, Partial<PostPublic>, number | "soon" | null]>([
    ["is rounded up to five minutes", { label: "step_away", back_at: at }, Date.UTC(2026, 10, 22, 2, 45)],
    ["says soon once it has passed", { label: "covered", back_at: at - 60 * 60_000 }, "soon"],
    ["is nothing for a window that is served", { label: "on_post", back_at: at }, null],
    ["is nothing when none was said", { label: "official_out", back_at: null }, null],
  ])("%s", (_, more, expected) => expect(returnOf(post("1", more), at)).toBe(expected));

  it("leaves a full five minutes alone", () => expect(roundUpFiveMinutes(600_000)).toBe(600_000));
});

describe("the service of a window", () => {
  it.each<[string, string, string, 1 | 2 | null]>([
    ["A01 户政服务处", "●在岗演庚午", "户口迁移", 1],
    ["A01 企业登记处", "●在岗演庚午", "企业设立登记", 2],
    ["A01 企业登记处", "●公务外出演庚午", "企业设立登记", null],
    ["A01 企业登记处", "●在岗演庚午", "", null],
  ])("beside %s or %s: %s on line %s", (above, below, service, line) => expect(serviceLine(above, below, service)).toBe(line));
});

describe("the picture", () => {
  it("moves 2 to 4 px a minute and comes back", () => {
    for (let minute = 0; minute < 24; minute++) {
      const [x, y] = shiftAt(minute);
      const [nx, ny] = shiftAt(minute + 1);
      const moved = Math.abs(nx - x) + Math.abs(ny - y);
      expect(moved).toBeGreaterThanOrEqual(2);
      expect(moved).toBeLessThanOrEqual(4);
    }
    expect(shiftAt(12)).toEqual(shiftAt(0));
  });

  it("names the windows that say something else, and not the new ones", () => {
    const before = new Map(hall(2).map(({ rid, post }) => [rid, sayingOf(post)]));
    expect(changedOf(before, hall(3, { 2: { label: "covered", stand_in: "示乙丑" } }))).toEqual(["p2"]);
  });

  it.each([
    ["2026-11-22T19:39:00Z", 60_000],
    ["2026-11-22T19:40:00Z", 86_400_000],
    ["2026-11-22T03:40:00Z", 16 * 3_600_000],
  ])("starts anew at 03:40 of the hall: from %s in %d ms", (now, wait_ms) => {
    expect(untilNight(Date.parse(now), "Asia/Shanghai")).toBe(wait_ms);
  });
});
