/** Tasks of a campaign on the device, and what of a plan can be published together. */
import { expect, test } from "vitest";
import { effects } from "../../src/features/campaign/effect";
import { batchesOf, dutiesOf, evenly, wanting } from "../../src/features/campaign/model";
import { waitingOf } from "../../src/features/check/model";
import type { View } from "../../src/sync/api";
import type { Campaign, Mission, Problem, Visit, VisitTeam, VisitUnit } from "../../src/sync/types.gen";

const phases: Campaign["phases"] = [
  { kind: "mobilise", from_day: "2026-11-02", to_day: "2026-11-06", who: "head", duties: [{ id: "a", text: "张贴标语", who: "wang", by_day: "2026-11-03" }, { id: "b", text: "开会" }] },
  { kind: "acceptance", from_day: "2026-11-09", to_day: "2026-11-13", duties: [{ id: "c", text: "总结" }] },
];
const campaign = { phases, first: "lead", deputy: "second", done: {} };

test("a task is its own person's, else its phase's, else the campaign's, and late after its last day (CAMP-01)", () => {
  const seen = (today: string) => dutiesOf(campaign, today).map(({ duty, who, by_day, late }) => [duty.id, who.join(), by_day, late]);
  expect(seen("2026-11-03")).toEqual([
    ["a", "wang", "2026-11-03", false],
    ["b", "head", "2026-11-06", false],
    ["c", "lead,second", "2026-11-13", false],
  ]);
  expect(seen("2026-11-04").map(([, , , late]) => late)).toEqual([true, false, false]);
});

test("a task that was done late is not overdue any more", () => {
  expect(dutiesOf({ ...campaign, done: { a: { by: "wang", at: 1 } } }, "2026-11-20").find(({ duty }) => duty.id === "a")?.late).toBe(false);
});

test("a device shows its own report at once, and takes it back (CAMP-01)", () => {
  const rows = { get: () => campaign } as unknown as Parameters<NonNullable<(typeof effects)["camp.duty"]>>[1];
  const say = (a: { duty: string; done?: boolean; text?: string }) => effects["camp.duty"]!({ id: "o", rid: "c1", a, at: 5, uid: "wang", blobs: [] }, rows)[0]?.body as Campaign;
  expect(say({ duty: "a", text: "已贴" }).done).toEqual({ a: { by: "wang", at: 5, text: "已贴" } });
  expect(say({ duty: "a", done: false }).done).toEqual({});
});

const view = <T>(body: unknown): View<T> => ({ body: body as T, ver: 3, pending: false }) as View<T>;
const map = <T>(rows: Record<string, unknown>): Map<string, View<T>> => new Map(Object.entries(rows).map(([rid, body]) => [rid, view<T>(body)]));

test("of a plan everything that is fact-checked can be published, the rest says why not (CHK-09)", () => {
  const state = (result: unknown) => ({
    missions: map<Mission>({ m: {} }),
    visits: map<Visit>({ v: { mission: "m", state: result ? "checking" : "recorded" }, x: { mission: "m", state: "void" } }),
    teams: map<VisitTeam>({ m: { items: 46, answered: 46 } }),
    results: map<VisitUnit>(result ? { v: result } : {}),
  });
  const why = (result: unknown, today = "2026-11-10") => waitingOf({ missions: ["m", "no sheet"] }, state(result), today).map((one) => one.why);
  expect(why(null)).toEqual(["UNCHECKED"]);
  expect(why({ state: "checking", answer_until: "2026-11-10" })).toEqual(["ANSWER_TIME"]);
  expect(why({ state: "checking", answer_until: "2026-11-10" }, "2026-11-11")).toEqual([""]);
  expect(why({ state: "checking", answer_until: "2026-11-10", answers: [{}] })).toEqual([""]);
  const open = { ...state(null), teams: map<VisitTeam>({ m: { items: 46, answered: 45 } }) };
  expect(waitingOf({ missions: ["m"] }, open, "2026-11-10")[0]?.why).toBe("ITEMS_OPEN");
});

test("batches are of the sizes that were typed, the last takes the others: 10 + 10 + 14 of 34 (CAMP-02)", () => {
  const units = Array.from({ length: 34 }, (_, n) => `u${n}`);
  const split = (...sizes: string[]) => sizes.map((size) => ({ size, by_day: "2026-12-31" }));
  const dealt = batchesOf(units, split("10", "10", ""));
  expect(dealt?.map((one) => one.units.length)).toEqual([10, 10, 14]);
  expect(dealt?.flatMap((one) => one.units)).toEqual(units);
  expect(batchesOf(units, evenly(34, 4, "2026-12-31"))?.map((one) => one.units.length)).toEqual([8, 8, 8, 10]);
  expect(batchesOf(units, [])).toEqual([]);
  for (const wrong of [split("20", "14", ""), split("0", ""), split("x", ""), split("1.5", "")]) expect(batchesOf(units, wrong)).toBeNull();
});

test("a claim is accepted with material from before and after, else as the hall has it (RCT-02)", () => {
  const shown = { before: ["b"], after: ["a"] };
  expect(([{ ...shown, proof: "material" }, { proof: "material", before: ["b"] }, { proof: "reason", after: ["a"] }, {}] as const).map((one) => wanting(one as Problem))).toEqual(["", "material", "reason", "words"]);
});
