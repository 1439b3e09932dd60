import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { effects } from "../../src/features/roster/effect";
import { addDays, asked, cellOf, changed, findPeople, judge, moved, seatAt, shownDays, weekOf, type GridRows } from "../../src/features/roster/grid";
import type { Duty, DutyDraft, Person, Post, Qualification } from "../../src/features/roster/shapes";
import { LUNCH, lunchSpan } from "../../src/features/hall/hours";
import { postedHours } from "../../src/features/hall/rules";
import { holdFrom, moveTo, rolesOn, unitOn } from "../../src/features/roster/terms";
import type { RowKind } from "../../src/sync/api";
import { base, screen } from "./world";

const DAY = "2026-11-23";

interface Case {
  posts: Record<string, Partial<Post>>;
  plans: Record<string, [number, string, string, string][]>;
  skills?: [string, string, boolean][];
  gaps: Record<string, string>;
  partial: string[];
  loads: Record<string, [number, boolean]>;
  double: string[];
  away?: Record<string, string[]>;
  lunch?: boolean;
}
const vectors = JSON.parse(readFileSync(new URL("../../../server/domain/roster/cover_vectors.json", import.meta.url), "utf8")) as {
  units: Record<string, string>;
  contact: string;
  cases: Case[];
};

const person = (uid: string, unit: string): Person => ({ name: uid, badge: uid, unit, title: {}, roles: ["STF"] });
const post = (number: string, more: Partial<Post>): Post => ({ number, zone: "A", order: 1, unit: "u1", services: [], group: "", kind: "window", required: true, ...more });

function gridRows(posts: Record<string, Partial<Post>>, duties: readonly Duty[] = [], drafts: readonly DutyDraft[] = [], skills: readonly Qualification[] = []): GridRows {
  const rows = screen(base({}), [], {}, "ann");
  const hall = rows("hall" as RowKind).get("hall")?.body as GridRows["hall"];
  const map = <T extends { day: string; post: string }>(all: readonly T[]) => new Map(all.map((one) => [`${one.day}:${one.post}`, one]));
  return {
    hall: { ...hall, rules: {}, days: {}, hours: hall.hours },
    posts: new Map(Object.entries(posts).map(([id, more]) => [id, post(id, more)])),
    people: new Map(Object.entries(vectors.units).map(([uid, unit]) => [uid, person(uid, unit)])),
    units: new Map([["c-office", { names: {}, kind: "centre", head: "", category: "", contact_post: vectors.contact }]]),
    duties: map(duties),
    drafts: map(drafts),
    skills: new Map(skills.map((one) => [`${one.person}.${one.service}`, one])),
    consents: new Map(),
    leaves: [],
  };
}

describe("a day of the roster", () => {
  it.each(vectors.cases.map((one, n) => [n, one] as const))("is judged as the server judges it (%i)", (_, one) => {
    const duties = Object.entries(one.plans).map(([id, plan]): Duty => ({ day: DAY, post: id, a: "", b: null, plan: plan.map(([n, a, b, c]) => ({ n, a, b, c })) }));
    const skills = (one.skills ?? []).map(([uid, service, seal]): Qualification => ({ person: uid, service, trained: true, authorised: true, seal }));
    const rows = gridRows(one.posts, duties, [], skills);
    rows.hall = { ...rows.hall, lunch: one.lunch ? ["12:00", "14:30"] : null };
    const hours = postedHours(rows.hall, DAY);
    const spanOf = (n: number) => (n === LUNCH ? lunchSpan(rows.hall, DAY) : hours[n]) ?? { from: 0, to: 0 };
    const leave = (person: string, { from, to }: { from: number; to: number }) => ({ person, from_at: from, to_at: to });
    rows.leaves = Object.entries(one.away ?? {}).flatMap(([n, people]) => people.map((uid) => leave(uid, spanOf(Number(n)))));
    const verdict = judge(rows, DAY);
    expect(Object.fromEntries([...verdict.gaps].map(([id, gap]) => [id, gap.kind]))).toEqual(one.gaps);
    expect([...verdict.partial]).toEqual(one.partial);
    expect(Object.fromEntries([...verdict.loads].map(([uid, load]) => [uid, [load.posts, load.consent]]))).toEqual(one.loads);
    expect([...verdict.double]).toEqual(one.double);
  });

  it("is what the draft says, where there is one", () => {
    const rows = gridRows({ w1: {} }, [{ day: DAY, post: "w1", a: "wang", b: "li" }], [{ day: DAY, post: "w1", a: "li" }]);
    expect(cellOf(rows, DAY, "w1")).toMatchObject({ draft: true, published: true, plan: [{ n: 0, a: "li" }] });
    expect(asked(rows, [DAY], new Set(["w1"]))).toMatchObject({ drafts: 1, changes: true });
    expect([...asked(rows, [DAY], new Set(["w1"])).gaps.keys()]).toEqual(["w1"]);
  });

  it("asks about the days that are published and no others of the week (ORG-02, ORG-06)", () => {
    const posts = { w1: {}, [vectors.contact]: {} };
    const [next, third, last] = ["2026-11-24", "2026-11-25", "2026-11-26"] as const;
    const of = (...days: string[]) => days.flatMap((day) => [{ day, post: "w1", a: "li", b: "qian" }, { day, post: vectors.contact, a: "wang", b: "li" }]);
    const found = (drafts: DutyDraft[]) => asked(gridRows(posts, [], drafts), [DAY, next, third, last], new Set(Object.keys(posts)));
    expect([found(of(next)).days, [...found(of(next)).gaps]]).toEqual([[next], []]);
    expect(found([]).days).toEqual([]);
    const between = found(of(next, last));
    expect([between.days, between.gaps.get(vectors.contact)]).toEqual([[next, third, last], { kind: "contact", days: [third] }]);
  });

  it("wants a reason for whoever would be A of two posts by these drafts (ORG-02, EVD-04)", () => {
    const rows = gridRows({ w1: {}, w2: {} }, [{ day: DAY, post: "w2", a: "wang", b: "li" }], [{ day: DAY, post: "w1", a: "wang", b: "qian" }]);
    expect(asked(rows, [DAY], new Set(["w1"])).twice).toBe(true);
    expect(asked(rows, [DAY], new Set(["w2"])).twice, "what others drafted is not his to explain").toBe(false);
  });

  it("shows the plan, not the swap, in the week", () => {
    const swapped: Duty = { day: DAY, post: "w1", a: "li", b: "wang", plan: [{ n: 0, a: "wang", b: "li" }], swaps: [{ at: 1, a: "li", b: "wang", by: "li", op: "o" }] };
    expect(seatAt(cellOf(gridRows({ w1: {} }, [swapped]), DAY, "w1").plan, 0).a).toBe("wang");
  });
});

describe("a day published after it had begun (ORG-02, ORG-07)", () => {
  const at = (session: number) => (postedHours(gridRows({}).hall, DAY)[session]?.from ?? 0) + 1;
  const late = (session: number): Duty => ({ day: DAY, post: "w1", a: "wang", b: "li", plan: [{ n: 0, a: "" }], swaps: [{ at: at(session), a: "wang", b: "li", by: "zhou", c: "" }] });

  it.each([0, 1])("is no gap, and nobody has changed places (session %i)", (session) => {
    const rows = gridRows({ w1: {} }, [late(session)]);
    expect(cellOf(rows, DAY, "w1").plan).toEqual([{ n: 0, a: "wang", b: "li" }]);
    expect(judge(rows, DAY).gaps.size).toBe(0);
    expect(changed(late(session))).toBeUndefined();
  });

  it("shows what the office changed since, and that it was changed", () => {
    const duty: Duty = { day: DAY, post: "w1", a: "qian", b: "li", plan: [{ n: 0, a: "wang", b: "li" }], swaps: [{ at: at(1), a: "qian", b: "li", by: "zhou", c: "" }] };
    expect(cellOf(gridRows({ w1: {} }, [duty]), DAY, "w1").plan).toEqual([
      { n: 0, a: "wang", b: "li" },
      { n: 1, a: "qian", b: "li" },
    ]);
    expect(changed(duty)).toBe(duty.swaps?.[0]);
  });
});

describe("the week", () => {
  it("begins on Monday and leaves out days on which the hall is closed and nobody is written down", () => {
    expect(weekOf("2026-11-29")).toEqual(weekOf("2026-11-23"));
    expect(weekOf("2026-11-25")[0]).toBe("2026-11-23");
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(shownDays(gridRows({ w1: {} }), weekOf(DAY))).toHaveLength(5);
    expect(shownDays(gridRows({ w1: {} }, [{ day: "2026-11-28", post: "w1", a: "wang", b: null }]), weekOf(DAY))).toHaveLength(6);
  });

  it("is walked with the arrow keys and never left", () => {
    const from = { row: 1, column: 1 };
    const to = (key: string) => moved(from, key, 3, 5);
    expect([to("ArrowUp"), to("ArrowRight"), to("End"), to("PageDown")]).toEqual([
      { row: 0, column: 1 }, { row: 1, column: 2 }, { row: 1, column: 4 }, { row: 2, column: 1 },
    ]);
    expect(moved({ row: 0, column: 0 }, "ArrowUp", 3, 5)).toEqual({ row: 0, column: 0 });
    expect(to("x")).toBeUndefined();
  });

  it("finds a person by what is typed, those of the unit first, and nobody who has left", () => {
    const people = new Map<string, Person>([
      ["1", { ...person("王一", "u2"), badge: "7" }],
      ["2", { ...person("王二", "u1"), badge: "9", names: { en: "Wang Er" } }],
      ["3", { ...person("王三", "u1"), badge: "8", left: true }],
    ]);
    expect(findPeople(people, "王", "u1").map(([uid]) => uid)).toEqual(["2", "1"]);
    expect(findPeople(people, "er", "u1").map(([uid]) => uid)).toEqual(["2"]);
    expect(findPeople(people, "7", "u1").map(([uid]) => uid)).toEqual(["1"]);
  });
});

describe("a swap", () => {
  const rows = (duty: Duty) => ({ get: () => duty as never, all: () => [] as never });
  const swap = (duty: Duty) => effects["roster.swap"]?.({ id: "o", rid: "s", a: { day: DAY, post: "w1", a: "li", b: "wang" }, at: 5, uid: "li", blobs: [] }, rows(duty));

  it("shows at once who is A now, and keeps the plan", () => {
    const [change] = swap({ day: DAY, post: "w1", a: "wang", b: "li" }) ?? [];
    expect(change).toMatchObject({ rid: `${DAY}:w1`, body: { a: "li", b: "wang", plan: [{ n: 0, a: "wang", b: "li" }], swaps: [{ at: 5, a: "li", by: "li" }] } });
  });

  it("makes the former B the second when the second takes the post", () => {
    const [change] = effects["roster.swap"]?.({ id: "o", rid: "s", a: { day: DAY, post: "w1", a: "zhou", b: "wang" }, at: 5, uid: "zhou", blobs: [] }, rows({ day: DAY, post: "w1", a: "wang", b: "li", c: "zhou" })) ?? [];
    expect(change).toMatchObject({ body: { a: "zhou", b: "wang", c: "li" } });
  });
});

describe("units and roles by days", () => {
  it("move from a day on and stay what they were before", () => {
    const units = moveTo([], "u1", "u2", DAY);
    expect([unitOn(units, "2026-11-22"), unitOn(units, DAY)]).toEqual(["u1", "u2"]);
    expect(moveTo(units, "u2", "u2", DAY)).toEqual(units);
    const back = moveTo(units, "u2", "u1", "2026-12-01");
    expect([unitOn(back, "2026-11-30"), unitOn(back, "2026-12-01")]).toEqual(["u2", "u1"]);
  });

  it("give and take roles from a day on", () => {
    const terms = holdFrom([], ["STF", "HEAD"], ["STF", "OFF"], DAY);
    expect(rolesOn(terms, "2026-11-22").sort()).toEqual(["HEAD", "STF"]);
    expect(rolesOn(terms, DAY).sort()).toEqual(["OFF", "STF"]);
  });
});
