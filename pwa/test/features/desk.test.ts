import { describe, expect, it } from "vitest";
import { addressOf, canFilter, cellText, filtersOf, hasSensitive, lastDays, queryOf, sorted, sortOf } from "../../src/features/desk/model.ts";
import { casesText, chartText, chartValue, factsOf, labelsOf, spanText, valueText } from "../../src/features/desk/trends.ts";
import type { IndexPoint, IndexSeries, Labels, RegisterColumn, RegisterInfo } from "../../src/sync/types.gen.ts";

const column = (key: string, kind: string, more: Partial<RegisterColumn> = {}): RegisterColumn => ({ key, title: key, kind, privacy: "P1", ...more });
const STATE = column("state", "choice", { choices: [["active", "离岗中"], ["closed", "已办结"]], filters: true, sorts: true });
const info: RegisterInfo = {
  name: "away",
  title: "离岗告示台账",
  at: "leaves_at",
  columns: [
    column("leaves_at", "time", { filters: true, sorts: true }),
    column("person", "person", { filters: true }),
    STATE,
    column("late", "flag", { filters: true }),
    column("unit", "unit", { filters: true }),
    column("back_at", "time"),
  ],
};
const labels: Labels = { people: { p1: "示甲子" }, units: { u1: "户政服务处" }, posts: { w1: "1号窗口", w2: "2号窗口" } };
const AT = Date.parse("2020-11-22T02:02:07Z");

describe("a cell", () => {
  it.each([
    [column("at", "time"), AT, "2020-11-22 10:02"],
    [column("person", "person"), "p1", "示甲子"],
    [column("person", "person"), "gone", "gone"],
    [column("posts", "post"), ["w1", "w2"], "1号窗口、2号窗口"],
    [column("posts", "post"), [], "—"],
    [STATE, "active", "离岗中"],
    [STATE, "strange", "strange"],
    [column("late", "flag"), true, "是"],
    [column("late", "flag"), false, "否"],
    [column("n", "number"), 0, "0"],
    [column("n", "minutes"), 90, "1 小时 30 分钟"],
    [column("text", "text"), "", "—"],
    [column("text", "text"), null, "—"],
  ] as const)("of %o that holds %o says %s", (one, cell, said) => expect(cellText(one, cell as never, labels)).toBe(said));

  it("gives the whole time in a row's detail", () => expect(cellText(column("at", "time"), AT, labels, true)).toBe("2020年11月22日 10:02:07"));
});

describe("the question of an address", () => {
  it("keeps what a register understands and nothing else", () => {
    const asked = queryOf(new URLSearchParams("from=2026-11-01&unit=&f.state=active&sort=-state&purpose=x&amends=1"));
    expect(asked).toEqual({ from: "2026-11-01", "f.state": "active", sort: "-state" });
    expect(addressOf("away", { ...asked, "f.state": "" })).toBe("/registers/away?from=2026-11-01&sort=-state");
    expect(addressOf("away", {})).toBe("/registers/away");
  });

  it("sorts down first, then up", () => {
    expect(sortOf({}, info, "leaves_at")).toBe("descending");
    const once = sorted({}, info, "state");
    expect([once["sort"], sortOf(once, info, "state"), sortOf(once, info, "leaves_at")]).toEqual(["-state", "descending", "none"]);
    expect(sorted(once, info, "state")["sort"]).toBe("state");
    expect(sorted({}, info, "leaves_at")["sort"]).toBe("leaves_at");
  });

  it("says its filters and how to take each away", () => {
    const query = { from: "2026-11-01", "f.state": "active,closed", "f.late": "1", "f.person": "p1", "f.gone": "x" };
    const found = filtersOf(query, info, (_, id) => labels.people[id] ?? id);
    expect(found.map((one) => one.text)).toEqual(["state：离岗中、已办结", "late：是", "person：示甲子"]);
    expect(found[0]!.without).toEqual({ from: "2026-11-01", "f.late": "1", "f.person": "p1", "f.gone": "x" });
  });

  it("offers what can be chosen by hand", () => expect(info.columns.filter((one) => canFilter(info, one)).map((one) => one.key)).toEqual(["person", "state", "late"]));

  it("counts back days with today among them", () => {
    expect(lastDays("2026-03-01", 1)).toEqual({ from: "2026-03-01", to: "2026-03-01" });
    expect(lastDays("2026-03-01", 30)).toEqual({ from: "2026-01-31", to: "2026-03-01" });
  });

  it("knows whether a purpose opens more than names", () => {
    const sealed = (privacy: string) => ({ ...info, columns: [column("x", "text", { sealed: true, privacy })] });
    expect([hasSensitive(sealed("P0")), hasSensitive(sealed("P3")), hasSensitive(info)]).toEqual([false, true, false]);
  });
});

const point = (more: Partial<IndexPoint>): IndexPoint => ({ from_day: "2026-11-02", to_day: "2026-11-08", top: 0, bottom: 0, ...more });
const series = (more: Partial<IndexSeries>): IndexSeries => ({
  id: "IDX-01", key: "on_post", title: "在岗率", kind: "rate", good: "high", counts: ["在岗", "应到"], points: [], total: point({}), ...more,
});

describe("an index", () => {
  it.each([
    ["rate", 9833, "98.3%"],
    ["rate", 0, "0.0%"],
    ["rate", undefined, null],
    ["minutes", 80, "1 小时 20 分钟"],
    ["minutes", 0, "0 分钟"],
    ["minutes", 6000, "100 小时"],
    ["number", 3, "3"],
    ["average", 12, "12 分钟"],
    ["average", undefined, null],
    ["delay", 8, "不到 8 秒"],
    ["delay", 128, "不到 2 分钟"],
  ])("of kind %s with value %s says %s", (kind, value, said) => expect(valueText({ kind }, point(value === undefined ? {} : { value }))).toBe(said));

  it("always shows what it rests on", () => {
    expect(casesText({ counts: ["在岗", "应到"] }, point({ top: 57, bottom: 60 }))).toBe("在岗 57 ÷ 应到 60");
    expect(casesText({ counts: ["场次", ""] }, point({ top: 2 }))).toBe("场次 2");
  });

  it("leaves a gap in its chart where there are too few cases", () => {
    expect([9833, null, undefined].map((value) => chartValue({ kind: "rate" }, value))).toEqual([98.33, null, null]);
    expect(chartValue({ kind: "delay" }, 120)).toBe(2);
  });

  it("puts no more labels under a chart than there is room for", () => {
    const points = Array.from({ length: 30 }, (_, at) => point({ from_day: `2026-11-${String(at + 1).padStart(2, "0")}` }));
    const shown = labelsOf("day", points);
    expect([shown.length, shown.filter(Boolean).length, shown[0]]).toEqual([30, 6, "11-01"]);
    expect(labelsOf("month", [point({})])).toEqual(["26-11"]);
    expect(["day", "week", "month"].map((by) => spanText(by, point({})))).toEqual(["11-02", "11-02 起一周", "2026-11"]);
  });

  it("opens its facts with days, filter and unit set", () => {
    const link = { register: "finding", title: "巡查问题台账", query: { "f.state": "pending" } };
    expect(factsOf(link, point({}), "")).toBe("/registers/finding?f.state=pending&from=2026-11-02&to=2026-11-08");
    expect(factsOf(link, point({}), "u1")).toContain("&unit=u1");
  });

  it("is said in words for those who do not see the chart", () => {
    const page = { from_day: "2026-11-02", to_day: "2026-11-08" };
    expect(chartText(series({ total: point({ value: 9500 }) }), page)).toBe("在岗率，2026-11-02 至 2026-11-08：95.0%。下面有表格。");
    expect(chartText(series({}), page)).toContain("案例太少");
  });
});
