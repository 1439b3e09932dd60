/** A small hall for the tests of features: two zones, four posts, five people, one Sunday on which the hall works as on a Monday. */
import { instant } from "../../src/i18n";
import type { Effects, OpName, RowKind, View } from "../../src/sync/api";
import { replay, type PendingOp } from "../../src/sync/overlay";
import type { Hall, OpArgs, Person, Post, RowBody } from "../../src/sync/types.gen";

export const DAY = "2026-11-23";
/** An instant of the test's day. */
export const at = (clock: string) => instant(DAY, clock);
export const MINUTE_MS = 60_000;

export const HALL: Hall = {
  names: { zh_Hans: "云汀市（演示）政务服务中心" },
  phone: "0000-00001234",
  tz: "Asia/Shanghai",
  locale: "zh_Hans",
  plate: "name",
  zones: [
    { id: "z1", names: { zh_Hans: "一区" }, floor: 1 },
    { id: "z2", names: { zh_Hans: "二区" }, floor: 2 },
  ],
  hours: Object.fromEntries(["1", "2", "3", "4", "5"].map((day): [string, [string, string][]] => [day, [["08:30", "12:00"], ["14:30", "17:30"]]])),
  days: {},
  calendars: {},
  rules: {},
  rule_set: "demo",
  roster_version: 7,
  demo: true,
};

const post = (number: string, zone: string, order: number, unit: string, more: Partial<Post> = {}): Post => ({
  number, zone, order, unit, services: [{ zh_Hans: "登记" }], group: "g1", kind: "window", required: true, ...more,
});
const person = (name: string, badge: string, unit: string): Person => ({ name, badge, unit, title: { zh_Hans: "科员" }, roles: ["STF"] });

type Base = { [K in RowKind]?: Record<string, RowBody[K]> };

/** Posts p1 p2 in z1 and p3 p4 in z2; units u1 (ann, bob, cat) and u2 (dan, eve); ann and bob are A and B of p1, bob and ann of p2. */
export function base(more: Base = {}): Base {
  return {
    hall: { hall: HALL },
    unit: {
      u1: { names: { zh_Hans: "甲局" }, kind: "resident", head: "cat", category: "c" },
      u2: { names: { zh_Hans: "乙局" }, kind: "resident", head: "eve", category: "c" },
    },
    post: { p1: post("01", "z1", 1, "u1"), p2: post("02", "z1", 2, "u1"), p3: post("03", "z2", 1, "u2", { group: "g2" }), p4: post("04", "z2", 2, "u2", { group: "g1" }) },
    person: { ann: person("演甲子", "001", "u1"), bob: person("演乙丑", "002", "u1"), cat: person("演丙寅", "003", "u1"), dan: person("演丁卯", "004", "u2"), eve: person("演戊辰", "005", "u2") },
    duty: {
      [`${DAY}:p1`]: { day: DAY, post: "p1", a: "ann", b: "bob" },
      [`${DAY}:p2`]: { day: DAY, post: "p2", a: "bob", b: "ann" },
      [`${DAY}:p3`]: { day: DAY, post: "p3", a: "dan", b: "eve" },
      [`${DAY}:p4`]: { day: DAY, post: "p4", a: "eve", b: null },
    },
    ...more,
  };
}

/** One op to replay. `at`: when it was saved. */
export function op<K extends OpName>(k: K, rid: string, a: OpArgs[K], saved_at: number): PendingOp<K> {
  return { id: `${k}:${rid}:${saved_at}`, k, rid, a, at: saved_at };
}

/** Rows as a screen reads them after `ops` of `uid` were replayed over `rows`. */
export function screen(rows: Base, ops: readonly PendingOp[], effects: Effects, uid: string) {
  const baseRows = <K extends RowKind>(kind: K) => new Map(Object.entries(rows[kind] ?? {}).map(([rid, body]) => [rid, { body: body as RowBody[K] }]));
  const over = replay(baseRows, ops, effects, uid);
  return <K extends RowKind>(kind: K): ReadonlyMap<string, View<RowBody[K]>> => {
    const seen = new Map<string, View<RowBody[K]>>([...baseRows(kind)].map(([rid, { body }]) => [rid, { rid, ver: 1, body, pending: false }]));
    for (const [rid, body] of over.get(kind) ?? []) {
      if (body) seen.set(rid, { rid, ver: 1, body: body as RowBody[K], pending: true });
      else seen.delete(rid);
    }
    return seen;
  };
}
export type Read = ReturnType<typeof screen>;
