/** Indices as a screen shows them: values in words, the points of a chart, and the address of the facts behind one. Pure. */
import { duration, t } from "../../i18n";
import type { IndexPage, IndexPoint, IndexSeries, RegisterLink } from "../../sync/types.gen";
import { addressOf } from "./model";

/** "98.3%", "1 小时 20 分钟", "12": nothing where there are too few cases. */
export function valueText(series: Pick<IndexSeries, "kind">, point: IndexPoint): string | null {
  const value = point.value;
  if (value === null || value === undefined) return null;
  if (series.kind === "rate") return `${(value / 100).toFixed(1)}%`;
  if (series.kind === "minutes" || series.kind === "average") return hoursText(value);
  if (series.kind === "delay") return value < 60 ? t("不到 {n} 秒", { n: value }) : t("不到 {duration}", { duration: duration(value * 1000) });
  return String(value);
}

/** Minutes as hours and minutes; a day of a hall has not 24 hours, so it is not spoken of. */
function hoursText(minutes: number): string {
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return t("{n} 分钟", { n: m });
  return m === 0 ? t("{n} 小时", { n: h }) : t("{h} 小时 {m} 分钟", { h, m });
}

/** Numerator and denominator, always in view: "在岗 56 / 应到 60". */
export function casesText(series: Pick<IndexSeries, "counts">, point: IndexPoint): string {
  const [above, below] = series.counts;
  return below ? t("{above} {top} ÷ {below} {bottom}", { above, top: point.top, below, bottom: point.bottom }) : t("{above} {top}", { above, top: point.top });
}

/** A value in the unit of the chart's axis. */
export function chartValue(series: Pick<IndexSeries, "kind">, value: number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  if (series.kind === "rate") return value / 100;
  return series.kind === "delay" ? value / 60 : value;
}

/** What stands at the axis. */
export function axisText(series: Pick<IndexSeries, "kind">, value: number): string {
  return series.kind === "rate" ? `${value}%` : String(value);
}

/** The name of a span: a day, the week that begins with it, a month. */
export function spanText(by: string, point: Pick<IndexPoint, "from_day" | "to_day">): string {
  if (by === "month") return point.from_day.slice(0, 7);
  return by === "week" ? t("{day} 起一周", { day: point.from_day.slice(5) }) : point.from_day.slice(5);
}

/** Labels under a chart: so many that they do not touch. */
export function labelsOf(by: string, points: readonly IndexPoint[], most = 7): string[] {
  const step = Math.ceil(points.length / most);
  return points.map((point, at) => (at % step === 0 ? (by === "month" ? point.from_day.slice(2, 7) : point.from_day.slice(5)) : ""));
}

/** Where the facts of a point are: the first register of the index this person may read, cut to the days and the unit. */
export function factsOf(link: RegisterLink, point: Pick<IndexPoint, "from_day" | "to_day">, unit: string): string {
  return addressOf(link.register, { ...link.query, from: point.from_day, to: point.to_day, ...(unit ? { unit } : {}) });
}

/** A sentence that says what a chart shows, for those who do not see it. */
export function chartText(series: IndexSeries, page: Pick<IndexPage, "from_day" | "to_day">): string {
  const value = valueText(series, series.total);
  return t("{title}，{from} 至 {to}：{value}。下面有表格。", { title: series.title, from: page.from_day, to: page.to_day, value: value ?? t("案例太少，只列数目") });
}
