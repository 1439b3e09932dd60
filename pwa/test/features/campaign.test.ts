/** Tasks of a campaign on the device, and what of a plan can be published together. */
import { expect, test } from "vitest";
import { effects } from "../../src/features/campaign/effect";
import { actsOf, answersFor, batchesOf, dutiesOf, evenly, isComing, isSigned, wanting } from "../../src/features/campaign/model";
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

test("who is named for a unit answers for it as its head does (CAMP-01)", () => {
  const scope = { units: ["u1", "u2"], heads: { u2: "ann" } };
  expect(answersFor(scope, "ann", { unit: "u1", roles: ["STF"] })).toEqual(["u2"]);
  expect(answersFor(scope, "bob", { unit: "u1", roles: ["STF", "HEAD"] })).toEqual(["u1"]);
  expect(answersFor(scope, "cat", { unit: "u2", roles: ["STF"] })).toEqual([]);
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
  expect(waitingOf({ missions: ["m"] }, open, "2026-11-10")[0]).toMatchObject({ why: "ITEMS_OPEN", guard: { v: 3, m: 3 } });
  const checked = state({ state: "checking", answer_until: "2026-11-10" });
  checked.visits.set("w", view({ mission: "m", state: "recorded" }));
  expect(waitingOf({ missions: ["m"] }, checked, "2026-11-11")[0]?.why, "the head has not seen the one that came since").toBe("UNCHECKED");
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

test("a claim is accepted with material from before and after that has come, else as the hall has it (RCT-02)", () => {
  const blob = (sha256: string, st?: "stored" | "refused") => ({ sha256, mime: "image/webp", size: 1, taken: 0, ...(st ? { st } : {}) });
  const shown: Pick<Problem, "before" | "after" | "proof"> = { before: ["b"], after: ["a"], proof: "material" };
  const of = (over: Pick<Problem, "before" | "blobs" | "proof">) => ({ ...shown, ...over });
  const [b, a] = [blob("b", "stored"), blob("a", "stored")];
  const rows = [of({ blobs: [b, a] }), of({ blobs: [b, blob("a")] }), of({ blobs: [b, blob("a", "refused")] }), of({ before: [], blobs: [a], proof: "reason" }), {}];
  expect(rows.map(wanting)).toEqual(["", "material", "material", "reason", "words"]);
  expect(rows.map(isComing)).toEqual([false, true, false, false, false]);
  expect(isComing(of({ blobs: [b, a, blob("of an earlier claim")] }))).toBe(false);
});

const problem = (over: Partial<Problem>): Problem => ({ unit: "u1", source: "patrol", code: "F20", text: "x", level: "minor", state: "found", steps: [{ step: "found", by: "lin", at: 1 }], found_at: 1, ...over });
const ROLES: Record<string, { unit: string; roles: string[] }> = {
  lin: { unit: "c", roles: ["INS"] },
  chen: { unit: "c", roles: ["INS"] },
  zhou: { unit: "c", roles: ["OFF"] },
  wang: { unit: "u1", roles: ["STF"] },
  zhao: { unit: "u1", roles: ["HEAD"] },
};
const open = (uid: string, over: Partial<Problem>) => actsOf(problem(over), uid, ROLES[uid]).join();

test("who entered a problem by mistake withdraws it, or who leads; never who answers for it, nor what a result has opened (CON-44)", () => {
  expect(["lin", "chen", "zhou", "wang", "zhao"].map((uid) => open(uid, {}).includes("withdraw"))).toEqual([true, false, true, false, false]);
  expect(open("zhou", { owner: "zhou", state: "ordered" })).not.toContain("withdraw");
  expect(open("zhou", { item: "MS11" })).not.toContain("withdraw");
  expect(open("zhou", { state: "verified" })).toBe("withdraw");
  expect(open("zhao", { state: "ordered" })).toContain("answer");
  expect(open("zhou", { state: "lifted" })).toBe("");
});

test("whoever was to rectify a problem, took measures, or ordered what he had found himself is not asked to verify it (RCT-02, PTL-10)", () => {
  const steps = (...more: Problem["steps"]): Partial<Problem> => ({ state: "claimed", owner: "wang", steps: [...problem({}).steps, ...more, { step: "claimed", by: "wang", at: 9 }] });
  const order = (by: string, owner: string) => ({ step: "ordered" as const, by, at: 2, owner });
  expect(open("lin", steps(order("zhou", "wang")))).toContain("accept");
  expect(open("lin", steps(order("lin", "wang")))).not.toContain("accept");
  expect(open("chen", steps(order("zhou", "chen"), order("zhou", "wang")))).not.toContain("accept");
  expect(open("chen", steps({ step: "measures", by: "chen", at: 2 }))).not.toContain("accept");
});

test("what is closed as not done can be ordered again, what is verified cannot (RCT-01, CAMP-04)", () => {
  expect(["not_done", "verified", "claimed"].map((state) => open("zhou", { state: state as Problem["state"] }).includes("order"))).toEqual([true, false, false]);
});

test("a device shows proof made after the term as a step that reopens nothing (CON-36)", () => {
  const claim = (at: number) => effects["problem.claim"]!({ id: "o", rid: "p1", a: { text: "已改" }, at, uid: "wang", blobs: [] }, { get: () => problem({ state: "not_done", due_at: 100 }) } as never)[0]?.body as Problem;
  expect([claim(99).state, claim(101).state]).toEqual(["claimed", "not_done"]);
  expect(claim(101).steps.at(-1)?.step).toBe("claimed");
});

test("a zero report is signed with the own name, spaces and width apart (CAMP-03)", () => {
  expect([isSigned(" 冯　某 ", "冯某"), isSigned("Ａｎｎａ", "Anna"), isSigned("x", "冯某"), isSigned("", "")]).toEqual([true, true, false, false]);
});

test("photos of before and after stay when only words are added; those of work that was returned show nothing of now (RCT-02)", () => {
  const claim = (state: Problem["state"], a: object) =>
    effects["problem.claim"]!({ id: "o", rid: "p1", a: { text: "已改", ...a }, at: 5, uid: "wang", blobs: [] }, { get: () => problem({ state, before: ["b"], after: ["a"] }) } as never)[0]?.body as Problem;
  expect(claim("claimed", {})).toMatchObject({ before: ["b"], after: ["a"] });
  expect(claim("returned", {})).toMatchObject({ before: ["b"], after: [] });
  expect(claim("returned", { before: ["d"], after: ["c"] })).toMatchObject({ before: ["d"], after: ["c"] });
});
