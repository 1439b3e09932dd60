/** What waits for a check lead: plans to reveal, plans handed over, plans nobody leads any more (CHK-04, CHK-05). */
import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { effects } from "../../src/features/check/effect";
import { lists } from "../../src/features/check/lists";
import type { RowKind, Sync } from "../../src/sync/api";
import type { HandedOver, Plan } from "../../src/sync/types.gen";
import { at, base, screen } from "./world";

const covered = { units: 2, drawn: 1, reached: 0, windows: 2, windows_reached: 0 };
const plan: Plan = {
  ...{ title: "验收", method: "covert", checklist: "ms-1", lead: "sun", state: "drawn", from_day: "2026-11-24", to_day: "2026-11-27", commitment: "", committed_at: 1 },
  ...{ coverage_percent: 30, team_size: 2, needed: 1, covered, categories: {}, ready: true, names: {} },
};
const handed = (to: string, by: string): HandedOver => ({ of: "cui", to, by, at: at("10:00"), text: "调离" });

function waiting(body: Plan): { title: string; waits: boolean | undefined }[] {
  const read = screen(base({ plan: { p1: body } }), [], {}, "sun");
  const sync = { uid: "sun", now: () => at("15:00"), rows: (kind: RowKind) => signal(read(kind)) } as unknown as Sync;
  return (lists.inbox?.(sync) ?? []).map(({ title, waits }) => ({ title, waits }));
}

describe("a plan in the list of a check lead", () => {
  it("asks for nothing while its period runs", () => expect(waiting(plan)).toEqual([]));

  it("is to be revealed once the period is over", () => {
    expect(waiting({ ...plan, to_day: "2026-11-20" })).toEqual([{ title: "公布抽取依据", waits: true }]);
  });

  it("tells who was given it, and not who took it himself", () => {
    expect(waiting({ ...plan, handed: [handed("sun", "cui")] })).toEqual([{ title: "检查方案移交给您", waits: false }]);
    expect(waiting({ ...plan, handed: [handed("sun", "sun")] })).toEqual([]);
  });

  it("waits for somebody when nobody leads it, and asks nothing else of him", () => {
    expect(waiting({ ...plan, to_day: "2026-11-20", lead: "", handed: [handed("", "")] })).toEqual([{ title: "检查方案等待接手", waits: true }]);
    expect(waiting({ ...plan, state: "revealed", lead: "ill" })).toEqual([{ title: "检查方案等待接手", waits: true }]);
  });

  it("is the other's as soon as it is handed over", () => {
    const rows = { get: () => plan, all: () => [] } as never;
    const changes = effects["plan.hand_over"]?.({ id: "o", rid: "p1", a: { to: "gong", text: "调离" }, at: 1, uid: "sun", blobs: [] }, rows);
    expect(changes).toEqual([{ kind: "plan", rid: "p1", body: { ...plan, lead: "gong" } }]);
  });
});
