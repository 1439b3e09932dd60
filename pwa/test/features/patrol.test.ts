import { describe, expect, it } from "vitest";
import { effects } from "../../src/features/patrol/effect";
import { sentence } from "../../src/features/hall/sentence";
import { asksOf, forbidden, isTied, postOfCode,
  codesOf, dueSlot, isLongOver, isStale, knewOf, presetSeen, rechecksOf, roundView, runningRound, slotRound, todaysOwn, type PatrolRows,
} from "../../src/features/patrol/model";
import { syncedWord } from "../../src/features/patrol/words";
import { nextSlotAt } from "../../src/features/patrol/next";
import { dayOf } from "../../src/i18n";
import type { AwayInspector, Cover, HandoverCover, LeaveIns, Observe, Round } from "../../src/sync/types.gen";
import { at, base, DAY, HALL, MINUTE_MS, op, screen, type Read } from "./world";

function patrol(read: Read): PatrolRows {
  return {
    hall: read("hall").get("hall")?.body, posts: read("post"), people: read("person"), duties: read("duty"), notices: read("away.ins"), covers: read("cover"),
    leaves: read("leave.ins"), sheets: read("handover.cover"), rounds: read("round"), observations: read("obs"),
    asks: read("video.ask"), ties: read("tie").get("ins")?.body, unit: "",
  };
}

const knew = { roster_version: 7, notices: [], synced_at: 0 };
const NOTICE: AwayInspector = {
  person: "ann", posts: ["p1"], reason: "meeting", leaves_at: at("09:50"), back_at: at("10:30"), announced_at: at("09:50"), received_at: at("09:50"), grade: "A", state: "active", cover: "told", late: false,
};
const start = op("patrol.start", "r1", { slot: `${DAY}T10`, type: "hourly", at: at("10:00") }, at("10:00"));
const observed = (rid: string, post: string, seen: Observe["seen"], clock: string, more: Partial<Observe> = {}) =>
  op("patrol.observe", rid, { round: "r1", post, seen, at: at(clock), knew, ...more }, at(clock));
const walk = (more: Parameters<typeof base>[0], ...ops: Parameters<typeof screen>[1]) => patrol(screen(base(more), [start, ...ops], effects, "ins"));
const viewOf = (rows: PatrolRows, now = at("10:05")) => roundView(rows, "r1", now);
const postOf = (rows: PatrolRows, id: string) => viewOf(rows).zones.flatMap((zone) => zone.posts).find((post) => post.id === id);

describe("which round is due", () => {
  it("is one for every hour, with the short pieces beside it, and none at noon, at night or on a holiday", () => {
    const slots = ["08:00", "08:45", "09:00", "11:59", "12:30", "14:50", "15:00", "16:59", "17:10", "18:00"].map((clock) => dueSlot(HALL, at(clock)));
    expect(slots).toEqual([null, `${DAY}T09`, `${DAY}T09`, `${DAY}T11`, null, `${DAY}T15`, `${DAY}T15`, `${DAY}T16`, `${DAY}T16`, null]);
    expect(dueSlot({ ...HALL, days: { [DAY]: "holiday" } }, at("10:00"))).toBeNull();
    expect(dueSlot({ ...HALL, rules: { "demo.always_open": true } }, at("00:00"))).toBeNull();
  });

  it("is told when there is none: later today, tomorrow, after a holiday; none within a month is no time at all", () => {
    expect(nextSlotAt(HALL, at("12:30"))).toBe(at("14:30"));
    expect(nextSlotAt(HALL, at("18:00"))).toBe(at("08:30") + 86_400_000);
    expect(nextSlotAt({ ...HALL, days: { [dayOf(at("09:00") + 86_400_000)]: "closed" } }, at("18:00"))).toBe(at("08:30") + 2 * 86_400_000);
    expect(nextSlotAt({ ...HALL, hours: {} }, at("18:00"))).toBeNull();
  });

  it("is found again as the running round of its inspector, and as done by anybody", () => {
    const running = walk({});
    expect(runningRound(running.rounds, "ins")?.rid).toBe("r1");
    expect(runningRound(running.rounds, "other")).toBeNull();
    const done = walk({}, op("patrol.finish", "r1", { at: at("10:20") }, at("10:20")));
    expect(runningRound(done.rounds, "ins")).toBeNull();
    expect(slotRound(done.rounds, `${DAY}T10`).made?.state).toBe("done");
    expect(slotRound(done.rounds, `${DAY}T11`).made).toBeNull();
  });

  it("counts for its hour while that lasts, with tolerance: then another is begun (PTL-06)", () => {
    const round = walk({}).rounds.get("r1")?.body as Round;
    const over = (clock: string, more: Partial<Round> = {}) => isLongOver(HALL, { ...round, ...more }, at(clock));
    expect([over("10:30"), over("11:10"), over("11:11"), over("11:11", { type: "irregular" })]).toEqual([false, false, true, false]);
    const first = { slot: `${DAY}T09`, started_at: at("08:32") };
    expect([over("10:10", first), over("10:11", first)]).toEqual([false, true]);
  });

  it("can be begun while another's runs, since that phone may be dead; not once the slot is done (PTL-01, CON-08)", () => {
    const round = (more: Partial<Round>): Round => ({ slot: `${DAY}T10`, type: "hourly", inspector: "cat", started_at: at("10:02"), zones: [], exceptions: 0, state: "running", ...more });
    const rows = (...rounds: Round[]) => screen(base({ round: Object.fromEntries(rounds.map((one, n) => [`o${n}`, one])) }), [], effects, "ins")("round");
    const slot = `${DAY}T10`;
    expect([slotRound(rows(), slot).start, slotRound(rows(), null).start]).toEqual(["first", null]);
    expect(slotRound(rows(round({})), slot)).toMatchObject({ start: "another", made: { inspector: "cat", started_at: at("10:02") } });
    expect(slotRound(rows(round({}), round({ inspector: "eve", started_at: at("10:20"), state: "done", finished_at: at("10:40") })), slot)).toMatchObject({ start: null, made: { inspector: "eve" } });
    const part = round({ inspector: "eve", state: "done", finished_at: at("10:40"), missing: 2 });
    expect(slotRound(rows(part), slot)).toMatchObject({ start: "another", made: { missing: 2 } });
    expect(slotRound(rows(part, round({ started_at: at("10:30"), state: "done", finished_at: at("10:50") })), slot)).toMatchObject({ start: null, made: { inspector: "cat" } });
  });
});

describe("walking a round", () => {
  it("lists zones in walking order with every post still to be seen", () => {
    const view = viewOf(walk({}));
    expect(view.zones.map((zone) => [zone.zone.id, zone.others])).toEqual([["z1", ["p1", "p2"]], ["z2", ["p3", "p4"]]]);
    expect(view).toMatchObject({ posts: 4, left: 4, exceptions: 0 });
  });

  it("begun over lunch, looks at the posts with lunch duty only; one for an hour beside it at all of them (CAL-05, PTL-06)", () => {
    const hall = { hall: { ...HALL, lunch: ["12:00", "14:30"] as [string, string] } };
    const duty = { [`${DAY}:p3`]: { day: DAY, post: "p3", a: "dan", b: "eve", plan: [{ n: 0, a: "dan", b: "eve" }, { n: 8, a: "eve" }] } };
    const begun = (clock: string, type: "hourly" | "irregular") =>
      patrol(screen(base({ hall, duty }), [op("patrol.start", "r1", { slot: `${DAY}T12`, type, at: at(clock) }, at(clock))], effects, "ins"));
    expect(viewOf(begun("12:20", "hourly"), at("14:40")).zones.flatMap((zone) => zone.others)).toEqual(["p3"]);
    expect(["11:50", "14:30"].map((clock) => viewOf(begun(clock, "hourly"), at("12:20")).posts)).toEqual([4, 4]);
    expect(viewOf(begun("12:20", "irregular"), at("12:30")).posts).toBe(4);
    const beside = (clock: string, slot: string, type = "hourly") =>
      patrol(screen(base({ hall, duty, round: { r1: { slot: `${DAY}T${slot}`, type, inspector: "ins", started_at: at(clock), zones: [], exceptions: 0, state: "running" } } }), [], effects, "ins"));
    expect([["12:01", "11"], ["14:25", "15"]].map(([clock = "", slot = ""]) => viewOf(beside(clock, slot), at("14:40")).posts)).toEqual([4, 4]);
    expect(viewOf(beside("12:01", "11", "opening"), at("12:02")).posts).toBe(1);
  });

  it("covers with 'all others present' exactly the posts that have no record of their own", () => {
    const observe = observed("o1", "p1", "empty_no_notice", "10:02");
    const before = viewOf(walk({}, observe));
    expect(before.zones[0]?.others).toEqual(["p2"]);
    const clear = op("patrol.zone_clear", "r1", { zone: "z1", posts: before.zones[0]?.others ?? [], at: at("10:03"), knew }, at("10:03"));
    const view = viewOf(walk({}, observe, clear));
    expect(view.zones.map((zone) => zone.done)).toEqual([true, false]);
    expect(view).toMatchObject({ left: 2, exceptions: 1 });
  });

  it("leaves the own unit and declared ties out of 'all others present' (PTL-07)", () => {
    const rows = { ...walk({}), unit: "u2" };
    expect(viewOf(rows).zones.map((zone) => zone.others)).toEqual([["p1", "p2"], []]);
    const tied = viewOf({ ...walk({}), ties: { units: ["u1"], people: [], at: 0 } });
    expect(tied.zones.map((zone) => [zone.others, zone.posts.map((post) => post.tied)])).toEqual([[[], [true, true]], [["p3", "p4"], [false, false]]]);
  });

  it("a withdrawn record no longer speaks for its post", () => {
    const rows = walk({}, observed("o1", "p1", "empty_no_notice", "10:02"), op("patrol.withdraw", "o1", { text: "看错窗口" }, at("10:04")));
    expect(viewOf(rows).zones[0]?.others).toEqual(["p1", "p2"]);
    expect(rows.rounds.get("r1")?.body.exceptions).toBe(0);
    expect(rechecksOf(rows.observations, "ins", at("10:05"))).toEqual([]);
    expect(todaysOwn(rows.observations, "ins", at("10:05")).map((one) => one.observation.withdrawn)).toEqual(["看错窗口"]);
  });

  it("presets what the notice says, or that somebody took the post; a mere promise to stand in is none (PTL-03, CON-05)", () => {
    const cover: Cover = { post: "p1", person: "bob", for_person: "ann", from_at: at("09:55"), notice: null };
    const promised = ["accepted", "in_force"].map((said) => walk({ "away.ins": { n1: { ...NOTICE, stand_in: "bob", cover: said as AwayInspector["cover"] } } }));
    const presets = [walk({}), walk({ "away.ins": { n1: NOTICE } }), ...promised, walk({ "away.ins": { n1: NOTICE }, cover: { c1: cover } })].map((rows) => {
      const post = postOf(rows, "p1");
      return post && presetSeen(post);
    });
    expect(presets).toEqual([null, "empty_notice", "empty_notice", "empty_notice", "covered"]);
  });

  it("shows who has promised to stand in, by the notice or by a sheet of the work handed over, until somebody took the post", () => {
    const notice = { ...NOTICE, stand_in: "bob", cover: "accepted" as const };
    const sheet: HandoverCover = { post: "p1", a: "ann", b: "bob", from_at: at("08:30"), to_at: at("17:30"), state: "in_force", planned: true };
    const promised = (more: Parameters<typeof walk>[0]) => postOf(walk(more), "p1")?.promised;
    expect(promised({})).toBeNull();
    expect(promised({ "away.ins": { n1: notice } })).toBe("bob");
    for (const cover of ["told", "silent", "declined"] as const) expect(promised({ "away.ins": { n1: { ...notice, cover } } })).toBeNull();
    expect(promised({ "handover.cover": { h1: sheet } })).toBe("bob");
    for (const over of [{ state: "delivered" as const }, { state: "handed_back" as const }, { from_at: at("11:00") }, { to_at: at("10:00") }, { post: "p2" }]) expect(promised({ "handover.cover": { h1: { ...sheet, ...over } } })).toBeNull();
    expect(promised({ "away.ins": { n1: notice }, cover: { c1: { post: "p1", person: "cat", for_person: "ann", from_at: at("09:55"), notice: null } } })).toBeNull();
  });

  it("shows which of A and B is not here today, from when to when, and nothing else of a leave (PTL-03, PRV-02)", () => {
    const off = (person: string, from: string, to: string) => ({ person, from_at: at(from), to_at: at(to) });
    const absent = (...leaves: LeaveIns[]) => postOf(walk({ "leave.ins": Object.fromEntries(leaves.map((one, n) => [`l${n}`, one])) }), "p1")?.absent;
    expect(absent()).toEqual([]);
    expect(absent(off("ann", "08:30", "12:00"), off("bob", "14:30", "17:30"), off("cat", "08:30", "17:30"))).toEqual([off("ann", "08:30", "12:00"), off("bob", "14:30", "17:30")]);
    expect(absent(off("ann", "08:30", "10:00")), "it is over").toEqual([]);
    expect(absent({ person: "ann", from_at: at("08:30") + 86_400_000, to_at: at("17:30") + 86_400_000 }), "it is tomorrow's").toEqual([]);
    expect(absent({ person: "ann", from_at: at("08:30") - 86_400_000, to_at: at("17:30") + 86_400_000 })).toHaveLength(1);
  });

  it("says how old what it knows is, however fresh (PTL-03)", () => {
    expect(syncedWord(at("10:01"), at("10:05"))).toContain("4");
    expect(syncedWord(null, at("10:05"))).toBe("本机还没有同步过，名单和告示可能不全。");
  });

  it("ignores notices that are over or not yet in effect", () => {
    const ended = walk({ "away.ins": { n1: { ...NOTICE, state: "returned" } } });
    const ahead = walk({ "away.ins": { n1: { ...NOTICE, leaves_at: at("11:00") } } });
    expect([postOf(ended, "p1")?.notice, postOf(ahead, "p1")?.notice]).toEqual([null, null]);
  });

  it("stores what the phone knew of these posts, and warns when that is old (EVD-09)", () => {
    const rows = walk({ "away.ins": { n1: NOTICE, n2: { ...NOTICE, posts: ["p3"] } } });
    expect(knewOf(rows, ["p1", "p2"], at("09:58"), at("10:05"))).toEqual({ roster_version: 7, notices: ["n1"], synced_at: at("09:58") });
    expect([at("09:58"), at("09:50"), null].map((synced) => isStale(HALL, synced, at("10:05")))).toEqual([false, true, true]);
  });

  it("adds the code that follows from the state", () => {
    expect(codesOf("empty_no_notice", ["P10"])).toEqual(["P4", "P10"]);
    expect(codesOf("other", ["P14"])).toEqual(["P14"]);
  });
});

describe("a window's code", () => {
  const posts = new Map([["p1", { body: { number: "A01" } }], ["p2", { body: { number: "B 02" } }]]);

  it.each([
    ["A01", "p1"],
    [" a01 ", "p1"],
    ["https://hall.example/w/A01", "p1"],
    ["https://hall.example/?post=p2&x=1", "p2"],
    ["https://hall.example/w/B%2002", "p2"],
    ["https://hall.example/time-code?b=xyz", null],
    ["", null],
    ["A1", null],
  ])("%s names %s", (text, post) => {
    expect(postOfCode(text, posts)).toBe(post);
  });
});

describe("the second look", () => {
  const first = observed("o1", "p1", "empty_no_notice", "10:02");

  it("is owed ten minutes after the first sighting of an empty post, by whoever saw it", () => {
    const rows = walk({}, first, observed("o2", "p2", "idle", "10:03"));
    expect(rechecksOf(rows.observations, "ins", at("10:05"))).toMatchObject([{ rid: "o1", due_at: at("10:12"), left_ms: 7 * MINUTE_MS }]);
    expect(rechecksOf(rows.observations, "other", at("10:05"))).toEqual([]);
  });

  it("is not owed when the inspector stated to have waited", () => {
    expect(rechecksOf(walk({}, observed("o1", "p1", "empty_no_notice", "10:02", { waited: true })).observations, "ins", at("10:05"))).toEqual([]);
  });

  it("is owed once for a post, and not after somebody was seen there", () => {
    const again = observed("o2", "p1", "empty_notice", "10:04");
    expect(rechecksOf(walk({}, first, again).observations, "ins", at("10:05")).map((one) => one.rid)).toEqual(["o1"]);
    const back = observed("o3", "p1", "serving", "10:06");
    expect(rechecksOf(walk({}, first, again, back).observations, "ins", at("10:07"))).toEqual([]);
  });

  it("is done once somebody has looked, and is not itself an exception of the round", () => {
    const rows = walk({}, first, observed("o2", "p1", "serving", "10:13", { recheck_of: "o1" }));
    expect(rechecksOf(rows.observations, "ins", at("10:14"))).toEqual([]);
    expect(postOf(rows, "p1")?.seen?.rid).toBe("o1");
  });
});

describe("findings", () => {
  it("say their sentence with clock times and names", () => {
    const text = sentence({ key: "explain.notice_before", params: { seen: at("10:02"), made: at("09:58"), back: at("10:30"), person: "ann" } }, walk({}).people, walk({}).posts);
    for (const part of ["10:02", "09:58", "10:30", "演甲子"]) expect(text).toContain(part);
    expect(text).not.toContain("{");
  });

  it("keep the person's word beside them", () => {
    const own = { post: "p1", from_at: at("10:02"), to_at: at("10:12"), state: "unattended" as const, explain: { key: "own.unattended", params: {} }, post_count: 1, person_count: 1, grade: "A" as const, answer_until: "2026-11-26", person: "ann" };
    const read = screen(base({ "finding.own": { o1: own } }), [op("finding.answer", "o1", { text: "当时在后台取件" }, at("11:00"))], effects, "ann");
    expect(read("finding.own").get("o1")?.body.answers).toEqual(["当时在后台取件"]);
  });
});

describe("contradicting records", () => {
  it("ask each inspector until he has said something to it (CON-07)", () => {
    const finding = { post: "p1", from_at: at("10:02"), to_at: at("10:02"), state: "contradictory" as const, observations: ["o1"], explain: { key: "explain.contradictory", params: {} }, post_count: 0, person_count: 0, grade: "A" as const, asked: ["eff", "ins"] };
    const read = screen(base({ finding: { o1: finding } }), [op("finding.answer", "o1", { text: "当时所见属实" }, at("11:00"))], effects, "ins");
    expect(read("finding").get("o1")?.body).toMatchObject({ asked: ["eff"], answers: ["当时所见属实"] });
  });
});

describe("looking where a camera saw nobody (PTL-11)", () => {
  const ask = { "video.ask": { v1: { post: "p2", since: at("09:50"), due_at: at("10:00") } } };

  it("is asked for until somebody of this device has looked", () => {
    const rows = walk(ask);
    expect(asksOf(rows.asks, rows.observations, at("09:55")).map(({ rid, left_ms }) => [rid, left_ms])).toEqual([["v1", 5 * MINUTE_MS]]);
    const looked = walk(ask, observed("o1", "p2", "serving", "09:58", { recheck_of: "v1" }));
    expect(asksOf(looked.asks, looked.observations, at("09:59"))).toEqual([]);
  });
});

describe("ties (PTL-07)", () => {
  it("a tie is to a unit, or to whoever holds the post", () => {
    const post = postOf(walk({}), "p1")!;
    expect(isTied(undefined, post)).toBe(false);
    expect(isTied({ units: [post.post.unit], people: [], at: 0 }, post)).toBe(true);
    expect(isTied({ units: [], people: [post.a!], at: 0 }, post)).toBe(true);
    expect(isTied({ units: ["x"], people: ["y"], at: 0 }, post)).toBe(false);
  });
});

describe("what must not be said (LNG-01)", () => {
  it("comes from the phrase book in its order, each once, none that is silence or too long for a note", () => {
    const phrase = (order: number, bad: string) => ({ body: { scene: "ask" as const, good: { zh_Hans: "请" }, bad: bad ? { zh_Hans: bad } : {}, order } });
    expect(forbidden([phrase(3, "不知道"), phrase(1, "没看见我正忙着吗"), phrase(2, ""), phrase(4, "不知道"), phrase(5, "长".repeat(301))])).toEqual(["没看见我正忙着吗", "不知道"]);
  });
});
