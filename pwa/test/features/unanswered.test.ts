import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { inForce } from "../../src/features/leave/versions";
import { unansweredOf } from "../../src/features/trail/unanswered";
import type { RowKind, Sync } from "../../src/sync/api";
import type { AttException, Finding } from "../../src/sync/types.gen";
import { at, base, DAY, screen } from "./world";

const explain = { key: "att.late", params: { due: at("08:30"), at: at("08:41"), late: 11 } };
const late: AttException = { person: "ann", unit: "u1", day: DAY, session: 0, way: "in", kind: "late", state: "detected", explain, due_at: at("08:30"), answer_until: "2020-01-03" };
const seen: Finding = { post: "p1", from_at: at("10:02"), to_at: at("10:13"), state: "unattended", observations: ["f"], explain, post_count: 1, person_count: 1, grade: "A", person: "ann", answer_until: "2020-01-02" };

function desk(uid: string, rows: Parameters<typeof base>[0]): Sync {
  const read = screen(base(rows), [], {}, uid);
  return { uid, now: () => at("15:00"), rows: (kind: RowKind) => signal(read(kind)) } as unknown as Sync;
}

describe("what nobody has answered in time (EVD-12)", () => {
  const office = { uid: "off", unit: "c", roles: ["OFF"] };

  it("is listed for those who settle, the oldest first", () => {
    expect(unansweredOf(desk("off", { finding: { f: seen }, "att.exc": { x: late } }), office).map((one) => one.id)).toEqual(["f", "x"]);
  });

  it.each<[string, Partial<Finding>]>([
    ["answered", { answers: ["去取件"] }],
    ["not over yet", { answer_until: "2999-01-01" }],
    ["a glance, which asks nobody", { state: "glance", answer_until: "", person_count: 0 }],
    ["about nobody", { person: null }],
    ["about the reader", { person: "off" }],
  ])("leaves out what is %s", (_, more) => {
    expect(unansweredOf(desk("off", { finding: { f: { ...seen, ...more } } }), office)).toEqual([]);
  });

  it("is no exception any more once somebody has decided", () => {
    expect(unansweredOf(desk("off", { "att.exc": { x: { ...late, state: "confirmed" } } }), office)).toEqual([]);
  });
});

describe("dated data (LVT-02)", () => {
  const versions = [{ valid_from: "2026-06-01" }, { valid_from: "2000-01-01" }, { valid_from: "2027-01-01" }];

  it.each([
    ["2026-05-31", "2000-01-01"],
    ["2026-06-01", "2026-06-01"],
    ["2028-01-01", "2027-01-01"],
    ["1999-01-01", "2000-01-01"],
  ])("of the versions on %s the one from %s is in force", (day, expected) => expect(inForce(versions, day)?.valid_from).toBe(expected));
});
