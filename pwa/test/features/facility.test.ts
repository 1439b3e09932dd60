/** Inspections and repairs on the device: what is missing, what is handed in, who may do what next (FAC-05, FAC-06). */
import { describe, expect, it } from "vitest";
import type { ReadRows } from "../../src/sync/api";
import type { Checklist, RepairTask } from "../../src/sync/types.gen";
import { effects } from "../../src/features/facility/effect";
import { actsOf, allWell, inspectOf, isRepairer, isShut, missingOf, type Draft } from "../../src/features/facility/model";
import { answersOf, listsNow, marksOf, points, withoutProof } from "../../src/features/hall/answering";

const names = { zh_Hans: "表" };
const LIST: Checklist = {
  names,
  version: 2,
  use: "facility",
  groups: [
    { id: "A", names, items: [{ id: "X1", names, points: 60, proof: true }, { id: "X2", names, points: 30, na: false }] },
    { id: "B", names, items: [{ id: "X3", names, points: 10, veto: true }, { id: "X4", names, points: 0 }] },
  ],
};
const draft = (answers: Draft["answers"], more: Partial<Draft> = {}): Draft => ({ answers, faults: {}, place: "", text: "", from_at: 1, ...more });
const all = { X1: { mark: "full" }, X2: { mark: "full" }, X3: { mark: "full" }, X4: { mark: "full" } } as const;

describe("an inspection", () => {
  it.each([
    [{}, "items"],
    [{ ...all, X4: {} }, "items"],
    [{ ...all, X1: { mark: "fail" as const } }, "proof"],
    [{ ...all, X1: { mark: "fail" as const, note: " " } }, "proof"],
    [{ ...all, X1: { mark: "fail" as const, note: "过期" } }, null],
    [{ X1: { mark: "na" as const }, X2: { mark: "na" as const }, X3: { mark: "na" as const }, X4: { mark: "na" as const } }, "all_na"],
    [all, null],
  ])("says what still keeps it from being handed in", (answers, missing) => {
    expect(missingOf(LIST, draft(answers))).toBe(missing);
  });

  it("is handed in with the score its screen showed, and with faults of failed items alone", () => {
    const faults = { X1: { severity: "grave" as const }, X2: { kind: "missing" as const } };
    const made = inspectOf("fa-2", LIST, draft({ ...all, X1: { mark: "fail", note: " 过期 " } }, { faults, place: "A", text: " " }), 9);
    expect(made).toEqual({
      checklist: "fa-2",
      from_at: 1,
      to_at: 9,
      place: "A",
      said_tenths: 400,
      faults: { X1: { severity: "grave" } },
      answers: [{ item: "X1", mark: "fail", note: "过期" }, { item: "X2", mark: "full" }, { item: "X3", mark: "full" }, { item: "X4", mark: "full" }],
    });
  });

  it("takes the rest of a group as well at one tap, and what was said stays", () => {
    const after = allWell(LIST, { X1: { mark: "half" }, X2: { note: "看看" } }, "A");
    expect(after).toEqual({ X1: { mark: "half" }, X2: { mark: "full", note: "看看" } });
  });

  it("offers 不适用 only where it is allowed, and asks for proof where the list does", () => {
    expect(LIST.groups[0]?.items.map((item) => marksOf(item).includes("na"))).toEqual([true, false]);
    expect(withoutProof(LIST, { X1: { mark: "fail" }, X2: { mark: "fail" } }).map(({ id }) => id)).toEqual(["X1"]);
  });

  it("shows itself and a repair for every failed item before the server has answered", () => {
    const rows: ReadRows = { get: ((kind: string) => (kind === "checklist" ? LIST : undefined)) as ReadRows["get"], all: () => [] };
    const a = inspectOf("fa-2", LIST, draft({ ...all, X3: { mark: "fail", note: "坏了" } }, { place: "A" }), 9);
    const changes = effects["facility.inspect"]?.({ id: "o1", rid: "c1", a, at: 10, uid: "lin", blobs: [] }, rows) ?? [];
    expect(changes.map(({ kind, rid }) => `${kind}:${rid}`)).toEqual(["facility:c1", "repair:c1.X3"]);
    expect(changes[0]?.body).toMatchObject({ score: { tenths: 590, vetoes: ["X3"] }, failed: ["X3"] });
    expect(changes[1]?.body).toMatchObject({ state: "reported", text: "坏了", place: "A", item: "X3" });
  });
});

describe("lists in force", () => {
  const rows: [string, Checklist][] = [
    ["fa-1", { ...LIST, version: 1 }],
    ["fa-2", LIST],
    ["fa-3", { ...LIST, version: 3, valid_from: "2026-12-01" }],
    ["cp-1", { ...LIST, version: 1 }],
    ["ms-1", { ...LIST, version: 1, use: "visit" }],
  ];

  it("are the newest version of each that has begun", () => {
    expect(listsNow(rows, "facility", "2026-11-24").map(([id]) => id)).toEqual(["fa-2", "cp-1"]);
    expect(listsNow(rows, "facility", "2026-12-01").map(([id]) => id)).toEqual(["fa-3", "cp-1"]);
  });

  it("keep notes, photos and times of answers, and nothing empty", () => {
    const photo = { sha256: "ab", size: 1, mime: "image/jpeg", taken: 1 };
    expect(answersOf(LIST, { X1: { mark: "fail", note: " 坏 ", photos: [photo], at: 5 }, X2: { note: "没选" } })).toEqual([{ item: "X1", mark: "fail", note: "坏", photos: ["ab"], at: 5 }]);
    expect([points(590), points(915)]).toEqual(["59", "91.5"]);
  });
});

describe("a repair", () => {
  const repair = (state: RepairTask["state"], more: Partial<RepairTask> = {}): RepairTask => ({
    place: "w1", unit: "u1", kind: "fault", severity: "minor", text: "坏了", state, steps: [{ step: "reported", by: "wang", at: 1 }], reported_at: 1, ...more,
  });
  const office = { unit: "c", roles: ["OFF"] };
  const inspector = { unit: "p", roles: ["INS"] };
  const staff = { unit: "u1", roles: ["STF"] };
  const head = { unit: "u1", roles: ["STF", "HEAD"] };

  it.each([
    ["reported", {}, "zhou", office, ["drop", "done", "assign"]],
    ["assigned", { owner: "zhou" }, "zhou", office, ["assign", "done"]],
    ["assigned", { owner: "li" }, "li", staff, ["done"]],
    ["assigned", { owner: "li" }, "wang", staff, []],
    ["assigned", { owner: "li" }, "zhao", head, ["drop", "done", "assign"]],
    ["assigned", { owner: "li", inspection: "c1" }, "zhao", head, ["done", "assign"]],
    ["repaired", { owner: "li" }, "lin", inspector, ["return", "accept"]],
    ["repaired", { owner: "lin" }, "lin", inspector, []],
    ["repaired", { owner: "li", steps: [{ step: "repaired", by: "zhou", at: 2 }] }, "zhou", office, []],
    ["checked", { owner: "li" }, "zhou", office, []],
    ["dropped", {}, "zhou", office, ["assign"]],
  ] as const)("in state %s offers each person the steps that are theirs", (state, more, uid, me, acts) => {
    expect(actsOf(repair(state, more as Partial<RepairTask>), uid, me)).toEqual(acts);
  });

  it("is shown to close a window only by the word of its unit or of those who patrol", () => {
    const shown = (me: object) => {
      const get = ((kind: string) => (kind === "me" ? me : { unit: "u1" })) as ReadRows["get"];
      const a = { place: "w1", text: "卡纸", at: 1, closes: true };
      return effects["repair.report"]?.({ id: "o1", rid: "r1", a, at: 1, uid: "x", blobs: [] }, { get, all: () => [] })[0]?.body;
    };
    expect([staff, inspector, { unit: "u2", roles: ["STF"] }].map((me) => (shown(me) as RepairTask).closes)).toEqual([true, true, false]);
  });

  it.each([
    ["reported", [], true],
    ["repaired", ["repaired"], false],
    ["assigned", ["repaired", "returned"], true],
    ["repaired", ["repaired", "returned", "repaired"], true],
    ["checked", ["repaired", "returned", "repaired", "checked"], false],
    ["dropped", ["repaired", "returned", "dropped"], false],
  ] as const)("closes its window until it works; once that was not so, until another has seen it (FAC-07): %s after %s", (state, steps, shut) => {
    const said = steps.map((step) => ({ step, by: "li", at: 1 }));
    expect([isShut(repair(state, { closes: true, steps: said })), isShut(repair(state, { steps: said }))]).toEqual([shut, false]);
  });

  it("knows who repaired it: none of them checks it", () => {
    expect(isRepairer(repair("repaired", { owner: "li" }), "li")).toBe(true);
    expect(isRepairer(repair("repaired", { owner: "li" }), "lin")).toBe(false);
  });
});
