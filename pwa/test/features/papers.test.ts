/** What documents say on the phone: the vectors that the server satisfies, too (tests/server/test_papers_values.py). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LOCALES } from "../../src/i18n";
import { compose, markOf } from "../../src/features/papers/compose";
import type { Reader } from "../../src/features/papers/reader";
import { codeOf, digestOf, holds, readAddress, readCode, stampHere, textOf } from "../../src/features/papers/stamp";
import { fromBase64url } from "../../src/sync/bytes";
import { PAPERS, speaker } from "../../src/features/papers/templates";
import { at, canonical } from "../../src/features/papers/values";
import { makeKey } from "../../src/sync/keys";
import type { Hall, RowBody } from "../../src/sync/types.gen";

type Rows = Record<string, Record<string, unknown>>;
interface Case {
  name: string;
  kind: string;
  rid: string;
  actor: { uid: string; unit: string; roles: string[] };
  rows: Rows;
  values: Record<string, never> | null;
  digest: string;
  says: Record<string, unknown>;
}
interface Vectors {
  now: number;
  rows: Rows;
  cases: Case[];
  stamps: { site: string; key: string; code: string; text: string; holds: boolean }[];
  no_stamps: string[];
}
const VECTORS = JSON.parse(readFileSync(new URL("../../../server/papers/vectors.json", import.meta.url), "utf8")) as Vectors;

function reader({ actor, rows }: Case): Reader {
  const all: Rows = { ...VECTORS.rows, ...rows };
  return {
    ...actor,
    now: VECTORS.now,
    hall: all["hall"]?.["hall"] as Hall,
    get: <K extends keyof RowBody>(kind: K, rid: string) => all[kind]?.[rid] as RowBody[K] | undefined,
    all: <K extends keyof RowBody>(kind: K) => Object.entries(all[kind] ?? {}) as [string, RowBody[K]][],
  };
}

describe("a document printed on the phone", () => {
  it.each(VECTORS.cases)("says what the server's says: $name (DOC-07, 08, 10, 11, 12)", (one) => {
    const paper = PAPERS[one.kind]!;
    const values = paper.data(reader(one), one.rid);
    expect(values).toEqual(one.values);
    if (!values) return;
    expect(digestOf(one.kind, one.rid, values)).toBe(one.digest);
    for (const { id } of LOCALES) expect(compose(paper.template, values, speaker(paper.template, id))).toEqual(one.says[id]);
  });

  it("has a case for every kind", () => {
    expect(new Set(VECTORS.cases.filter((one) => one.values).map((one) => one.kind))).toEqual(new Set(Object.keys(PAPERS)));
  });

  it("takes the stricter class of what it says (LV-09)", () => {
    const sick = VECTORS.cases.find((one) => one.name === "sick leave, sealed")!;
    expect(markOf(PAPERS["leave_slip"]!.template, sick.values!)).toBe("P3");
    expect(markOf(PAPERS["away_card"]!.template, {})).toBe("P0");
  });

  it("counts Taiwan's years where they are asked for, and only there (I18N-06)", () => {
    const { template } = PAPERS["handover"]!;
    expect(speaker(template, "zh_Hant_TW", true).say(at(VECTORS.now, "date"))).toBe("民國115年11月24日");
    expect(speaker(template, "zh_Hant_HK", true).say(at(VECTORS.now, "date"))).toBe("2026年11月24日");
  });

  it("is hashed with sorted keys and no spaces", () => {
    expect(canonical({ b: [null, "é\u001f\u2028"], a: 1 })).toBe('{"a":1,"b":[null,"é\\u001f\u2028"]}');
  });
});

describe("a stamp", () => {
  it.each(VECTORS.stamps)("is read and judged as the server does: $code", async ({ site, key, code, text, holds: expected }) => {
    const read = readCode(site, code)!;
    expect(textOf(read.stamp)).toBe(text);
    expect(codeOf(read)).toBe(code);
    expect(await holds(read, fromBase64url(key))).toBe(expected);
  });

  it.each(VECTORS.no_stamps)("is not made of %j", (code) => expect(readCode("yunting", code)).toBeNull());

  it("is made on the phone and holds for its key alone", async () => {
    const [mine, other] = [await makeKey(), await makeKey()];
    const made = await stampHere(mine, { site: "yunting", kind: "away_card", at: VECTORS.now, digest: "A".repeat(43), dev: "d".repeat(43) });
    const read = readCode("yunting", codeOf(made))!;
    expect(read).toEqual(made);
    expect(await holds(read, mine.point)).toBe(true);
    expect(await holds(read, other.point)).toBe(false);
    expect(await holds({ ...read, stamp: { ...read.stamp, kind: "handover" } }, mine.point)).toBe(false);
  });

  it("stands in an address of its site", () => {
    expect(readAddress("https://hall.example/s/yunting/p/1.ab-c_d?locale=en")).toEqual({ site: "yunting", code: "1.ab-c_d" });
    expect(readAddress("https://hall.example/time-code?b=x")).toBeNull();
  });
});
