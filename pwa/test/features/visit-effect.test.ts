import { describe, expect, it } from "vitest";
import { effects } from "../../src/features/visit/effect";
import type { Change, OpName, ReadRows, RowKind } from "../../src/sync/api";
import type { Checklist, Mission, OpArgs, RowBody, Visit } from "../../src/sync/types.gen";

const checklist: Checklist = {
  names: {},
  version: 1,
  groups: [{ id: "A", names: {}, items: [{ id: "MS01", names: {}, points: 2 }, { id: "MS11", names: {}, points: 4, veto: true }] }],
};
const mission: Mission = {
  ...{ checklist: "ms-1", unit: "u1", unit_names: {}, window: "12", from_day: "2026-11-20", to_day: "2026-11-27" },
  ...{ team: ["t1"], team_names: ["示甲子"], lead: "l1", story: "", state: "open" },
};
const record: OpArgs["visit.record"] = {
  ...{ mission: "m1", checklist: "ms-1", arrived_at: 1, left_at: 2 },
  answers: [{ item: "MS01", mark: "full" }, { item: "MS11", mark: "fail", note: "无人" }],
};

type Kept = { [K in RowKind]?: Record<string, RowBody[K]> };

function rowsOf(kept: Kept): ReadRows {
  return {
    get: (kind, rid) => kept[kind]?.[rid],
    all: (kind) => Object.entries(kept[kind] ?? {}) as [string, RowBody[typeof kind]][],
  };
}

function effectOf<K extends OpName>(kind: K, rid: string, a: OpArgs[K], kept: Kept): Change[] {
  return effects[kind]?.({ id: "op", rid, a, at: 50, uid: "t1", blobs: [] }, rowsOf(kept)) ?? [];
}

function visitAfter(changes: Change[]): Visit {
  return changes.find((change) => change.kind === "visit")?.body as Visit;
}

describe("a visit handed in", () => {
  const changes = effectOf("visit.record", "v1", record, { mission: { m1: mission }, checklist: { "ms-1": checklist } });

  it("stands at once with its preview of the score", () => {
    expect(visitAfter(changes)).toMatchObject({ state: "recorded", visitor: "t1", unit: "u1", score: { tenths: 333, capped: true, vetoes: ["MS11"] } });
  });

  it("closes its mission", () => {
    expect(changes).toContainEqual({ kind: "mission", rid: "m1", body: { ...mission, state: "recorded" } });
  });

  it("shows nothing where the mission is not known", () => expect(effectOf("visit.record", "v1", record, {})).toEqual([]));
});

describe("a decision", () => {
  const recorded = visitAfter(effectOf("visit.record", "v1", record, { mission: { m1: mission }, checklist: { "ms-1": checklist } }));
  const kept: Kept = { visit: { v1: recorded }, mission: { m1: { ...mission, state: "recorded" } } };

  it("to publish shows at once, with its mission", () => {
    const changes = effectOf("visit.publish", "v1", { text: "请于五日内整改" }, kept);
    expect(visitAfter(changes)).toMatchObject({ state: "published", published_at: 50, text: "请于五日内整改" });
    expect(changes).toContainEqual({ kind: "mission", rid: "m1", body: { ...mission, state: "published" } });
  });

  it("to void shows at once, with its reason and its mission", () => {
    const changes = effectOf("visit.void", "v1", { text: "走错单位" }, kept);
    expect(visitAfter(changes)).toMatchObject({ state: "void", text: "走错单位" });
    expect(changes).toContainEqual({ kind: "mission", rid: "m1", body: { ...mission, state: "void" } });
  });

  it("to void one of two visits leaves their mission standing", () => {
    const changes = effectOf("visit.void", "v1", { text: "走错单位" }, { ...kept, visit: { v1: recorded, v2: recorded } });
    expect(changes.map((change) => change.kind)).toEqual(["visit"]);
  });

  it("about an unknown visit shows nothing", () => {
    expect(effectOf("visit.publish", "v9", {}, kept)).toEqual([]);
    expect(effectOf("visit.void", "v9", { text: "x" }, kept)).toEqual([]);
  });
});
