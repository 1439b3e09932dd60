/** Who leads checks and who visits, before the server has answered, and whose screens they are (CHK-05, CHK-06). */
import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { feature } from "../../src/features/check";
import { effects } from "../../src/features/check/effect";
import { heirs } from "../../src/features/check/leads";
import { lists } from "../../src/features/check/lists";
import { said, spanWord } from "../../src/features/check/words";
import type { OpName, RowKind, Sync } from "../../src/sync/api";
import { at, base, screen } from "./world";

const HAN = { name: "韩", badge: "8", unit: "c-office", title: {}, roles: ["STF"] };
const LEAD = { name: "孙", unit: "c-check", from_day: "2026-11-01" };
const VISITOR = { name: "辛某", unit: "", number: "7000000001", from_day: "2026-11-01", to_day: "2026-11-30" };

const rows = base({ person: { han: HAN }, "check.lead": { sun: LEAD }, "check.visitor": { xin: VISITOR } } as never);
const read = screen(rows, [], {}, "sun");
const sync = { uid: "sun", now: () => at("15:00"), rows: (kind: RowKind) => signal(read(kind)) } as unknown as Sync;
const get = (kind: RowKind, rid: string) => read(kind).get(rid)?.body;

function after<K extends "check.appoint" | "check.visitor">(k: K, rid: string, a: object) {
  return effects[k]?.({ id: "o", rid, a: a as never, at: at("10:00"), uid: "sun", blobs: [] }, { get, all: () => [] } as never).map(({ kind, body }) => [kind, body]);
}

describe("an appointment", () => {
  it("shows at once who leads from which day", () => {
    expect(after("check.appoint", "han", { from_day: "2026-12-01" })).toEqual([["check.lead", { name: "韩", unit: "c-office", from_day: "2026-12-01" }]]);
  });

  it("taken back shows the day before as the last", () => {
    expect(after("check.appoint", "sun", { from_day: "2026-12-01", ends: true })).toEqual([["check.lead", { ...LEAD, to_day: "2026-11-30" }]]);
  });

  it("of somebody unknown shows nothing", () => expect(after("check.appoint", "nobody", { from_day: "2026-12-01" })).toEqual([]));
});

describe("who leads instead", () => {
  it("is a lead by now, neither oneself nor the one relieved (CHK-05)", () => {
    const leads = { sun: LEAD, gong: { ...LEAD, from_day: "2026-11-23" }, soon: { ...LEAD, from_day: "2026-11-24" }, old: { name: "钱", unit: "" }, top: LEAD };
    const seen = screen(base({ "check.lead": leads } as never), [], {}, "top");
    const here = { uid: "top", rows: (kind: RowKind) => signal(seen(kind)) } as unknown as Sync;
    expect(heirs(here, "sun", "2026-11-23").map(([uid]) => uid)).toEqual(["gong", "old"]);
  });
});

describe("a visitor", () => {
  it("from outside has a name, and a number once the server has made it", () => {
    const body = { name: "任某", unit: "", from_day: "2026-11-23", to_day: "2026-12-31", ended: false };
    expect(after("check.visitor", "new", { name: "任某", last_day: "2026-12-31" })).toEqual([["check.visitor", body]]);
  });

  it("of the hall keeps name and unit", () => {
    const body = { name: "韩", unit: "c-office", from_day: "2026-11-23", to_day: "2026-12-31", ended: false };
    expect(after("check.visitor", "han", { last_day: "2026-12-31" })).toEqual([["check.visitor", body]]);
  });

  it("who is ended stays in the list", () => expect(after("check.visitor", "xin", { ends: true })).toEqual([["check.visitor", { ...VISITOR, ended: true }]]));
});

describe("what is said of them", () => {
  const tell = (k: OpName, rid: string, a: object) => {
    const told = (lists.describe?.[k] as ((item: object, sync: Sync) => { title: string; text?: string }) | undefined)?.({ rid, a }, sync);
    return [told?.title, told?.text];
  };

  it("is found in the outbox by name", () => {
    expect(tell("check.appoint", "han", { from_day: "2026-12-01" })).toEqual(["指定牵头人", "韩"]);
    expect(tell("check.visitor", "xin", { ends: true })).toEqual(["停用检查人员", "辛某"]);
    expect(tell("check.visitor", "han", { last_day: "2026-12-31" })).toEqual(["检查人员", "韩"]);
  });

  it("rests on the version that was seen", () => {
    expect(said(sync, "check.lead", "sun")).toMatchObject({ rid: "sun", guard: { sun: expect.any(Number) } });
    expect(said(sync, "check.lead", "han")).toEqual({ rid: "han" });
  });

  it("tells the days that anybody has said", () => {
    expect(spanWord({})).toBe("");
    expect([{ from_day: "2026-11-01" }, { to_day: "2026-11-30" }, VISITOR].map(spanWord).every((word) => word.includes("11"))).toBe(true);
  });
});

describe("their screens", () => {
  it("are the director's and the leads', in address and menu", () => {
    const of = (list: readonly { path: string; roles?: readonly string[] }[] | undefined, path: string) => list?.find((one) => one.path === path)?.roles;
    expect([of(feature.screens, "/leads"), of(feature.actions, "/leads")]).toEqual([["TOP"], ["TOP"]]);
    expect([of(feature.screens, "/visitors"), of(feature.screens, "/visitors/:id"), of(feature.actions, "/visitors")]).toEqual([["CHECK"], ["CHECK"], ["CHECK"]]);
  });
});
