import { afterEach, describe, expect, it } from "vitest";
import { active } from "../../src/i18n/catalogue.ts";
import { clock, date, dayAndWeekday, dayOf, duration, exact, fromTag, instant, locale, lookup, minguo, monthName, names, negotiate, t, tc, weekday, when, zone } from "../../src/i18n/index.ts";

afterEach(() => {
  locale.value = "zh_Hans";
  active.value = {};
  zone.value = "Asia/Shanghai";
  minguo.value = false;
});

const at = (iso: string) => Date.parse(iso);

describe("a name in a Chinese sentence (I18N-06)", () => {
  it.each([
    ["没有查到 {name} 的离岗告示", { name: "演庚午" }, "没有查到演庚午的离岗告示"],
    ["没有查到 {name} 的离岗告示", { name: "李" }, "没有查到李的离岗告示"],
    ["没有查到 {name} 的离岗告示", { name: "Ann Lee" }, "没有查到 Ann Lee 的离岗告示"],
    ["{at} 见空岗；{name} {made} 已告示", { at: "10:05", name: "王", made: "09:58" }, "10:05 见空岗；王 09:58 已告示"],
    ["{name} 说：{words}", { name: "王", words: "张 三 来过" }, "王说：张 三 来过"],
    ["{unit} {name}", { unit: "社保科", name: "王" }, "社保科 王"],
  ])("%s with %o", (text, params, said) => expect(t(text, params)).toBe(said));
});

describe("negotiating a language", () => {
  it.each([
    ["zh-CN", "zh_Hans"],
    ["zh", "zh_Hans"],
    ["zh-SG", "zh_Hans"],
    ["zh-TW", "zh_Hant_TW"],
    ["zh-Hant", "zh_Hant_TW"],
    ["zh-Hant-HK", "zh_Hant_HK"],
    ["zh-HK", "zh_Hant_HK"],
    ["zh-MO", "zh_Hant_HK"],
    ["zh-Hans-HK", "zh_Hans"],
    ["yue-HK", "zh_Hant_HK"],
    ["en-GB", "en"],
    ["ja", undefined],
  ])("reads %s as %s", (tag, want) => expect(fromTag(tag)).toBe(want));

  it("takes the first wish it can fulfil", () => expect(negotiate(["ja", "zh-TW", "en"])).toBe("zh_Hant_TW"));
  it("falls back to the hall's language", () => expect(negotiate(["ja", "fr"], "zh_Hant_HK")).toBe("zh_Hant_HK"));
});

describe("texts", () => {
  it("shows the msgid where nothing is translated, and fills its parameters", () => {
    expect(t("还有 {n} 条", { n: 3 })).toBe("还有 3 条");
  });

  it("writes today small inside an English sentence, and large where one begins", () => {
    active.value = { "收到时间 {at}": "Received {at}", "{at} 起": "{at} on" };
    expect([t("收到时间 {at}", { at: "Today 10:02" }), t("{at} 起", { at: "Today 10:02" })]).toEqual(["Received today 10:02", "Today 10:02 on"]);
  });

  it("keeps a parameter nobody gave visible", () => expect(t("{a} 和 {b}", { a: 1 })).toBe("1 和 {b}"));

  it("says one of something in another word than several, where a language does", () => {
    active.value = { "{n} 处": "{n} {n:place|places}", "{a} {b}": "{a:It has|They have} {b:a day|days}" };
    expect([0, 1, 2, "1"].map((n) => t("{n} 处", { n }))).toEqual(["0 places", "1 place", "2 places", "1 place"]);
    expect(t("{a} {b}", { a: 1, b: 3 })).toBe("It has days");
  });

  it("says another word for another context", () => {
    active.value = { 窗口: "視窗", "counter\u0004窗口": "櫃檯" };
    expect([t("窗口"), tc("counter", "窗口"), lookup("窗口")]).toEqual(["視窗", "櫃檯", "視窗"]);
  });

  it("takes a data name as typed and never converts it", () => {
    locale.value = "zh_Hant_TW";
    expect(names({ zh_Hans: "范伟窗口" })).toBe("范伟窗口");
    expect(names({ zh_Hans: "社保", zh_Hant_TW: "社會保險" })).toBe("社會保險");
    expect(names(undefined)).toBe("");
  });
});

describe("times in the hall's zone", () => {
  const now = at("2026-11-22T02:30:00Z"); // 10:30 in the hall

  it("names a month", () => {
    expect(monthName("2026-11")).toBe("11月");
    locale.value = "en";
    expect(monthName("2026-02")).toBe("February");
  });

  it("says today, yesterday, tomorrow, then the date, then the year", () => {
    expect(when(at("2026-11-22T02:02:00Z"), now)).toBe("今天 10:02");
    expect(when(at("2026-11-21T15:59:00Z"), now)).toBe("昨天 23:59");
    expect(when(at("2026-11-22T16:00:00Z"), now)).toBe("明天 00:00");
    expect(when(at("2026-11-20T02:02:00Z"), now)).toBe("11月20日 10:02");
    expect(when(at("2025-11-20T02:02:00Z"), now)).toBe("2025年11月20日 10:02");
  });

  it("writes dates and exact times", () => {
    expect(date("2026-11-22")).toBe("2026年11月22日");
    expect(weekday("2026-11-22")).toBe("星期日");
    expect(dayAndWeekday("2026-11-22")).toBe("11月22日星期日");
    expect(exact(now)).toBe("2026年11月22日 10:30:00");
  });

  it("counts Taiwan's years when asked", () => {
    locale.value = "zh_Hant_TW";
    expect(date("2026-11-22")).toBe("2026年11月22日");
    minguo.value = true;
    expect(date("2026-11-22")).toBe("民國115年11月22日");
    locale.value = "zh_Hant_HK";
    expect(date("2026-11-22")).toBe("2026年11月22日");
  });

  it("finds the instant of a wall time, also where clocks change", () => {
    expect(instant("2026-11-22", "10:30")).toBe(now);
    zone.value = "America/New_York";
    expect(new Date(instant("2026-03-08", "12:00")).toISOString()).toBe("2026-03-08T16:00:00.000Z");
    expect(new Date(instant("2026-03-08", "01:30")).toISOString()).toBe("2026-03-08T06:30:00.000Z");
    expect(new Date(instant("2026-11-01", "12:00")).toISOString()).toBe("2026-11-01T17:00:00.000Z");
  });

  it("names the hall's day, not the reader's", () => expect(dayOf(at("2026-11-21T16:30:00Z"))).toBe("2026-11-22"));
  it("uses 24 hours, midnight as 00", () => expect(clock(at("2026-11-21T16:05:00Z"))).toBe("00:05"));

  it.each([
    [20_000, "1 分钟"],
    [45 * 60_000, "45 分钟"],
    [60 * 60_000, "1 小时"],
    [80 * 60_000, "1 小时 20 分钟"],
    [49 * 3_600_000, "2 天"],
  ])("says %i ms as %s", (ms, want) => expect(duration(ms)).toBe(want));
});
