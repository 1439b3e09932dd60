/** The overlay is a pure function of base rows and pending ops (law I16). */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Effects, RowKind } from "../../src/sync/api.ts";
import { replay, type Base, type PendingOp } from "../../src/sync/overlay.ts";
import type { Incident } from "../../src/sync/types.gen.ts";
import { EFFECTS, report } from "./support/world.ts";

/** Effects that read what earlier ones left: a tick only counts on an incident that is in view, and a third closes it. */
const effects: Effects = {
  ...EFFECTS,
  "incident.tick": ({ rid, a, at, uid }, rows) => {
    const before = rows.get("incident", rid);
    if (!before) return [];
    const done = [...before.done, { duty: a.duty, by: uid, at }];
    const body: Incident = { ...before, done, people: [...rows.all("incident")].length };
    return [{ kind: "incident", rid, body: done.length > 2 ? null : body }];
  },
};

const rids = ["i1", "i2", "i3"];
const rid = fc.constantFrom(...rids);
const op = fc.oneof(
  fc.record({ k: fc.constant("incident.report"), rid, a: fc.string().map((text) => report(text)) }),
  fc.record({ k: fc.constant("incident.tick"), rid, a: fc.constant({ duty: "handling", at: 0 }) }),
) as fc.Arbitrary<Pick<PendingOp, "k" | "rid" | "a">>;
const ops = fc.array(op, { maxLength: 12 }).map((list) => list.map((one, i) => ({ ...one, id: `op${i}`, at: i }) as PendingOp));
const rows = fc.dictionary(rid, fc.string()).map((texts) => {
  const body = (text: string) => ({ ...report(text), done: [] }) as unknown as Incident;
  return new Map(Object.entries(texts).map(([rid, text]) => [rid, { body: body(text) }]));
});

function baseOf(incidents: ReadonlyMap<string, { body: Incident }>): Base {
  return ((kind: RowKind) => (kind === "incident" ? incidents : new Map())) as Base;
}

function frozen<T>(value: T): T {
  if (value && typeof value === "object") Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

/** Every row as a person sees it. */
function view(base: ReadonlyMap<string, { body: Incident }>, pending: PendingOp[]): Record<string, Incident> {
  const over = replay(baseOf(base), pending, effects, "lin").get("incident") ?? new Map<string, Incident | null>();
  const seen = new Map<string, Incident | null>([...base].map(([rid, row]) => [rid, row.body]));
  for (const [rid, body] of over) seen.set(rid, body as Incident | null);
  return Object.fromEntries([...seen].filter((entry): entry is [string, Incident] => entry[1] !== null));
}

test("replay changes neither base nor ops, and gives the same twice", () => {
  fc.assert(
    fc.property(rows, ops, (base, pending) => {
      const before = JSON.stringify([[...base], pending]);
      base.forEach((row) => frozen(row));
      pending.forEach(frozen);
      expect(view(base, pending)).toEqual(view(base, pending));
      expect(JSON.stringify([[...base], pending])).toBe(before);
    }),
  );
});

test("replaying some ops into the base and the rest over it is replaying all of them", () => {
  fc.assert(
    fc.property(rows, ops, fc.nat(12), (base, pending, at) => {
      const settled = new Map(Object.entries(view(base, pending.slice(0, at))).map(([rid, body]) => [rid, { body }]));
      expect(view(settled, pending.slice(at))).toEqual(view(base, pending));
    }),
  );
});

test("an effect that throws hides nothing else", () => {
  const broken: Effects = { ...effects, "incident.tick": () => { throw new Error("a mistake in a feature"); } };
  const pending = [
    { id: "1", k: "incident.tick", rid: "i1", a: { duty: "report", at: 0 }, at: 0 },
    { id: "2", k: "incident.report", rid: "i1", a: report("在"), at: 0 },
  ] as PendingOp[];

  const over = replay(baseOf(new Map()), pending, broken, "lin");

  expect(over.get("incident")?.get("i1")).toMatchObject({ text: "在" });
});
