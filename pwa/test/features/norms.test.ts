/** What the hall is measured by, on the device: versions, what a list lacks, codes by day (FAC-06, PRH-01). */
import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import type { Sync } from "../../src/sync/api";
import type { ChecklistGroup, CodeRow } from "../../src/sync/types.gen";
import { codeOptions, codesOn, mayRecord } from "../../src/features/hall/codes";
import { lackOf, listOf, moved, nextId, sumOf, versionsOf, withItem, type ListDraft } from "../../src/features/norms/model";

const names = { zh_Hans: "项" };
const item = (id: string, points: number, more: object = {}) => ({ id, names, points, ...more });
const group = (id: string, ...items: ReturnType<typeof item>[]): ChecklistGroup => ({ id, names, items });
const list = (groups: ChecklistGroup[], more: Partial<ListDraft> = {}): ListDraft => ({ names, groups, valid_from: "2026-11-24", text: "", ...more });
const TODAY = "2026-11-24";
const FULL = [group("A", item("X1", 60), item("X2", 40))];

describe("a list being written", () => {
  it.each([
    [list(FULL), "facility", null],
    [list(FULL, { names: {} }), "facility", "name"],
    [list([]), "facility", "groups"],
    [list([group("A")]), "facility", "groups"],
    [list([group("A", item("no id", 100))]), "facility", "item"],
    [list([group("A", { ...item("X1", 100), names: { zh_Hans: " " } })]), "facility", "item"],
    [list([group("A", item("X1", 50), item("X1", 50))]), "facility", "twice"],
    [list([group("A", item("X1", 50)), group("A", item("X2", 50))]), "facility", "twice"],
    [list([group("A", item("X1", 100), item("X2", 0, { veto: true }))]), "facility", "points"],
    [list([group("A", item("X1", 99.5))]), "facility", "points"],
    [list([group("A", item("X1", 99))]), "facility", "sum"],
    [list([group("A", item("X1", 1))]), "quick", "sum"],
    [list([group("A", item("X1", 0))]), "quick", null],
    [list(FULL, { valid_from: "2026-11-23" }), "facility", "day"],
    [list([group("A", ...Array.from({ length: 100 }, (_, n) => ({ ...item(`X${n}`, 1), names: { zh_Hans: "长".repeat(120) } })))]), "facility", "size"],
  ] as const)("says the first thing it lacks", (draft, use, lack) => {
    expect(lackOf(draft, use, TODAY)).toBe(lack);
  });

  it("changes one item, adds one, takes one away, and moves one", () => {
    const changed = withItem(FULL, "A", "X1", item("X1", 10));
    expect(sumOf(changed)).toBe(50);
    expect(withItem(FULL, "A", null, item("X3", 1))[0]?.items.map(({ id }) => id)).toEqual(["X1", "X2", "X3"]);
    expect(withItem(FULL, "A", "X1", null)[0]?.items.map(({ id }) => id)).toEqual(["X2"]);
    expect(moved(FULL, "A", "X2", -1)[0]?.items.map(({ id }) => id)).toEqual(["X2", "X1"]);
    expect(moved(FULL, "A", "X1", -1)).toEqual(FULL);
    expect(nextId(FULL, "X")).toBe("X01");
  });

  it("stands among the versions of its list, the newest first", () => {
    const body = { names, version: 1, groups: FULL };
    const found = versionsOf([["ms-1", body], ["a.b-2", { ...body, version: 2 }], ["ms-2", { ...body, version: 2 }]]);
    expect([...found].map(([name, versions]) => `${name}:${versions.map(([, one]) => one.version).join()}`)).toEqual(["a.b:2", "ms:2,1"]);
    expect(listOf("a.b-12")).toBe("a.b");
  });
});

describe("codes", () => {
  const row = (code: string, valid_from: string, more: object = {}): CodeRow => ({ code, rule: { names: { zh_Hans: `${code} ${valid_from}` }, group: "slackness", valid_from, ...more } });
  const every = [row("F02", "2026-11-20"), row("F01", "2000-01-01"), row("F01", "2026-11-24"), row("F03", "2000-01-01", { retired: true }), row("F04", "2000-01-01", { who: ["EFF"] })];
  const kinds: Record<string, ReadonlyMap<string, unknown>> = {
    code: new Map(every.map((body) => [`${body.code}@${body.rule.valid_from}`, { rid: "", ver: 1, body, pending: false }])),
    me: new Map([["lin", { rid: "lin", ver: 1, body: { uid: "lin", name: "林", unit: "p", roles: ["INS"] }, pending: false }]]),
  };
  const rows = new Map(Object.entries(kinds).map(([kind, map]) => [kind, signal(map)]));
  const sync = { uid: "lin", now: () => Date.parse("2026-11-24T04:00:00Z"), rows: (kind: string) => rows.get(kind) } as unknown as Sync;

  it("are what they were on the day, and a younger one as it was first", () => {
    expect([...codesOn(sync, "2026-11-23")].map(([, rule]) => rule.names["zh_Hans"])).toEqual(["F01 2000-01-01", "F02 2026-11-20", "F03 2000-01-01", "F04 2000-01-01"]);
    expect(codesOn(sync, "2026-11-24").get("F01")?.valid_from).toBe("2026-11-24");
    expect(codesOn(sync, "2026-11-01").get("F02")?.valid_from).toBe("2026-11-20");
  });

  it("are offered to those who may record them", () => {
    expect(codeOptions(sync).map(({ value }) => value)).toEqual(["F01", "F02"]);
    expect(mayRecord(row("F04", "2000-01-01", { who: ["EFF"] }).rule, ["EFF"])).toBe(true);
  });
});
