import { describe, expect, it } from "vitest";
import { effects } from "../../src/features/presence/effect";
import { effects as rosterEffects } from "../../src/features/roster/effect";
import {
  candidatesFor, coverStanding, coversOf, defaultPreset, dutiesOf, gapsNow, gapsOf, isServed, leaveHint, postsNow, promisesOf, proposedStandIn, returnPresets, servedBy, whereabouts, type PresenceRows,
} from "../../src/features/presence/model";
import { emptiesOffice } from "../../src/features/presence/cover";
import { toldOf } from "../../src/features/presence/words";
import { asksOf, lateToJudge, noticesOf, overdueOf, ownNotice, phaseOf, unitNotice } from "../../src/features/presence/notice";
import type { AwayInspector, AwayOffice, AwayUnit, Me, PostPublic } from "../../src/sync/types.gen";
import { LUNCH } from "../../src/features/hall/hours";
import { at, base, DAY, HALL, MINUTE_MS, op, screen, type Read } from "./world";

function presence(read: Read, knows: PresenceRows["knows"] = null): PresenceRows {
  return {
    hall: read("hall").get("hall")?.body, posts: read("post"), people: read("person"), duties: read("duty"), covers: read("cover"), labels: read("post.pub"),
    office: read("away.office"), unit: read("away.unit"), inspector: read("away.ins"), knows, told: read("away.told"),
    leaves: read("leave.unit"), emergencies: read("emergency"),
  };
}

const announced = op("away.announce", "n1", { posts: ["p1"], reason: "step_away", leaves_at: at("10:00"), back_at: at("10:30"), person: "ann", stand_in: "bob" }, at("10:00"));
const after = (...ops: Parameters<typeof screen>[1]) => screen(base(), [announced, ...ops], effects, "ann");
const asBob = (...ops: Parameters<typeof screen>[1]) => presence(screen(base({ "away.office": officeOf() }), ops, effects, "bob"));
const officeOf = () => Object.fromEntries([...after()("away.office")].map(([rid, { body }]) => [rid, body]));
const stateOf = (rows: PresenceRows, post: string, now: number) => postsNow(rows, now).find((one) => one.id === post);

describe("leaving and coming back, before the server has answered", () => {
  it("makes the post a gap while the stand-in has not said yes", () => {
    const rows = presence(after());
    expect(stateOf(rows, "p1", at("10:05"))).toMatchObject({ state: "gap", by: null, a: "ann" });
    expect(stateOf(rows, "p1", at("09:59"))?.state).toBe("a");
    expect(gapsOf(postsNow(rows, at("10:05"))).map((post) => post.id)).toEqual(["p1"]);
  });

  it("misses nobody outside the hours", () => {
    const late = (clock: string) => gapsNow(postsNow(presence(after()), at(clock)), HALL, at(clock)).map((post) => post.id);
    expect(["10:05", "13:00", "22:18"].map(late)).toEqual([["p1"], [], []]);
  });

  it("shows the own notice as away, due at the expected return and overdue after the grace", () => {
    const notice = ownNotice(noticesOf(presence(after())), "ann", at("10:05"), HALL);
    expect(notice?.rid).toBe("n1");
    if (!notice) return;
    expect([at("10:29"), at("10:31"), at("10:41")].map((now) => phaseOf(notice, now, HALL))).toEqual(["away", "due", "overdue"]);
  });

  it("reads three minutes without an answer as silence", () => {
    const notice = noticesOf(presence(after())).get("n1");
    expect(notice && [at("10:02"), at("10:04")].map((now) => coverStanding(notice, now, HALL))).toEqual(["told", "silent"]);
  });

  it("extends, and is no longer overdue", () => {
    const rows = presence(after(op("away.extend", "n1", { back_at: at("11:00") }, at("10:45"))));
    const notice = noticesOf(rows).get("n1");
    expect(notice && phaseOf(notice, at("10:50"), HALL)).toBe("away");
  });

  it("ends with the return, and with it every older notice and the cover", () => {
    const second = op("away.announce", "n2", { posts: ["p1"], reason: "meeting", leaves_at: at("10:35"), back_at: at("11:00"), person: "ann" }, at("10:35"));
    const covered = base({ cover: { c1: { post: "p1", person: "bob", for_person: "ann", from_at: at("10:02"), notice: "n1", until_at: null } } });
    const rows = presence(screen(covered, [announced, second, op("away.return", "n2", { back_at: at("10:50") }, at("10:50"))], effects, "ann"));
    expect(ownNotice(noticesOf(rows), "ann", at("10:51"), HALL)).toBeUndefined();
    expect(coversOf(rows.covers, "bob", at("10:51"))).toEqual([]);
    expect(stateOf(rows, "p1", at("10:51"))).toMatchObject({ state: "a", by: "ann" });
  });

  it("is cancelled before leaving, and a return before leaving means the person did not go", () => {
    const planned = op("away.announce", "n1", { posts: ["p1"], reason: "meeting", leaves_at: at("11:00"), back_at: at("12:00"), person: "ann" }, at("10:00"));
    const cancelled = screen(base(), [planned, op("away.cancel", "n1", {}, at("10:10"))], effects, "ann");
    const returned = screen(base(), [planned, op("away.return", "n1", { back_at: at("10:10") }, at("10:10"))], effects, "ann");
    for (const read of [cancelled, returned]) expect(read("away.office").get("n1")?.body.state).toBe("cancelled");
  });

  it("is a late notice when it was made after the departure it claims", () => {
    const late = op("away.announce", "n1", { posts: ["p1"], reason: "errand", leaves_at: at("09:50"), back_at: at("10:30"), person: "ann" }, at("10:05"));
    const rows = presence(screen(base(), [late], effects, "ann"));
    expect(lateToJudge(noticesOf(rows), "cat").map((notice) => notice.rid)).toEqual(["n1"]);
    expect(lateToJudge(noticesOf(rows), "ann")).toEqual([]);
    expect(lateToJudge(noticesOf(presence(after())), "cat")).toEqual([]);
    const judged = presence(screen(base(), [late, op("away.judge_late", "n1", { accept: false, text: "情况不属实" }, at("11:00"))], effects, "cat"));
    expect(lateToJudge(noticesOf(judged), "cat")).toEqual([]);
  });

  it("leaves the list of the overdue when the head closes it", () => {
    const open = noticesOf(presence(after()));
    const closed = noticesOf(presence(after(op("away.close", "n1", { text: "已返岗，忘记登记" }, at("12:00")))));
    expect(overdueOf(open, at("11:00"), HALL).map((notice) => notice.rid)).toEqual(["n1"]);
    expect(overdueOf(closed, at("12:01"), HALL)).toEqual([]);
  });
});

describe("lunch duty (CAL-05)", () => {
  const hall = { ...HALL, lunch: ["12:00", "14:30"] as [string, string] };
  const duty = (a: string, b: string | null) => ({ day: DAY, post: "p1", a, b, plan: [{ n: 0, a: "ann", b: "bob" }, { n: LUNCH, a: "eve" }] });
  const rows = (a = "ann", b: string | null = "bob", more = {}) => presence(screen(base({ hall: { hall }, duty: { [`${DAY}:p1`]: duty(a, b) }, ...more }), [], effects, "ann"));
  const has = (uid: string, clock: string, now = rows()) => Object.entries(dutiesOf(postsNow(now, at(clock)), uid)).flatMap(([kind, posts]) => posts.map((one) => `${kind} ${one.id}`));

  it("stands with the post all day, and is a duty of its own for whoever has nothing else there", () => {
    expect(stateOf(rows(), "p1", at("09:00"))?.lunch).toMatchObject({ from: at("12:00"), to: at("14:30"), a: "eve", on: false });
    expect(stateOf(rows(), "p2", at("09:00"))?.lunch).toBeNull();
    expect([has("eve", "09:00"), has("ann", "09:00"), has("bob", "09:00")]).toEqual([["lunch p1"], ["mine p1"], ["standby p1"]]);
  });

  it("takes the post from nobody who has it again after it", () => {
    const noon = rows("eve", null);
    expect([has("eve", "12:30", noon), has("ann", "12:30", noon), has("bob", "12:30", noon)]).toEqual([["mine p1"], ["mine p1"], ["standby p1"]]);
    expect(stateOf(noon, "p1", at("12:30"))).toMatchObject({ state: "a", by: "eve" });
  });

  it("is not served by who took the post from others before it, nor the post by who took it over lunch", () => {
    const cover = (from_at: number) => ({ cover: { c1: { post: "p1", person: "cat", for_person: "ann", from_at, until_at: null } } });
    expect(["11:55", "12:30", "14:31"].map((clock) => stateOf(rows("ann", "bob", cover(at("11:50"))), "p1", at(clock))?.state)).toEqual(["cover", "a", "cover"]);
    expect(["12:30", "14:31"].map((clock) => stateOf(rows("ann", "bob", cover(at("12:10"))), "p1", at(clock))?.state)).toEqual(["cover", "a"]);
  });
});

describe("outside the hours (CAL-01, CAL-05)", () => {
  it("nobody is said to be on post, but whoever has lunch duty", () => {
    const idle = { lunch: null };
    expect(["08:29", "08:30", "12:00", "14:30", "22:18"].map((clock) => isServed(idle, HALL, at(clock)))).toEqual([false, true, false, true, false]);
    const lunch = { from: at("12:00"), to: at("14:30"), a: "ann", b: "", on: true, plan: [] };
    expect(isServed({ lunch }, HALL, at("12:30"))).toBe(true);
  });
});

describe("standing in", () => {
  it("is asked with why, where to, how to reach the leaver and what is left, to the stand-in and not to the unit (AWY-01, AWY-04)", () => {
    const said = { text: "例会", destination: "大厅会议室", contact: "8021", handed: ["退件两份", "来电待回"] };
    const told = screen(base(), [op("away.announce", "n1", { ...announced.a, reason: "meeting", ...said }, at("10:00"))], effects, "ann");
    const office = [...told("away.office").values()][0]!.body;
    const [ask] = asksOf(noticesOf(presence(screen(base({ "away.office": { n1: office } }), [], effects, "bob"))), "bob", at("10:01"), HALL);
    expect(ask && toldOf(ask)).toEqual([["去向", "大厅会议室"], ["事由", "例会"], ["联系方式", "8021"], ["衔接事项", "退件两份；来电待回"]]);
    expect(ask && toldOf({ ...ask, office: null })).toEqual([["去向", "大厅会议室"]]);
    expect(asksOf(noticesOf(asBob()), "bob", at("10:01"), HALL).map(toldOf)).toEqual([[]]);
  });

  it("asks the stand-in until there is an answer", () => {
    expect(asksOf(noticesOf(asBob()), "bob", at("10:01"), HALL).map((notice) => notice.rid)).toEqual(["n1"]);
    expect(asksOf(noticesOf(asBob()), "cat", at("10:01"), HALL)).toEqual([]);
    const answered = asBob(op("away.answer", "n1", { accept: false }, at("10:02")));
    expect(asksOf(noticesOf(answered), "bob", at("10:03"), HALL)).toEqual([]);
    expect(stateOf(answered, "p1", at("10:03"))?.state).toBe("gap");
  });

  it("serves from the moment of leaving once the stand-in has said yes", () => {
    const rows = asBob(op("away.answer", "n1", { accept: true }, at("10:02")));
    expect(stateOf(rows, "p1", at("10:03"))).toMatchObject({ state: "cover", by: "bob" });
    expect(promisesOf(rows, noticesOf(rows), "bob", at("10:03")).map((notice) => notice.rid)).toEqual(["n1"]);
    expect(dutiesOf(postsNow(rows, at("10:03")), "bob")).toMatchObject({ mine: [{ id: "p2" }], standby: [{ id: "p1" }] });
  });

  it("takes the post without having been asked, and hands it back", () => {
    const taken = op("cover.step_up", "c1", { post: "p3", at: at("10:00") }, at("10:00"));
    const rows = presence(screen(base(), [taken], effects, "eve"));
    expect(rows.covers.get("c1")?.body).toMatchObject({ person: "eve", for_person: "dan", until_at: null });
    expect(stateOf(rows, "p3", at("10:01"))).toMatchObject({ state: "cover", by: "eve" });
    const back = presence(screen(base(), [taken, op("cover.hand_back", "c1", { at: at("10:20") }, at("10:20"))], effects, "eve"));
    expect(stateOf(back, "p3", at("10:21"))).toMatchObject({ state: "a", by: "dan" });
  });

  it("is over for whoever left when the stand-in gives the post back (AB-06)", () => {
    const rows = asBob(op("cover.step_up", "c1", { post: "p1", at: at("10:02"), notice: "n1" }, at("10:02")), op("cover.hand_back", "c1", { at: at("10:10") }, at("10:10")));
    expect(rows.office.get("n1")?.body.cover).toBe("declined");
    expect(stateOf(rows, "p1", at("10:11"))?.state).toBe("gap");
  });

  it("says why the stand-in cannot, and what the head made of a late notice", () => {
    const declined = asBob(op("away.answer", "n1", { accept: false, text: "正在办件" }, at("10:02")));
    expect(declined.office.get("n1")?.body).toMatchObject({ cover: "declined", reply_text: "正在办件" });
    const judged = asBob(op("away.judge_late", "n1", { accept: false, text: "情况不属实" }, at("11:00")));
    expect(judged.office.get("n1")?.body).toMatchObject({ late_accepted: false, late_text: "情况不属实" });
  });

  it("is seen by whoever left, asked or not", () => {
    const read = screen(base({ "away.office": officeOf(), cover: { c1: { post: "p1", person: "cat", for_person: "ann", from_at: at("10:02"), notice: "n1", until_at: null } } }), [], effects, "ann");
    const rows = presence(read);
    const notice = noticesOf(rows).get("n1");
    expect(notice && [at("10:01"), at("10:03")].map((now) => servedBy(notice, postsNow(rows, now)))).toEqual([null, "cat"]);
  });

  it("does not count a stand-in who has left too", () => {
    const rows = asBob(
      op("away.answer", "n1", { accept: true }, at("10:02")),
      op("away.announce", "n3", { posts: ["p2"], reason: "meeting", leaves_at: at("10:05"), back_at: at("11:00"), person: "bob" }, at("10:05")),
    );
    expect(stateOf(rows, "p1", at("10:06"))?.state).toBe("gap");
  });

  it("does not count a stand-in whose own return is overdue, whoever noticed that first (AWY-09, AB-05)", () => {
    const { n1 } = officeOf();
    if (!n1) throw new Error("no notice");
    const own = { ...n1, person: "bob", posts: ["p2"], leaves_at: at("10:05"), back_at: at("10:15"), stand_in: null, cover: "none" as const };
    const with_own = (more: Partial<typeof n1>) => presence(screen(base({ "away.office": { n1: { ...n1, cover: "in_force" }, n2: { ...own, ...more } } }), [], effects, "cat"));
    expect(stateOf(with_own({}), "p1", at("10:26"))?.state).toBe("gap");
    expect(stateOf(with_own({ state: "overdue" }), "p1", at("10:26"))?.state).toBe("gap");
    const yesterday = { state: "overdue" as const, leaves_at: at("10:05") - 86_400_000, back_at: at("10:15") - 86_400_000 };
    expect(stateOf(with_own(yesterday), "p1", at("10:26"))).toMatchObject({ state: "cover", by: "bob" });
  });

  it("shows nobody in place of another whom the lobby knows to be away, be it with his whole unit (AWY-02, AB-05)", () => {
    const { n1 } = officeOf();
    if (!n1) throw new Error("no notice");
    const pub = (label: PostPublic["label"], since = "10:00"): PostPublic => ({ number: "01", zone: "z1", order: 1, unit: {}, services: [], label, plate: "", since: at(since) });
    const yes = { "away.office": { n1: { ...n1, cover: "in_force" as const } } };
    const took = { "away.office": { n1: { ...n1, cover: "none" as const, stand_in: null } }, cover: { c1: { post: "p1", person: "eve", for_person: "ann", from_at: at("10:02"), until_at: null } } };
    const at_p1 = (rows: Parameters<typeof base>[0], label: PostPublic, ops: Parameters<typeof screen>[1] = [], now = at("10:06")) => {
      const known = presence(screen(base({ ...rows, "post.pub": { p1: label } }), ops, effects, "bob"), new Set(["u1"]));
      const notice = noticesOf(known).get("n1");
      const post = stateOf(known, "p1", now);
      return [post?.label?.label ?? post?.state, notice && coverStanding(notice, now, HALL, postsNow(known, now))];
    };
    for (const rows of [yes, took]) {
      expect(at_p1(rows, pub("covered"))[0]).toBe("cover");
      expect(at_p1(rows, pub("on_post"))[0], "of before").toBe("cover");
      expect(at_p1(rows, { ...pub("step_away"), since: at("10:00") - 86_400_000 })[0], "of the day before").toBe("cover");
    }
    expect(at_p1(yes, pub("step_away"))).toEqual(["step_away", "accepted"]);
    expect(at_p1(took, pub("step_away"))).toEqual(["step_away", null]);
    const asked = { "away.office": { n1 } };
    expect(at_p1(asked, pub("step_away"), [op("away.answer", "n1", { accept: true }, at("10:05"))]), "said here").toEqual(["cover", "in_force"]);
    expect(at_p1(asked, pub("step_away"), [op("cover.step_up", "c1", { post: "p1", at: at("10:05") }, at("10:05"))])[0], "taken here").toBe("cover");
  });

  it("never lets the office's contact point be wholly away in working hours (AWY-03)", () => {
    const units = screen(base(), [], effects, "ann")("unit");
    const office = new Map([...units, ["u2", { ...units.get("u2")!, body: { ...units.get("u2")!.body, contact_post: "p3" } }]]);
    const empties = (unit: string, to: string) => emptiesOffice({ hall: HALL, units: office }, unit, at("12:05"), at(to));
    expect([empties("u2", "14:00"), empties("u2", "15:00"), empties("u1", "15:00")]).toEqual([false, true, false]);
  });

  it("proposes today's B, then the unit, then the same group, and nobody who is away", () => {
    const rows = presence(screen(base(), [], effects, "ann"));
    const people = candidatesFor(rows, ["p1"], "ann", at("10:00"));
    expect(people.map((one) => one.uid)).toEqual(["bob", "cat", "eve"]);
    expect(proposedStandIn(people)?.uid).toBe("bob");
    const away = presence(screen(base(), [op("away.announce", "n3", { posts: ["p2"], reason: "meeting", leaves_at: at("09:00"), back_at: at("11:00"), person: "bob" }, at("09:00"))], effects, "bob"));
    const left = candidatesFor(away, ["p1"], "ann", at("10:00"));
    expect(left.at(-1)).toMatchObject({ uid: "bob", away: true, is_b: true });
    expect(proposedStandIn(left)?.uid).toBe("cat");
  });
});

describe("return times", () => {
  it("offers minutes, the afternoon and the end of the day while they are ahead", () => {
    expect(returnPresets(HALL, at("10:00")).map(({ id, at: time }) => [id, time])).toEqual([
      ["m10", at("10:10")], ["m30", at("10:30")], ["m60", at("11:00")], ["afternoon", at("14:30")], ["closing", at("17:30")],
    ]);
    expect(returnPresets(HALL, at("10:00") + 32_000)[1]?.at).toBe(at("10:30"));
    expect(returnPresets(HALL, at("15:00")).map(({ id }) => id)).toEqual(["m10", "m30", "m60", "closing"]);
    expect(returnPresets(HALL, at("18:00")).map(({ id }) => id)).toEqual(["m10", "m30", "m60"]);
  });

  it("opens with half an hour for a step-away and the end of the day for someone off today", () => {
    expect(defaultPreset("step_away", returnPresets(HALL, at("10:00")))).toBe("m30");
    expect(defaultPreset("off_today", returnPresets(HALL, at("10:00")))).toBe("closing");
    expect(defaultPreset("off_today", returnPresets(HALL, at("18:00")))).toBe("m60");
  });

  it("says when leave or consent is needed", () => {
    expect(leaveHint("step_away", 30 * MINUTE_MS, 30 * MINUTE_MS)).toBeNull();
    expect(leaveHint("step_away", 31 * MINUTE_MS, 30 * MINUTE_MS)).toBe("consent");
    expect(leaveHint("off_today", 0, 30 * MINUTE_MS)).toBe("off_today");
    expect(leaveHint("meeting", 300 * MINUTE_MS, 30 * MINUTE_MS)).toBeNull();
  });
});

describe("what others see", () => {
  it("lists the unit's people, those away first", () => {
    const rows = presence(after());
    const list = whereabouts(rows, postsNow(rows, at("10:05")), "u1", at("10:05"));
    expect(list.map((one) => [one.uid, one.notice?.rid ?? null])).toEqual([["ann", "n1"], ["bob", null], ["cat", null]]);
  });

  it("counts everybody of a unit as away when the whole unit left", () => {
    const whole = op("away.announce", "w1", { posts: ["p3", "p4"], reason: "meeting", leaves_at: at("10:00"), back_at: at("11:00"), person: "eve", unit: "u2" }, at("10:00"));
    const rows = presence(screen(base(), [whole], effects, "eve"));
    expect(gapsOf(postsNow(rows, at("10:05"))).map((post) => post.id)).toEqual(["p3", "p4"]);
    expect(whereabouts(rows, [], "u2", at("10:05")).every((one) => one.notice?.rid === "w1")).toBe(true);
  });

  it("takes one of a unit that is away back alone, on the own phone at once (AWY-02)", () => {
    const left: AwayOffice = {
      person: "eve", unit: "u2", whole_unit: true, posts: ["p3", "p4"], reason: "meeting", text: "", destination: "", contact: "", leaves_at: at("10:00"), back_at: at("11:00"),
      announced_at: at("10:00"), received_at: at("10:00"), grade: "A", state: "active", cover: "none", late: false, stand_in: null,
    };
    const face: AwayUnit = { person: "eve", whole_unit: true, posts: ["p3", "p4"], reason: "meeting", destination: "", leaves_at: at("10:00"), back_at: at("11:00"), state: "active", cover: "none" };
    const back = op("away.return", "w1", { back_at: at("10:20") }, at("10:20"));
    const me = (uid: string, roles: Me["roles"]) => ({ me: { [uid]: { name: uid, unit: "u2", roles } as Me } });
    const now = at("10:25");
    const seen = (uid: string, ops: Parameters<typeof screen>[1], rows: Parameters<typeof base>[0]) => presence(screen(base({ ...rows }), ops, effects, uid));
    const before = seen("dan", [], { ...me("dan", ["STF"]), "away.unit": { w1: face } });
    expect([unitNotice(noticesOf(before), "dan", "u2", now, HALL)?.rid, unitNotice(noticesOf(before), "eve", "u2", now, HALL)]).toEqual(["w1", undefined]);
    const dan = seen("dan", [back], { ...me("dan", ["STF"]), "away.unit": { w1: face } });
    expect([unitNotice(noticesOf(dan), "dan", "u2", now, HALL), noticesOf(dan).get("w1")?.state]).toEqual([undefined, "active"]);
    expect(postsNow(dan, now).map((post) => [post.id, post.state])).toEqual([["p1", "a"], ["p2", "a"], ["p3", "a"], ["p4", "gap"]]);
    expect(whereabouts(dan, postsNow(dan, now), "u2", now).map((one) => [one.uid, one.label])).toEqual([["eve", "suspended"], ["dan", "on_post"]]);
    // Back from the unit's absence is back from his own, but for one that begins later (AWY-07).
    const own = (leaves: string): AwayOffice => ({ ...left, person: "dan", whole_unit: false, posts: ["p3"], reason: "trip", leaves_at: at(leaves) });
    const both = seen("dan", [back], { ...me("dan", ["STF"]), "away.unit": { w1: face }, "away.office": { n2: own("09:30"), n3: own("10:50") } });
    expect(["w1", "n2", "n3"].map((rid) => noticesOf(both).get(rid)?.state)).toEqual(["active", "returned", "active"]);
    expect(postsNow(both, now).map((post) => [post.id, post.state])).toEqual([["p1", "a"], ["p2", "a"], ["p3", "a"], ["p4", "gap"]]);
    const mine = seen("dan", [op("away.return", "n2", { back_at: at("10:20") }, at("10:20"))], { ...me("dan", ["STF"]), "away.unit": { w1: face }, "away.office": { n2: own("09:30") } });
    expect([noticesOf(mine).get("n2")?.state, noticesOf(mine).get("w1")?.back_alone]).toEqual(["returned", ["dan"]]);
    // Who is of another unit does not go with this one (AWY-02).
    const lent = seen("eve", [], { ...me("eve", ["STF"]), "away.unit": { w1: { ...face, posts: ["p2", "p3"] } } });
    expect(postsNow(lent, now).map((post) => [post.id, post.state])).toEqual([["p1", "a"], ["p2", "a"], ["p3", "gap"], ["p4", "a"]]);
    // Who leads says it for all.
    const head = seen("eve", [back], { ...me("eve", ["STF", "HEAD"]), "away.office": { w1: left } });
    expect(noticesOf(head).get("w1")).toMatchObject({ state: "returned", back_alone: [] });
  });

  it("shows whoever takes a window by his own word while his unit is away, though the lobby has not heard of it (AWY-09, ORG-09)", () => {
    const left: AwayOffice = {
      person: "eve", unit: "u2", whole_unit: true, posts: ["p3", "p4"], reason: "meeting", text: "", destination: "", contact: "", leaves_at: at("10:00"), back_at: at("11:30"),
      announced_at: at("09:50"), received_at: at("09:50"), grade: "A", state: "active", cover: "none", late: false, stand_in: null,
    };
    const label: PostPublic = { number: "04", zone: "z2", order: 2, unit: {}, services: [], label: "suspended", plate: "", since: at("10:00") };
    const swap = (clock: string) => op("roster.swap", "s1", { post: "p4", day: DAY, a: "dan", b: "eve" }, at(clock));
    const now = at("10:25");
    const rows = (uid: string, clock: string) => presence(screen(base({ "away.office": { w1: left }, "post.pub": { p4: label } }), [swap(clock)], { ...effects, ...rosterEffects }, uid));
    const own = rows("dan", "10:20");
    expect(postsNow(own, now).map((post) => [post.id, post.state, post.by])).toEqual([["p1", "a", "ann"], ["p2", "a", "bob"], ["p3", "gap", null], ["p4", "a", "dan"]]);
    expect(whereabouts(own, postsNow(own, now), "u2", now).map((one) => [one.uid, one.notice?.rid])).toEqual([["eve", "w1"], ["dan", undefined]]);
    const lent = presence(screen(base({ "away.office": { w1: { ...left, posts: ["p3"] } } }), [swap("10:20")], { ...effects, ...rosterEffects }, "dan"));
    expect(whereabouts(lent, postsNow(lent, now), "u2", now).map((one) => [one.uid, one.notice?.rid]), "at another's window, too").toEqual([["eve", "w1"], ["dan", undefined]]);
    for (const [uid, clock] of [["eve", "10:20"], ["dan", "09:55"]] as const) expect(stateOf(rows(uid, clock), "p4", now)).toMatchObject({ state: "gap", by: null });
  });

  it("believes the lobby of a word said before the notice was, which a colleague's phone does not know (AWY-09, EVD-05)", () => {
    const face: AwayUnit = { person: "eve", whole_unit: true, posts: ["p3", "p4"], reason: "meeting", destination: "", leaves_at: at("10:00"), back_at: at("11:30"), state: "active", cover: "none" };
    const said = { op: "s1", by: "dan", a: "dan", b: "eve", at: at("10:20"), grade: "A" as const };
    const world = base({ "away.unit": { w1: face } });
    const swapped = { ...world.duty, [`${DAY}:p4`]: { day: DAY, post: "p4", a: "dan", b: "eve", swaps: [said] } };
    const label: PostPublic = { number: "04", zone: "z2", order: 2, unit: {}, services: [], label: "suspended", plate: "", since: at("10:00"), all_away: "meeting_training" };
    const now = at("10:35");
    const seen = (pub: PostPublic, ops: Parameters<typeof screen>[1] = []) =>
      presence(screen({ ...world, ...(ops.length > 0 ? {} : { duty: swapped }), "post.pub": { p4: pub } }, ops, { ...effects, ...rosterEffects }, "dan"), new Set(["u2"]));
    const line = (rows: PresenceRows) => [stateOf(rows, "p4", now)?.state, whereabouts(rows, postsNow(rows, now), "u2", now).find(({ uid }) => uid === "dan")?.label];
    expect(line(seen(label))).toEqual(["gap", "suspended"]);
    const { all_away: _, ...there } = label;
    expect(line(seen({ ...there, label: "on_post" }))).toEqual(["a", "on_post"]);
    expect(line(seen(label, [op("roster.swap", "s1", { post: "p4", day: DAY, a: "dan", b: "eve" }, at("10:20"))])), "his own word, on the way").toEqual(["a", "on_post"]);
  });

  it("says of everybody on the board what the lobby says (AWY-09, DOC-08)", () => {
    const pub = (label: PostPublic["label"]): PostPublic => ({ number: "01", zone: "z1", order: 1, unit: {}, services: [], label, plate: "演甲子", since: at("09:00") });
    const leave = { l: { person: "bob", from_at: at("08:00"), to_at: at("18:00"), settled: true } };
    const rows = presence(screen(base({ "post.pub": { p1: pub("suspended"), p4: pub("covered") }, "leave.unit": leave }), [], effects, "cat"), new Set(["u1"]));
    const now = at("10:00");
    expect(whereabouts(rows, postsNow(rows, now), null, now).map((one) => [one.uid, one.label])).toEqual([["ann", "suspended"], ["bob", "off_today"], ["eve", "covered"], ["cat", "on_post"], ["dan", "on_post"]]);
    const late = after();
    const overdue = presence(late);
    expect(whereabouts(overdue, postsNow(overdue, at("10:45")), "u1", at("10:45"))[0]).toMatchObject({ uid: "ann", label: "suspended" });
  });

  it("shows a window the lobby calls out of service as a gap, whosever it is, until its person's return lies unsent on this phone (EVD-08, AWY-09)", () => {
    const label: PostPublic = { number: "01", zone: "z1", order: 1, unit: {}, services: [], label: "suspended", plate: "演甲子", since: at("10:00") };
    const seen = presence(screen(base({ "post.pub": { p1: label } }), [], effects, "bob"));
    expect(stateOf(seen, "p1", at("10:40"))).toMatchObject({ state: "gap", by: null });
    const back = op("away.return", "n1", { back_at: at("10:30") }, at("10:30"));
    const returned = presence(screen(base({ "post.pub": { p1: label } }), [announced, back], effects, "ann"));
    expect(stateOf(returned, "p1", at("10:40"))).toMatchObject({ state: "a", by: "ann" });
  });

  it("trusts the lobby's label only for units whose notices the person may not read", () => {
    const label: PostPublic = { number: "03", zone: "z2", order: 1, unit: {}, services: [], label: "step_away", plate: "演丁卯", since: at("09:00") };
    const read = screen(base({ "post.pub": { p3: label, p1: { ...label, number: "01" } } }), [], effects, "ann");
    const states = postsNow(presence(read, new Set(["u1"])), at("10:00")).map((post) => [post.id, post.state]);
    expect(states).toEqual([["p1", "a"], ["p2", "a"], ["p3", "gap"], ["p4", "a"]]);
  });

  it("shows a notice by its fullest face", () => {
    const face: AwayInspector = {
      person: "ann", posts: ["p1"], reason: "step_away", leaves_at: at("10:00"), back_at: at("10:30"), announced_at: at("10:00"), received_at: at("10:00"), grade: "A", state: "active", cover: "none", late: false,
    };
    const read = screen(base({ "away.ins": { n1: face } }), [announced], effects, "ann");
    expect(noticesOf(presence(read)).get("n1")).toMatchObject({ cover: "told", office: { stand_in: "bob" } });
  });

  it("ignores a notice forgotten on an earlier day", () => {
    const old = op("away.announce", "n0", { posts: ["p1"], reason: "step_away", leaves_at: at("10:00") - 86_400_000, back_at: at("10:30") - 86_400_000, person: "ann" }, at("10:00") - 86_400_000);
    const rows = presence(screen(base(), [old], effects, "ann"));
    expect(stateOf(rows, "p1", at("10:05"))?.state).toBe("a");
  });
});
