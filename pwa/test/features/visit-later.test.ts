import { describe, expect, it } from "vitest";
import { effects as supervised } from "../../src/features/supervisor/effect";
import { kindsOf } from "../../src/features/visit/cases";
import { stepsOf } from "../../src/features/visit/decide";
import { effects } from "../../src/features/visit/later-effect";
import { lists } from "../../src/features/visit/later-lists";
import { isOpenFor, missingOf, newDraft } from "../../src/features/visit/model";
import type { Change, Effects, OpName, ReadRows, RowKind, Sync } from "../../src/sync/api";
import type { Case, Checklist, Mission, OpArgs, RowBody, VisitTeam, VisitUnit } from "../../src/sync/types.gen";

type Kept = { [K in RowKind]?: Record<string, RowBody[K]> };

function rowsOf(kept: Kept): ReadRows {
  return {
    get: (kind, rid) => kept[kind]?.[rid],
    all: (kind) => Object.entries(kept[kind] ?? {}) as [string, RowBody[typeof kind]][],
  };
}

function after<K extends OpName>(kind: K, rid: string, a: OpArgs[K], kept: Kept, uid = "t1", of: Effects = effects): Change[] {
  return of[kind]?.({ id: "op", rid, a, at: 50, uid, blobs: [] }, rowsOf(kept)) ?? [];
}

const score = { tenths: 970, got_halves: 194, possible: 100, capped: false, vetoes: [], grade: "good" as const };
const mission: Mission = {
  ...{ checklist: "ms-1", unit: "u1", unit_names: {}, window: "12", from_day: "2026-11-20", to_day: "2026-11-27" },
  ...{ team: ["t1", "t2"], team_names: ["甲", "乙"], lead: "l1", story: "", state: "recorded" },
};

describe("two people, one mission (CON-35)", () => {
  const other = { mission: "m1", visitor: "t2", state: "recorded" as const };

  it("stays open for the one who has not handed in", () => {
    expect(isOpenFor("t1", "m1", mission, [other])).toBe(true);
    expect(isOpenFor("t2", "m1", mission, [other])).toBe(false);
    expect(isOpenFor("t2", "m1", mission, [{ ...other, state: "void" }])).toBe(true);
    expect(isOpenFor("x", "m1", mission, [])).toBe(false);
    expect(isOpenFor("t1", "m1", { ...mission, state: "published" }, [])).toBe(false);
  });

  const checklist: Checklist = { names: {}, version: 1, groups: [{ id: "A", names: {}, items: [{ id: "MS01", names: {}, points: 2 }, { id: "MS02", names: {}, points: 1 }] }] };
  const half = { ...newDraft(1), left_at: 2, conflict_stated: "none" as const, answers: { MS01: { mark: "full" as const } } };

  it("leaves what is open to the others of a team, and to nobody when alone", () => {
    expect(missingOf(checklist, half, true)).toEqual([]);
    expect(missingOf(checklist, half)).toEqual(["items"]);
    expect(missingOf(checklist, { ...half, answers: {} }, true)).toEqual(["items"]);
    expect(missingOf(checklist, { ...half, answers: { MS01: { mark: "na" } } }, true)).toEqual(["all_na"]);
  });

  it("shows at once what the lead decides about an item", () => {
    const team: VisitTeam = { checklist: "ms-1", visits: ["v1", "v2"], differs: [{ item: "MS01", marks: { v1: "full", v2: "fail" } }], undecided: 1, answers: [], score, parts: [] };
    const [change] = after("visit.settle", "m1", { item: "MS01", mark: "fail", text: "录音" }, { "visit.team": { m1: team } });
    expect(change?.body).toMatchObject({ undecided: 0, differs: [{ item: "MS01", mark: "fail", text: "录音" }] });
  });
});

describe("a result", () => {
  const unit: VisitUnit = { unit: "u1", day: "2026-11-24", window: "12", score, failed: [], notes: [], published_at: 9 };

  it("carries an answer at once, for the unit and for the person", () => {
    const own = { visit: "v1", unit: "u1", day: "2026-11-24", window: "12", score, failed: [], notes: [], state: "published" as const, told_at: 9, answer_until: "2026-11-27" };
    const changes = after("visit.answer", "v1", { text: "占线", review: true }, { "visit.unit": { v1: unit }, "visit.own": { hash: own } }, "p1");
    const said = [{ by: "p1", at: 50, text: "占线", review: true }];
    expect(changes).toEqual([
      { kind: "visit.unit", rid: "v1", body: { ...unit, answers: said, asked: true } },
      { kind: "visit.own", rid: "hash", body: { ...own, answers: said } },
    ]);
  });

  it("keeps every review, and asks for none once one is decided", () => {
    const first = { by: "p2", at: 20, text: "更正", changed: { MS01: "full" as const } };
    const [change] = after("visit.review", "v1", { text: "维持" }, { "visit.unit": { v1: { ...unit, asked: true, reviews: [first] } } }, "p1");
    expect(change?.body).toMatchObject({ asked: false, reviews: [first, { by: "p1", text: "维持", changed: {} }] });
  });

  it("names each person it was passed on to once", () => {
    expect(after("visit.tell", "v1", { person: "p1" }, { "visit.unit": { v1: { ...unit, told: ["p2", "p1"] } } })[0]?.body).toMatchObject({ told: ["p1", "p2"] });
  });
});

describe("an application followed (CHK-08)", () => {
  const test: Case = { mission: "m1", kind: "test", matter: "登记", by: "t1", steps: [], open: true, permitted: true };

  it("knows whether its permission was given", () => {
    const permit = { mission: "m1", number: "测7", matter: "登记", until_day: "2026-11-30" };
    const opened = (number: string) => after("case.open", "c1", { mission: "m1", kind: "test", matter: "登记", permit: number }, { "case.permit": { p1: permit } })[0]?.body;
    expect(opened("测7")).toMatchObject({ permitted: true, open: true });
    expect(opened("测8")).toMatchObject({ permitted: false });
  });

  it("ends with its withdrawal, not with its completion, and keeps its steps in order", () => {
    const finished = after("case.step", "c1", { kind: "finished", at: 40 }, { case: { c1: test } })[0]?.body as Case;
    expect(finished.open).toBe(true);
    const marked = after("case.step", "c1", { kind: "marked", at: 30 }, { case: { c1: finished } })[0]?.body as Case;
    expect([marked.open, marked.steps.map((step) => step.kind)]).toEqual([false, ["marked", "finished"]]);
  });
});

describe("what the lead says of an application (CHK-08)", () => {
  it("is how it ended and nothing else", () => {
    expect([kindsOf({ kind: "test" }, false), kindsOf({ kind: "real" }, false)]).toEqual([["withdrawn", "marked"], ["finished", "withdrawn"]]);
    expect(kindsOf({ kind: "real" }, true)).toEqual(["submitted", "receipt", "notice", "supplement", "asked", "promise", "finished", "withdrawn"]);
    expect(kindsOf({ kind: "test" }, true).slice(-2)).toEqual(["withdrawn", "marked"]);
  });
});

describe("a result published anew (EVD-12)", () => {
  it("waits for the person's word again, whatever was said to the one before", () => {
    const own = { visit: "v1", unit: "u1", day: "2026-11-20", window: "12", score, failed: [], notes: [], state: "published" as const, told_at: 50, answer_until: "2026-11-26" };
    const waits = (at: number) => {
      const rows = (kind: string) => ({ value: new Map(kind === "visit.own" ? [["o", { rid: "o", ver: 1, pending: false, body: { ...own, answers: [{ by: "t1", at, text: "属实" }] } }]] : []) });
      return lists.inbox?.({ uid: "t1", rows } as unknown as Sync).find(({ id }) => id === "visit.own:v1")?.waits;
    };
    expect([waits(40), waits(50)]).toEqual([true, false]);
  });
});

describe("a supervisor's report (SUP-03)", () => {
  it("stands at once without the day of its answer, which the server says", () => {
    const [change] = after("sup.report", "r1", { kind: "seen", text: "屏坏了", at: 40, unit: "u1" }, { "sup.own": { s1: { name: "何", kind: "citizen", state: "active", units: [], unit_names: { u1: { zh_Hans: "一科" } } } } }, "s1", supervised);
    expect(change?.body).toMatchObject({ by: "s1", by_name: "何", due_day: "", unit_names: { zh_Hans: "一科" } });
  });
});

describe("what the lead may decide (CHK-09, CON-44)", () => {
  it("lets the facts of a withdrawn result be checked like those of a new one", () => {
    expect(stepsOf("withdrawn", false, true)).toEqual(["void", "check", "publish"]);
    expect(stepsOf("recorded", false, true)).toEqual(["void", "check", "publish"]);
  });

  it("checks nothing that everybody has read", () => {
    expect(stepsOf("recorded", true, true)).toEqual(["void", "publish"]);
    expect(stepsOf("published", true, false)).toEqual(["void", "withdraw"]);
    expect(stepsOf("published", true, true), "its other sheets would say something else").toEqual(["withdraw"]);
  });
});
