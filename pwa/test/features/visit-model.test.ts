import { describe, expect, it } from "vitest";
import {
  answersOf,
  failedFirst,
  gradeOf,
  isLate,
  missingOf,
  newDraft,
  nextOpen,
  points,
  recordOf,
  scoreOf,
  withAnswer,
  withoutNote,
  type Draft,
  type Mark,
} from "../../src/features/visit/model";
import type { Checklist, ItemAnswer } from "../../src/sync/types.gen";

const CHECKLIST: Checklist = {
  names: { zh_Hans: "暗访记录表" },
  version: 1,
  groups: [
    { id: "A", names: { zh_Hans: "甲" }, items: [item("MS01", 2), item("MS02", 1), item("MS03", 3)] },
    { id: "B", names: { zh_Hans: "乙" }, items: [item("MS04", 4, true), item("MS05", 1)] },
  ],
};

function item(id: string, points: number, veto = false) {
  return { id, names: { zh_Hans: id }, points, ...(veto ? { veto } : {}) };
}

/** One mark for each item in order; "-" leaves it unanswered. */
function sheet(marks: string): ItemAnswer[] {
  const words: Record<string, Mark> = { f: "full", h: "half", x: "fail", n: "na" };
  const ids = ["MS01", "MS02", "MS03", "MS04", "MS05"];
  return [...marks].flatMap((letter, at) => (words[letter] ? [{ item: ids[at] ?? "", mark: words[letter] }] : []));
}

function draftOf(answers: Draft["answers"], more: Partial<Draft> = {}): Draft {
  return { ...newDraft(1_000), left_at: 2_000, conflict_stated: "none", answers, ...more };
}

const full: Draft["answers"] = Object.fromEntries(["MS01", "MS02", "MS03", "MS04", "MS05"].map((id) => [id, { mark: "full" as const }]));

describe("the score preview", () => {
  it.each<[string, string, number, number, number, string[], string]>([
    ["everything full is 100", "fffff", 1000, 22, 11, [], "good"],
    ["everything failed is 0", "xxxxx", 0, 0, 11, ["MS04"], "failed"],
    ["half counts half", "hhhhh", 500, 11, 11, [], "failed"],
    ["n.a. leaves both sums", "nnnff", 1000, 10, 5, [], "good"],
    ["an unanswered item leaves both sums", "---ff", 1000, 10, 5, [], "good"],
    ["a lost point is rounded half up to tenths", "fxfff", 909, 20, 11, [], "good"],
    ["a failed veto item caps at 59", "fffxf", 590, 14, 11, ["MS04"], "failed"],
    ["a veto never lifts a lower score", "xxfxx", 273, 6, 11, ["MS04"], "failed"],
    ["a veto item that is n.a. vetoes nothing", "fffnf", 1000, 14, 7, [], "good"],
    ["half a veto item vetoes nothing", "fffhf", 818, 18, 11, [], "acceptable"],
    ["nothing but n.a. is 0", "nnnnn", 0, 0, 0, [], "failed"],
  ])("%s", (_, marks, tenths, got_halves, possible, vetoes, grade) => {
    expect(scoreOf(CHECKLIST, sheet(marks))).toEqual({ tenths, got_halves, possible, capped: vetoes.length > 0, vetoes, grade });
  });

  it.each([
    [900, "good"],
    [899, "acceptable"],
    [800, "acceptable"],
    [799, "to_correct"],
    [600, "to_correct"],
    [599, "failed"],
  ])("%d tenths are graded %s", (tenths, grade) => expect(gradeOf(tenths)).toBe(grade));

  it.each([
    [1000, "100"],
    [909, "90.9"],
    [0, "0"],
  ])("%d tenths read %s", (tenths, text) => expect(points(tenths)).toBe(text));
});

describe("a draft", () => {
  it("leads to the next unanswered item and goes round", () => {
    const draft = draftOf({ MS02: { mark: "full" }, MS04: { mark: "na" } });
    expect(nextOpen(CHECKLIST, draft)?.id).toBe("MS01");
    expect(nextOpen(CHECKLIST, draft, "MS01")?.id).toBe("MS03");
    expect(nextOpen(CHECKLIST, draft, "MS05")?.id).toBe("MS01");
    expect(nextOpen(CHECKLIST, draftOf(full))).toBeUndefined();
  });

  it("keeps the note when the mark changes, and the mark when the note does", () => {
    const marked = withAnswer(withAnswer({}, "MS01", { mark: "fail" }), "MS01", { note: "无人" });
    expect(withAnswer(marked, "MS01", { mark: "half" })).toEqual({ MS01: { mark: "half", note: "无人" } });
  });

  it("sends answers in checklist order, trimmed, without unmarked items", () => {
    const draft = draftOf({ MS05: { mark: "full", note: "  " }, MS01: { mark: "fail", note: " 无人接听 " }, MS03: { note: "只有备注" } });
    expect(answersOf(CHECKLIST, draft)).toEqual([
      { item: "MS01", mark: "fail", note: "无人接听" },
      { item: "MS05", mark: "full" },
    ]);
  });

  it("reminds of failed items that say nothing", () => {
    expect(withoutNote(draftOf({ MS01: { mark: "fail", note: " " }, MS02: { mark: "fail", note: "见" }, MS03: { mark: "half" } }))).toEqual(["MS01"]);
  });

  it("carries a conflict of interest only when one was stated", () => {
    const draft = draftOf(full, { conflict: "亲属在该科室" });
    expect(recordOf("m1", "ms-1", CHECKLIST, draft).conflict).toBe("");
    expect(recordOf("m1", "ms-1", CHECKLIST, { ...draft, conflict_stated: "some" }).conflict).toBe("亲属在该科室");
  });
});

describe("what is missing", () => {
  it.each<[string, Partial<Draft>, string[]]>([
    ["nothing", {}, []],
    ["items", { answers: { ...full, MS03: {} } }, ["items"]],
    ["anything to score", { answers: Object.fromEntries(Object.keys(full).map((id) => [id, { mark: "na" as const }])) }, ["all_na"]],
    ["the arrival", { arrived_at: 0 }, ["arrived"]],
    ["the leaving", { left_at: 0 }, ["left"]],
    ["an order in time", { arrived_at: 3_000 }, ["order"]],
    ["the statement", { conflict_stated: "" }, ["conflict"]],
    ["the words of the statement", { conflict_stated: "some", conflict: " " }, ["conflict"]],
  ])("%s", (_, more, missing) => expect(missingOf(CHECKLIST, draftOf(full, more))).toEqual(missing));
});

describe("reading a result", () => {
  it("puts failed veto items first, then failed, half, full and n.a.", () => {
    expect(failedFirst(CHECKLIST, sheet("fxhxn")).map((line) => line.item.id)).toEqual(["MS04", "MS02", "MS03", "MS01", "MS05"]);
  });
});

describe("a mission whose last day is over", () => {
  it("is late until somebody has handed in a sheet", () => {
    const mission = (state: "open" | "recorded", to_day: string) => isLate({ state, to_day }, "2026-11-27");
    expect([mission("open", "2026-11-26"), mission("open", "2026-11-27"), mission("recorded", "2026-11-20")]).toEqual([true, false, false]);
  });
});
