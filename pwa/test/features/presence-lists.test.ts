import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { Lists } from "../../src/app/feature";
import { effects as handoverEffects } from "../../src/features/handover/effect";
import { lists as handover } from "../../src/features/handover/lists";
import { effects as incidentEffects } from "../../src/features/incident/effect";
import { lists as incident } from "../../src/features/incident/lists";
import { effects as patrolEffects } from "../../src/features/patrol/effect";
import { lists as patrol } from "../../src/features/patrol/lists";
import { effects as presenceEffects } from "../../src/features/presence/effect";
import { lists as presence } from "../../src/features/presence/lists";
import type { OutboxItem, RowKind, Sync } from "../../src/sync/api";
import type { AwayOffice, Finding, FindingOwn, Incident, Me, Observation, PostPublic } from "../../src/sync/types.gen";
import { at, base, screen } from "./world";

/** The part of the engine an index reads: rows, who, and the time. */
function engine(rows: Parameters<typeof base>[0], uid: string, clock: string): Sync {
  const read = screen(base(rows), [], {}, uid);
  const part: Pick<Sync, "uid" | "now" | "rows"> = { uid, now: () => at(clock), rows: (kind) => signal(read(kind as RowKind)) as never };
  return part as Sync;
}

const me = (uid: string, roles: string[]): Record<string, Me> => ({ [uid]: { uid, name: uid, unit: "u1", roles } });
const AWAY: AwayOffice = {
  person: "ann", unit: "u1", whole_unit: false, posts: ["p1"], reason: "step_away", text: "", destination: "", contact: "", leaves_at: at("10:00"), back_at: at("10:30"),
  announced_at: at("10:00"), received_at: at("10:00"), grade: "A", state: "active", cover: "told", late: false, stand_in: "bob",
};
const waiting = (lists: Lists, rows: Parameters<typeof base>[0], uid: string, clock: string) =>
  (lists.inbox?.(engine(rows, uid, clock)) ?? []).filter((item) => item.waits).map((item) => [item.id, item.path]);

describe("what waits for a person", () => {
  it("is a request to stand in, until it is answered", () => {
    expect(waiting(presence, { me: me("bob", ["STF"]), "away.office": { n1: AWAY } }, "bob", "10:01")).toEqual([["ask:n1", "/post"]]);
    expect(waiting(presence, { me: me("bob", ["STF"]), "away.office": { n1: { ...AWAY, cover: "accepted" } } }, "bob", "10:01")).toEqual([]);
  });

  it("is the office's contact post while nobody keeps it, for its head and the office (ORG-06)", () => {
    const pub = (label: PostPublic["label"]): PostPublic => ({ number: "01", zone: "z1", order: 1, unit: {}, services: [], label, plate: "", since: at("10:00") });
    const rows = (uid: string, roles: string[], label: PostPublic["label"]) => ({ me: me(uid, roles), unit: { u1: { names: {}, kind: "centre" as const, head: "cat", category: "", contact_post: "p1" } }, "post.pub": { p1: pub(label) } });
    expect(waiting(presence, rows("cat", ["STF", "HEAD"], "suspended"), "cat", "10:05")).toEqual([["contact:p1", "/post"]]);
    expect(waiting(presence, rows("dan", ["STF", "OFF"], "suspended"), "dan", "10:05")).toEqual([["contact:p1", "/overview"]]);
    expect(waiting(presence, rows("cat", ["STF", "HEAD"], "covered"), "cat", "10:05")).toEqual([]);
    expect(waiting(presence, rows("ann", ["STF"], "suspended"), "ann", "10:05")).toEqual([]);
  });

  it("is whoever has taken two windows at once, perhaps on two phones without a network, for the head and the office (AB-04, ORG-05)", () => {
    const cover = (post: string, clock: string, until?: string) => ({ post, person: "ann", for_person: "bob", from_at: at(clock), until_at: until ? at(until) : null });
    const two = { k1: cover("p2", "10:00"), k2: cover("p4", "10:03") };
    for (const [roles, path] of [[["STF", "HEAD"], "/post"], [["STF", "OFF"], "/overview"]] as const) {
      expect(waiting(presence, { me: me("cat", [...roles]), cover: two }, "cat", "10:05")).toEqual([["two:ann", path]]);
    }
    const text = (presence.inbox?.(engine({ me: me("cat", ["HEAD"]), cover: two }, "cat", "10:05")) ?? []).map((item) => item.text);
    expect(text).toEqual(["演甲子；同时 2 个岗位；02号窗口、04号窗口"]);
    expect(waiting(presence, { me: me("cat", ["HEAD"]), cover: { ...two, k1: cover("p2", "10:00", "10:04") } }, "cat", "10:05")).toEqual([]);
    expect(waiting(presence, { me: me("ann", ["STF"]), cover: two }, "ann", "10:05")).toEqual([]);
  });

  it("is the own overdue return, and for the head the overdue and the late notices of others", () => {
    expect(waiting(presence, { me: me("ann", ["STF"]), "away.office": { n1: AWAY } }, "ann", "10:41")).toEqual([["back:n1", "/post"]]);
    expect(waiting(presence, { me: me("cat", ["STF", "HEAD"]), "away.office": { n1: { ...AWAY, late: true } } }, "cat", "10:41")).toEqual([["late:n1", "/post"], ["over:n1", "/post"]]);
    expect(waiting(presence, { me: me("cat", ["STF"]), "away.office": { n1: { ...AWAY, late: true } } }, "cat", "10:41")).toEqual([]);
  });

  it("waits for the office at the overview, and is counted there", () => {
    const rows = { me: me("off", ["OFF", "HEAD"]), "away.office": { n1: { ...AWAY, late: true, stand_in: "off" } } };
    expect(waiting(presence, rows, "off", "10:01")).toEqual([["ask:n1", "/post"], ["late:n1", "/overview"]]);
    const sync = engine(rows, "off", "10:01");
    expect([presence.counts?.post?.(sync), presence.counts?.overview?.(sync)]).toEqual([1, 1]);
  });

  it("is a return that is due now, and after the grace the stand-in's to bridge", () => {
    expect(waiting(presence, { me: me("ann", ["STF"]), "away.office": { n1: AWAY } }, "ann", "10:31")).toEqual([["due:n1", "/post"]]);
    const served = { ...AWAY, cover: "in_force" as const };
    expect(waiting(presence, { me: me("bob", ["STF"]), "away.office": { n1: served } }, "bob", "10:41")).toEqual([["stay:n1", "/post"]]);
    expect(waiting(presence, { me: me("bob", ["STF"]), "away.office": { n1: served } }, "bob", "10:39")).toEqual([]);
  });

  it("reaches the office only when person and head have let an overdue return pass (AWY-07)", () => {
    const rows = { me: me("off", ["OFF"]), "away.office": { n1: AWAY } };
    expect(waiting(presence, rows, "off", "10:59")).toEqual([]);
    expect(waiting(presence, rows, "off", "11:00")).toEqual([["over:n1", "/overview"]]);
  });

  it("is the head's word and a stand-in that is not sure, at once (AWY-05, AB-05)", () => {
    const long = { ...AWAY, back_at: at("11:00"), consent: "waiting" as const };
    const rows = { me: me("cat", ["STF", "HEAD"]), "away.office": { n1: long }, "away.told": { n1: { trouble: "declined" as const } } };
    expect(waiting(presence, rows, "cat", "10:01")).toEqual([["word:n1", "/post"], ["gap:n1", "/post"]]);
    expect(waiting(presence, { ...rows, me: me("ann", ["STF"]) }, "ann", "10:01")).toEqual([["cover:n1", "/post"]]);
  });

  it("tells the office of a unit that is wholly away without asking anything", () => {
    const whole = { ...AWAY, whole_unit: true, contact: "0000-00001234", stand_in: null };
    const items = presence.inbox?.(engine({ me: me("off", ["OFF"]), "away.office": { n1: whole } }, "off", "10:01")) ?? [];
    expect(items.map((item) => [item.id, item.waits])).toEqual([["unit:n1", false]]);
    expect(items[0]?.text).toContain("0000-00001234");
  });

  it("is a second look that is due, and a finding one has not answered", () => {
    const seen: Observation = { round: "r1", post: "p1", seen: "empty_no_notice", at: at("10:02"), received_at: at("10:02"), grade: "A", inspector: "ins", recheck_due_at: at("10:12") };
    expect(waiting(patrol, { obs: { o1: seen } }, "ins", "10:11")).toEqual([]);
    expect(waiting(patrol, { obs: { o1: seen } }, "ins", "10:12")).toEqual([["recheck:o1", "/patrol"]]);
    const own: FindingOwn = { post: "p1", from_at: at("10:02"), to_at: at("10:12"), state: "unattended", explain: { key: "own.unattended", params: {} }, post_count: 1, person_count: 1, grade: "A", answer_until: "2026-11-26", person: "ann" };
    expect(waiting(patrol, { "finding.own": { o1: own } }, "ann", "11:00")).toEqual([["finding:o1", "/records/o1"]]);
    expect(waiting(patrol, { "finding.own": { o1: { ...own, answers: ["当时在接待"] } } }, "ann", "11:00")).toEqual([]);
    const stood: FindingOwn = { ...own, state: "explained", person_count: 0, cover: "bob", cover_count: 1 };
    expect(waiting(patrol, { "finding.own": { o1: stood } }, "bob", "11:00")).toEqual([["finding:o1", "/records/o1"]]);
  });

  it("is a finding in which another inspector saw the contrary, until it was answered (CON-07)", () => {
    const body: Finding = { post: "p1", from_at: at("10:02"), to_at: at("10:02"), state: "contradictory", observations: ["o1"], explain: { key: "explain.contradictory", params: {} }, post_count: 0, person_count: 0, grade: "A", asked: ["ins", "eff"] };
    const rows = { me: me("ins", ["INS"]), finding: { o1: body } };
    expect(waiting(patrol, rows, "ins", "11:00")).toEqual([["asked:o1", "/findings/o1"]]);
    expect(waiting(patrol, { ...rows, finding: { o1: { ...body, asked: ["eff"] } } }, "ins", "11:00")).toEqual([]);
  });

  it("is an incident nobody handles, not the own report of it", () => {
    const one: Incident = { kind: "power", place: "z1", found_at: at("10:00"), received_at: at("10:00"), level: 3, reporter: "ann", responder: "cat", people: 0, text: "", done: [], escalated: "", state: "reported" };
    expect(waiting(incident, { incident: { i1: one } }, "cat", "10:01")).toEqual([["incident:i1", "/incidents/i1"]]);
    expect(waiting(incident, { incident: { i1: one } }, "ann", "10:01")).toEqual([]);
    expect(waiting(incident, { incident: { i1: { ...one, state: "handling", done: [{ duty: "handling", by: "cat", at: at("10:01") }] } } }, "cat", "10:01")).toEqual([]);
  });
});

describe("the outbox", () => {
  it.each([
    ["presence", presence, presenceEffects],
    ["handover", handover, handoverEffects],
    ["patrol", patrol, patrolEffects],
    ["incident", incident, incidentEffects],
  ] as const)("has words for every kind of record of %s", (_, lists, effects) => {
    expect(Object.keys(lists.describe ?? {})).toEqual(expect.arrayContaining(Object.keys(effects)));
  });

  it("says of a leave which window and until when", () => {
    const item: OutboxItem<"away.announce"> = {
      id: "x", seq: 1, k: "away.announce", rid: "n1", a: { posts: ["p1"], reason: "meeting", leaves_at: at("10:00"), back_at: at("11:00"), person: "ann" }, bytes: 400, saved_at: at("10:00"), code: "ABCD1234", state: "saved",
    };
    const said = presence.describe?.["away.announce"]?.(item, engine({}, "ann", "10:00"));
    for (const part of ["01", "10:00", "11:00"]) expect(said?.text).toContain(part);
  });
});
