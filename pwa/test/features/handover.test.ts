import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { effects } from "../../src/features/handover/effect";
import { lists } from "../../src/features/handover/lists";
import { atRisk, candidatesFor, groupsOf, isPlanned, lastOpen, loadOf, nextSpan, overloaded, postsOf, restOfToday, sheetsOf, stateNow, stateShown, wantedOf, type HandoverRows } from "../../src/features/handover/model";
import { duesOf } from "../../src/features/handover/receipts";
import { bothGone, consentsOf, isLastOfOffice, isOnLeave, liveAt, troublesOf, unfit } from "../../src/features/presence/cover";
import { effects as presenceEffects } from "../../src/features/presence/effect";
import { postsNow, type PresenceRows } from "../../src/features/presence/model";
import { noticesOf } from "../../src/features/presence/notice";
import type { RowKind, Sync } from "../../src/sync/api";
import type { AwayOffice, HandoverRow, Prepare } from "../../src/sync/types.gen";
import { at, base, DAY, HALL, op, screen, type Read } from "./world";

const all = { ...presenceEffects, ...effects };
const SHEET: Prepare = { post: "p1", person: "ann", to: "bob", from_at: at("14:30"), to_at: at("17:30"), reason: "trip", items: [{ matter: "甲", due: DAY }, { matter: "乙" }], keys: ["章"] };
const made = op("handover.prepare", "s1", SHEET, at("10:00"));
const seen = (read: Read): HandoverRows => ({ hall: HALL, sheets: read("handover"), posts: read("post"), people: read("person"), duties: read("duty"), covers: read("cover") });
const after = (...ops: Parameters<typeof screen>[1]) => screen(base(), [made, ...ops], all, "ann");
const sheet = (read: Read) => read("handover").get("s1")?.body;

describe("a sheet before the server has answered", () => {
  it("goes from written to handed back, with the list of what is open", () => {
    const steps = [
      op("handover.received", "s1", {}, at("10:01")),
      op("handover.answer", "s1", { accept: true }, at("10:05")),
      op("handover.item", "s1", { item: 0, state: "done", text: "已办" }, at("15:00")),
      op("handover.back", "s1", { at: at("17:30"), report: "好" }, at("17:30")),
      op("handover.close", "s1", {}, at("17:31")),
    ];
    const states = steps.map((_, n) => sheet(after(...steps.slice(0, n + 1)))?.state);
    expect(states).toEqual(["delivered", "accepted", "accepted", "handed_back", "closed"]);
    expect(sheet(after(...steps.slice(0, 3)))).toMatchObject({ open_items: [1], items: [{ matter: "甲", state: "done", note: "已办" }, { matter: "乙" }] });
  });

  it("asks another after a no, and can be taken back", () => {
    const no = op("handover.answer", "s1", { accept: false, text: "请假" }, at("10:05"));
    expect(sheet(after(no))).toMatchObject({ state: "declined", declined_text: "请假" });
    expect(sheet(after(no, op("handover.assign", "s1", { to: "cat" }, at("10:06"))))).toMatchObject({ state: "prepared", b: "cat", declined_text: "" });
    expect(sheet(after(op("handover.withdraw", "s1", {}, at("10:06"))))?.state).toBe("withdrawn");
  });

  it("begins by the clock once it was accepted", () => {
    const body = sheet(after(op("handover.answer", "s1", { accept: true }, at("10:05")))) as HandoverRow;
    expect([at("14:29"), at("14:30")].map((now) => stateNow(body, now))).toEqual(["accepted", "in_force"]);
  });

  it("says of nobody that he stands in while he is away himself, and counts what is due then as at risk (AB-05, AB-11)", () => {
    const body = sheet(after(op("handover.answer", "s1", { accept: true }, at("10:05")))) as HandoverRow;
    const shown = (trouble: HandoverRow["trouble"]) => stateShown({ ...body, ...(trouble && { trouble }) }, at("14:31"));
    expect([shown("away"), shown("busy"), shown("")]).toEqual(["accepted", "in_force", "in_force"]);
    const risks = (more: Partial<HandoverRow>) => atRisk([{ rid: "s1", pending: false, ...body, ...more }], at("14:31")).length;
    expect([risks({ trouble: "away" }), risks({})]).toEqual([1, 0]);
  });
});

describe("what waits at a sheet", () => {
  const [mine] = sheetsOf(after()("handover"));
  it("is B's answer, then B's return, then A's word, and the head's when nobody is sure", () => {
    if (!mine) throw new Error("no sheet");
    expect(wantedOf(mine, "bob", false, at("10:10"))).toBe("answer");
    expect(wantedOf({ ...mine, state: "in_force" }, "bob", false, at("17:30"))).toBe("back");
    expect(wantedOf({ ...mine, state: "in_force", a_back: true }, "bob", false, at("15:00"))).toBe("back");
    expect(wantedOf({ ...mine, state: "handed_back" }, "ann", false, at("17:30"))).toBe("close");
    expect(wantedOf({ ...mine, state: "declined", trouble: "declined" }, "cat", true, at("10:10"))).toBe("assign");
    expect(wantedOf({ ...mine, state: "declined", trouble: "declined" }, "dan", false, at("10:10"))).toBe(null);
    expect(wantedOf(mine, "ann", false, at("10:10"))).toBe(null);
  });

  it("stands in 事项 with its own address", () => {
    const read = after();
    const part: Pick<Sync, "uid" | "now" | "rows"> = { uid: "bob", now: () => at("10:10"), rows: (kind) => signal(read(kind as RowKind)) as never };
    expect(lists.inbox?.(part as Sync).map((item) => [item.id, item.path, item.waits])).toEqual([["handover:answer:s1", "/handover/s1", true]]);
  });

  it("is grouped by whose it is, what is over last", () => {
    const sheets = sheetsOf(after(op("handover.prepare", "s2", { ...SHEET, person: "cat", to: "ann" }, at("10:01")), op("handover.withdraw", "s2", {}, at("10:02")))("handover"));
    const groups = groupsOf(sheets, "ann");
    expect([groups.received, groups.given, groups.over].map((list) => list.map((one) => one.rid))).toEqual([[], ["s1"], ["s2"]]);
  });
});

describe("writing one", () => {
  it("opens with the next day the hall works, or the rest of today", () => {
    expect(nextSpan(HALL, at("10:00"))).toEqual({ from_at: at("08:30") + 86_400_000, to_at: at("17:30") + 86_400_000 });
    expect(restOfToday(HALL, at("10:00"))).toEqual({ from_at: at("10:00"), to_at: at("17:30") });
    expect(restOfToday(HALL, at("18:00"))).toBeNull();
  });

  it("is a day ahead until business ends on the working day before (AB-02)", () => {
    const tomorrow = nextSpan(HALL, at("10:00"))?.from_at ?? 0;
    expect([at("17:30"), at("17:31")].map((now) => isPlanned(HALL, tomorrow, now))).toEqual([true, false]);
  });

  it("proposes the day's B first and those with much to do last", () => {
    const rows = seen(screen(base(), [], all, "ann"));
    expect(candidatesFor(rows, "p1", "ann", at("10:00"), at("10:00")).map((one) => [one.uid, one.is_b])).toEqual([["bob", true], ["cat", false], ["eve", false]]);
  });

  it("offers what was still open last time, and one's own posts", () => {
    const read = after(op("handover.item", "s1", { item: 0, state: "done" }, at("15:00")));
    expect(lastOpen(sheetsOf(read("handover")), "ann", "p1").map((item) => item.matter)).toEqual(["乙"]);
    expect(postsOf(seen(read), "ann", at("10:00"))).toEqual(["p1"]);
  });
});

describe("who has too much (AB-04, ORG-05)", () => {
  const accepted = op("handover.answer", "s1", { accept: true }, at("10:05"));
  it("counts own posts, covers and sheets in force once each", () => {
    const rows = seen(after(accepted, op("cover.step_up", "k1", { post: "p3", at: at("14:40") }, at("14:40"))));
    expect(loadOf(rows, "ann", at("15:00"), at("15:00")).posts.sort()).toEqual(["p1", "p3"]);
    expect(loadOf(rows, "bob", at("15:00"), at("15:00")).posts.sort()).toEqual(["p1", "p2"]);
    expect(overloaded(rows, "u1", 1, at("15:00")).map((one) => one.uid)).toEqual(["ann", "bob"]);
    expect(overloaded(rows, "u1", 2, at("15:00"))).toEqual([]);
  });

  it("names what is due today while nobody has taken over (AB-11)", () => {
    const matters = (read: Read, now: number) => atRisk(sheetsOf(read("handover")), now).map(({ item }) => item.matter);
    expect(matters(after(), at("14:29"))).toEqual([]);
    expect(matters(after(), at("14:30"))).toEqual(["甲"]);
    expect(matters(after(accepted), at("14:30"))).toEqual([]);
  });
});

describe("receipts", () => {
  const notice: AwayOffice = {
    person: "ann", unit: "u1", whole_unit: false, posts: ["p1"], reason: "step_away", text: "", destination: "", contact: "", leaves_at: at("10:00"), back_at: at("10:30"),
    announced_at: at("10:00"), received_at: at("10:00"), grade: "A", state: "active", cover: "told", late: false, stand_in: "bob",
  };
  const dues = (uid: string, rows: Parameters<typeof base>[0], roles = ["STF"]) => {
    const read = screen(base({ me: { [uid]: { uid, name: uid, unit: "u1", roles } }, ...rows }), [], all, uid);
    return duesOf({ uid, rows: (kind) => signal(read(kind as RowKind)) as never }).map((due) => `${due.k} ${due.rid}`);
  };

  it("are due for what asks this person, until given", () => {
    expect(dues("bob", { "away.office": { n1: notice } })).toEqual(["away.received n1"]);
    expect(dues("bob", { "away.office": { n1: notice }, "away.told": { n1: { told_at: at("10:01") } } })).toEqual([]);
    expect(dues("bob", { "away.office": { n1: { ...notice, cover: "accepted" } } })).toEqual([]);
    expect(dues("cat", { "away.office": { n1: notice } })).toEqual([]);
    expect(dues("bob", { handover: { s1: sheet(after()) as HandoverRow } })).toEqual(["handover.received s1"]);
  });

  it("of an end that somebody else gave a notice are its person's, once (EVD-02)", () => {
    const over = { n1: { ...notice, state: "closed" as const } };
    expect(dues("ann", { "away.office": over, "away.told": { n1: { ended_by: "cat" } } })).toEqual(["away.received n1"]);
    expect(dues("bob", { "away.office": over, "away.told": { n1: { ended_by: "cat" } } })).toEqual([]);
    expect(dues("ann", { "away.office": over, "away.told": { n1: { ended_by: "cat", ended_told_at: at("10:06") } } })).toEqual([]);
    expect(dues("ann", { "away.office": over })).toEqual([]);
  });

  it("of a whole unit are the office's (AWY-02)", () => {
    const whole = { n1: { ...notice, whole_unit: true, stand_in: null } };
    expect(dues("off", { "away.office": whole }, ["OFF"])).toEqual(["away.received n1"]);
    expect(dues("cat", { "away.office": whole }, ["HEAD"])).toEqual([]);
  });
});

describe("what a phone knows against leaving (AWY-03, AWY-05, AB-05)", () => {
  const leave = { "leave.unit": { l1: { person: "bob", from_at: at("09:00"), to_at: at("12:00"), settled: true } } };
  const presence = (read: Read): PresenceRows => ({
    hall: HALL, posts: read("post"), people: read("person"), duties: read("duty"), covers: read("cover"), labels: read("post.pub"), office: read("away.office"),
    unit: read("away.unit"), inspector: read("away.ins"), told: read("away.told"), leaves: read("leave.unit"), emergencies: read("emergency"), knows: null,
  });
  const away = op("away.announce", "n1", { posts: ["p1"], reason: "step_away", leaves_at: at("10:00"), back_at: at("11:00"), person: "ann", stand_in: "bob" }, at("10:00"));

  it("counts approved leave of the stand-in", () => {
    const rows = presence(screen(base(leave), [away], all, "ann"));
    expect(isOnLeave(rows.leaves, "bob", at("11:30"), at("13:00"))).toBe(true);
    expect(isOnLeave(rows.leaves, "bob", at("12:00"), at("13:00"))).toBe(false);
    expect(unfit(rows, "bob", at("10:00"), at("10:30"), at("10:00"))).toBe("leave");
    expect(unfit(rows, "ann", at("10:30"), at("10:45"), at("10:10"))).toBe("away");
    expect(unfit(rows, "cat", at("10:00"), at("10:30"), at("10:00"))).toBeNull();
    expect(bothGone(rows, postsNow(rows, at("10:10")), at("10:10")).map((post) => post.id)).toEqual(["p1"]);
  });

  it("says who is the last of the office in working hours, who is its only one too", () => {
    const rows = presence(screen(base({ "leave.unit": { l1: { person: "dan", from_at: at("09:00"), to_at: at("12:00"), settled: true } } }), [], all, "eve"));
    expect(isLastOfOffice(rows, "u2", true, "eve", at("10:00"), at("10:30"), at("10:00"))).toBe(true);
    expect(isLastOfOffice(rows, "u2", false, "eve", at("10:00"), at("10:30"), at("10:00"))).toBe(false);
    expect(isLastOfOffice(rows, "u2", true, "eve", at("18:00"), at("18:30"), at("10:00"))).toBe(false);
    expect(isLastOfOffice(rows, "u3", true, "eve", at("10:00"), at("10:30"), at("10:00"))).toBe(true);
  });

  it("lists what waits for the head's word, the barred first, and what is not settled", () => {
    const office = (more: Partial<AwayOffice>): AwayOffice => ({ ...(screen(base(), [away], all, "ann")("away.office").get("n1")?.body as AwayOffice), ...more });
    const rows = presence(screen(base({ "away.office": { n1: office({ consent: "waiting" }), n2: office({ consent: "waiting", barred: "duty", person: "bob" }) }, "away.told": { n1: { trouble: "leave" } } }), [], all, "cat"));
    const notices = noticesOf(rows);
    expect(consentsOf(notices, "cat").map((one) => one.rid)).toEqual(["n2", "n1"]);
    expect(consentsOf(notices, "bob").map((one) => one.rid)).toEqual(["n1"]);
    expect(troublesOf(notices, rows.told, at("10:10"), HALL).map(({ notice, trouble }) => [notice.rid, trouble])).toEqual([["n1", "leave"]]);
    expect(postsNow(rows, at("10:10")).find((post) => post.id === "p2")?.state).toBe("a");
  });

  it("counts the posts somebody is live at", () => {
    const rows = presence(screen(base(), [op("cover.step_up", "k1", { post: "p1", at: at("10:00") }, at("10:00"))], all, "bob"));
    expect(liveAt(postsNow(rows, at("10:05")), "bob")).toEqual(["p1", "p2"]);
  });

  it("shows a word and a new stand-in before the server has answered", () => {
    const read = screen(base(), [away, op("away.consent", "n1", { accept: true }, at("10:02")), op("away.assign", "n1", { stand_in: "cat" }, at("10:03"))], all, "ann");
    expect(read("away.office").get("n1")?.body).toMatchObject({ consent: "given", stand_in: "cat", cover: "told" });
    expect(screen(base(), [away, op("away.received", "n1", {}, at("10:01"))], all, "bob")("away.told").get("n1")?.body).toMatchObject({ told_at: at("10:01") });
  });
});
