import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { entriesOf } from "../../src/features/own/entries";
import type { RowKind, Sync } from "../../src/sync/api";
import type { AttException, FindingOwn } from "../../src/sync/types.gen";
import { at, base, DAY, screen } from "./world";

const exception: AttException = {
  person: "ann", unit: "u1", day: DAY, session: 0, way: "in", kind: "late", state: "detected", explain: { key: "att.late", params: { due: at("08:30"), at: at("08:41"), late: 11 } },
  due_at: at("08:30"), at: at("08:41"), received_at: at("09:00"), grade: "B", answer_until: "2026-11-27",
};
const finding: FindingOwn = {
  post: "p1", from_at: at("10:02"), to_at: at("10:13"), state: "unattended", explain: { key: "own.unattended", params: { seen: at("10:02"), again: at("10:13"), person: "ann" } },
  post_count: 1, person_count: 1, grade: "A", answer_until: "2026-11-26", person: "ann",
};

/** What a phone of `uid` holds. */
function phone(uid: string, rows: Parameters<typeof base>[0]): Sync {
  const read = screen(base(rows), [], {}, uid);
  return { uid, now: () => at("15:00"), rows: (kind: RowKind) => signal(read(kind)) } as unknown as Sync;
}

describe("everything recorded about me (GEN-08, EVD-12)", () => {
  const rows = { "att.exc": { x: exception, y: { ...exception, person: "bob" } }, "finding.own": { f: finding, g: { ...finding, person: "bob" } }, cover: { k: { post: "p1", person: "bob", for_person: "ann", from_at: at("11:00") } } };

  it("lists what is about this person and nothing else, newest first", () => {
    expect(entriesOf(phone("ann", rows)).map((one) => [one.kind, one.id])).toEqual([["cover", "k"], ["finding", "f"], ["attendance", "x"]]);
    expect(entriesOf(phone("eve", rows))).toEqual([]);
  });

  it("has what was coded beside a post, a result passed on, and that a month has too many late ones; nobody else's", () => {
    const coded = { post: "p1", at: at("09:10"), codes: ["P8"], grade: "A" as const, answer_until: "2026-11-26", person: "ann" };
    const visit = { visit: "v", unit: "u1", day: DAY, window: "3", score: { got: 80, of: 100 } as never, failed: [], notes: [], state: "published" as const, told_at: at("11:00"), answer_until: "2026-11-26", answers: [{ by: "ann", at: 1, text: "我" }, { by: "bob", at: 1, text: "科室" }] };
    const candidate = { person: "ann", unit: "u1", month: DAY.slice(0, 7), limit: 3, events: [`${DAY}:ann:0:in`] };
    const held = { coded: { c: coded, d: { ...coded, person: "bob" }, e: { ...coded, at: at("09:00"), ended: true } }, "visit.own": { o: visit }, "att.candidate": { m: candidate, n: { ...candidate, person: "bob" } }, "att.exc": { [`${DAY}:ann:0:in`]: exception } };
    const found = entriesOf(phone("ann", held));
    expect(found.map((one) => [one.kind, one.id])).toEqual([["visit", "o"], ["finding", "c"], ["finding", "e"], ["attendance", "candidate:m"], ["attendance", `${DAY}:ann:0:in`]]);
    expect(found.map((one) => [one.answer?.rid ?? "", one.answers])).toEqual([["", ["我"]], ["c", []], ["", []], ["", []], [`${DAY}:ann:0:in`, []]]);
  });

  it("has praise of this person, with nothing to answer, and the problems and repairs he answers for; nobody else's", () => {
    const praise = { post: "p1", at: at("09:10"), codes: ["P0"], grade: "A" as const, answer_until: "", ended: true, person: "ann" };
    const problem = { unit: "u1", source: "patrol" as const, code: "P10", text: "看手机", level: "minor" as const, state: "ordered" as const, steps: [{ step: "found" as const, by: "bob", at: at("10:00") }, { step: "ordered" as const, by: "bob", at: at("10:30") }], found_at: at("10:00"), owner: "ann" };
    const repair = { place: "p1", unit: "u1", kind: "fault" as const, severity: "minor" as const, text: "打印机", state: "assigned" as const, steps: [{ step: "reported" as const, by: "bob", at: at("11:00") }], reported_at: at("11:00"), owner: "ann" };
    const held = { coded: { c: praise }, problem: { p: problem, n: { ...problem, owner: "", named: "ann", found_at: at("09:30") }, o: { ...problem, owner: "bob" } }, repair: { r: repair, s: { ...repair, owner: "bob" } } };
    const found = entriesOf(phone("ann", held));
    expect(found.map((one) => [one.kind, one.id, one.state, one.clocks.length])).toEqual([["repair", "r", "已派修", 1], ["problem", "p", "已交办", 1], ["problem", "n", "已交办", 1], ["finding", "c", "P0", 1]]);
    expect(found.map((one) => one.answer)).toEqual([undefined, undefined, undefined, undefined]);
    expect(found[1]?.text).toBe("P10；看手机");
  });

  it("has what another's hand list says of this person, whatever became of it, and nobody else's (ATT-05)", () => {
    const listed = { person: "ann", day: DAY, session: 0, way: "in" as const, claim_at: at("08:25"), cause: "power" as const, by: "bob", at: at("09:00"), received_at: at("09:01"), state: "refused" as const, decided_by: "cat", decided_at: at("10:00"), decision: "查无" };
    const found = entriesOf(phone("ann", { "att.listed": { "l:ann": listed, "l:dan": { ...listed, person: "dan" } } }));
    expect(found.map((one) => [one.id, one.by, one.text, one.clocks.map(([, when]) => when)])).toEqual([["l:ann", "bob", "手工签到表；停电；查无", [at("08:25"), at("09:00"), at("09:01"), at("10:00")]]]);
  });

  it("says on which clocks and on what grade it rests, in a sentence", () => {
    const [entry] = entriesOf(phone("ann", { "att.exc": { x: exception } }));
    expect(entry?.text).toBe("应 08:30 签到，08:41 签到，迟到 11 分钟。");
    expect(entry?.clocks.map(([, when]) => when)).toEqual([at("08:30"), at("08:41"), at("09:00")]);
    expect(entry?.grade).toBe("B");
  });

  it("can be answered while it is open, and appealed against once it is confirmed", () => {
    const answerOf = (more: Partial<AttException>) => entriesOf(phone("ann", { "att.exc": { x: { ...exception, ...more } } }))[0]?.answer;
    expect(answerOf({})).toMatchObject({ k: "att.answer", rid: "x", appeal: false, until: "2026-11-27" });
    expect(answerOf({ state: "confirmed" })).toMatchObject({ appeal: true });
    expect(answerOf({ state: "explained" })).toBeUndefined();
    expect(entriesOf(phone("ann", { "finding.own": { f: finding } }))[0]?.answer).toMatchObject({ k: "finding.answer", rid: "f" });
  });
});
