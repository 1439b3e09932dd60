/** Hot and hard issues, and the board of problems, as pure figures (EMG-06, RCT-04, CAMP-04). */
import { describe, expect, it } from "vitest";
import { board, totals, unitRows } from "../../src/features/campaign/model";
import { acts, analyse, inOrder, ofFinding, ofIncident, ofProblem, type Seen } from "../../src/features/hot/model";
import type { View } from "../../src/sync/api";
import type { Finding, HotOrder, Incident, Problem } from "../../src/sync/types.gen";

const incident = (more: Partial<Incident> = {}): Incident => ({
  kind: "crowd", place: "w1", found_at: 100, received_at: 100, level: 3, reporter: "a", responder: "b", people: 0, text: "", done: [], escalated: "", state: "reported", ...more,
});
const problem = (more: Partial<Problem> = {}): Problem => ({ unit: "u1", source: "patrol", code: "F20", text: "", level: "minor", state: "found", steps: [], found_at: 100, ...more });
const order = (more: Partial<HotOrder> = {}): HotOrder => ({
  unit: "u1", topic: "", demand: "", from_day: "2026-11-01", to_day: "2026-11-24", counted: [], by: "a", at: 1, due_at: 5, due_day: "2026-11-30", state: "ordered", steps: [], ...more,
});

describe("the analysis of a period", () => {
  it("counts by section and kind, the most frequent first, and says what is hot", () => {
    const seen: Seen[] = [...ofIncident(incident(), "u1"), ...ofIncident(incident({ found_at: 150 }), "u1"), ...ofIncident(incident(), "u2"), ofProblem(problem({ unit: "u2" }))];
    expect(analyse(seen, 100, 200, 2)).toEqual([
      { unit: "u1", source: "incident", kind: "crowd", count: 2, hot: true, hard: false },
      { unit: "u2", source: "problem", kind: "F20", count: 1, hot: false, hard: false },
      { unit: "u2", source: "incident", kind: "crowd", count: 1, hot: false, hard: false },
    ]);
  });

  it("leaves out other days, further reports of one thing, exercises, and findings that stand against nobody", () => {
    const finding = (state: Finding["state"]): Finding => ({ post: "w1", from_at: 100, to_at: 101, state, observations: [], explain: { key: "", params: {} }, post_count: 1, person_count: 0, grade: "A" });
    const seen = [
      ...ofIncident(incident({ main: "i0" }), "u1"),
      ...ofIncident(incident({ drill: true }), "u1"),
      ...ofIncident(incident({ found_at: 99 }), "u1"),
      ...ofIncident(incident({ found_at: 200 }), "u1"),
      ...ofIncident(incident(), ""),
      ...(["pending", "explained", "glance"] as const).flatMap((state) => ofFinding(finding(state), "u1")),
    ];
    expect(analyse(seen, 100, 200, 1)).toEqual([]);
    expect(analyse(ofFinding(finding("unattended"), "u1"), 100, 200, 1)).toHaveLength(1);
  });

  it.each<[string, Partial<Problem>]>([
    ["returned", { steps: [{ step: "returned", by: "x", at: 1 }] }],
    ["came back", { recurs: "p0" }],
    ["overdue", { overdue: true }],
    ["not done", { state: "not_done" }],
  ])("calls what resists hard: %s", (_, more) => expect(ofProblem(problem(more)).hard).toBe(true));
});

describe("an order to a section", () => {
  it("is answered by the section's head alone and settled by others alone", () => {
    const head = { unit: "u1", roles: ["HEAD", "OFF"] };
    const office = { unit: "u9", roles: ["OFF"] };
    expect(acts(order(), head)).toEqual(["answer"]);
    expect(acts(order(), office)).toEqual([]);
    expect(acts(order({ state: "answered" }), office)).toEqual(["return", "settle"]);
    expect(acts(order({ state: "answered" }), { unit: "u1", roles: ["OFF"] })).toEqual([]);
    expect(acts(order({ state: "settled" }), head)).toEqual([]);
  });

  it("stands before what is settled, and the overdue ones before all", () => {
    const views = [order({ state: "settled" }), order({ due_at: 9 }), order({ overdue: true, due_at: 99 }), order({ due_at: 3 })].map((body) => ({ body }));
    expect(inOrder(views).map(({ body }) => [body.state, body.due_at])).toEqual([["ordered", 99], ["ordered", 3], ["ordered", 9], ["settled", 5]]);
  });
});

describe("the board of problems", () => {
  const views = (all: Record<string, Partial<Problem>>) => Object.entries(all).map(([rid, more]): [string, View<Problem>] => [rid, { rid, body: problem(more), ver: 1, pending: false } as View<Problem>]);

  it("puts each into the column of its state, what presses most on top", () => {
    const all = views({ a: {}, b: { level: "grave" }, c: { overdue: true }, d: { state: "ordered" }, e: { state: "rectifying" }, f: { state: "claimed" }, g: { state: "returned" }, h: { state: "verified" }, i: { state: "not_done" } });
    const columns = board(all, { campaign: "", unit: "", only: "all" });
    expect(Object.values(columns).map((column) => column.map(({ rid }) => rid))).toEqual([["c", "b", "a"], ["d", "e"], ["f"], ["g"], ["h", "i"]]);
  });

  it("shows one campaign, one unit, what is overdue or came back", () => {
    const all = views({ a: { campaign: "k" }, b: { unit: "u2" }, c: { overdue: true }, d: { recurs: "x" } });
    const found = (wanted: Parameters<typeof board>[1]) => board(all, wanted).found.map(({ rid }) => rid);
    expect(found({ campaign: "k", unit: "", only: "all" })).toEqual(["a"]);
    expect(found({ campaign: "", unit: "u2", only: "all" })).toEqual(["b"]);
    expect(found({ campaign: "", unit: "", only: "overdue" })).toEqual(["c"]);
    expect(found({ campaign: "", unit: "", only: "back" })).toEqual(["d"]);
  });

  it("lists units by what is left to do", () => {
    const one = (found: number, verified: number, reported = true) => ({ found, rectified: verified, verified, reported, zero: false });
    const rows = unitRows({ progress: { u1: one(2, 2), u2: one(3, 1), u3: one(0, 0, false) } });
    expect(rows.map(({ unit }) => unit)).toEqual(["u2", "u3", "u1"]);
    expect(totals(rows)).toEqual({ found: 5, rectified: 3, verified: 3, reported: 2 });
  });
});
