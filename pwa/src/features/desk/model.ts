/** What a register shows and asks: cells in words, the query of an address, filters and order. Pure: data in, values out. */
import { clock, dayOf, duration, exact, t } from "../../i18n";
import type { Labels, RegisterColumn, RegisterInfo, RegisterRow } from "../../sync/types.gen";
import type { Query } from "./ask";

export type Cell = RegisterRow["cells"][number];
export const SEALED = "•••";
/** The columns that stand in a table before "all columns" is asked for; a row's detail has all. */
export const COLUMNS_FIRST = 9;
const NAMED = { person: "people", unit: "units", post: "posts" } as const;

/** A cell as a reader sees it; `whole` with seconds and full dates. */
export function cellText(column: RegisterColumn, cell: Cell, labels: Labels, whole = false): string {
  if (cell === null || cell === "") return "—";
  if (column.kind === "time") return typeof cell === "number" ? (whole ? exact(cell) : shortTime(cell)) : "—";
  if (column.kind === "minutes") return typeof cell === "number" ? duration(cell * 60_000) : "—";
  if (column.kind === "flag") return cell === true ? t("是") : t("否");
  if (column.kind in NAMED) {
    const known = labels[NAMED[column.kind as keyof typeof NAMED]];
    return (Array.isArray(cell) ? cell : [String(cell)]).map((id) => known[id] ?? id).join(t("、")) || "—";
  }
  if (Array.isArray(cell)) return cell.join(t("、")) || "—";
  return wordOf(column, String(cell));
}

/** "11-22 10:02": short and in one order in every language; other years in full. */
function shortTime(at: number): string {
  const day = dayOf(at);
  return `${day.startsWith(String(new Date().getFullYear())) ? day.slice(5) : day} ${clock(at)}`;
}

export function wordOf(column: RegisterColumn, value: string): string {
  return column.choices?.find(([one]) => one === value)?.[1] ?? value;
}

export const isNumeric = (column: RegisterColumn) => column.kind === "number" || column.kind === "minutes";

/** Whether a filter on the column can be set by hand: the span of days and the unit have places of their own. */
export const canFilter = (info: RegisterInfo, column: RegisterColumn) =>
  column.filters === true && column.key !== info.at && column.kind !== "time" && column.kind !== "day" && column.kind !== "unit";

/** Whether a stated purpose opens sensitive personal information (P3 and above), not only names. */
export const hasSensitive = (info: RegisterInfo) => info.columns.some((column) => column.sealed && column.privacy >= "P3");

/** What an address asks of a register; other words in it are left alone. */
export function queryOf(search: URLSearchParams): Record<string, string> {
  const asked: Record<string, string> = {};
  for (const [key, value] of search) if (value !== "" && (key === "from" || key === "to" || key === "unit" || key === "sort" || key.startsWith("f."))) asked[key] = value;
  return asked;
}

/** The address of a register with a query. */
export function addressOf(name: string, query: Query): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();
  return `/registers/${name}${search && `?${search}`}`;
}

/** The query after a press on a column's title: first down, then up. */
export function sorted(query: Query, info: RegisterInfo, key: string): Query {
  return { ...query, sort: (query["sort"] ?? `-${info.at}`) === `-${key}` ? key : `-${key}` };
}

/** How a column is sorted, for screen readers. */
export function sortOf(query: Query, info: RegisterInfo, key: string): "ascending" | "descending" | "none" {
  const sort = query["sort"] ?? `-${info.at}`;
  if (sort.replace(/^-/, "") !== key) return "none";
  return sort.startsWith("-") ? "descending" : "ascending";
}

/** The filters in force, each with what it says and the query without it. */
export function filtersOf(query: Query, info: RegisterInfo, named: (kind: string, id: string) => string): { key: string; text: string; without: Query }[] {
  return Object.entries(query)
    .filter(([key]) => key.startsWith("f."))
    .flatMap(([key, value]) => {
      const column = info.columns.find((one) => `f.${one.key}` === key);
      const without = Object.fromEntries(Object.entries(query).filter(([other]) => other !== key));
      return column ? [{ key, text: t("{name}：{value}", { name: column.title, value: saidOf(column, value, named) }), without }] : [];
    });
}

function saidOf(column: RegisterColumn, value: string, named: (kind: string, id: string) => string): string {
  if (column.kind === "flag") return value === "1" ? t("是") : t("否");
  if (column.kind === "choice") return value.split(",").map((one) => wordOf(column, one)).join(t("、"));
  if (column.kind in NAMED) return value.split(",").map((one) => named(column.kind, one)).join(t("、"));
  return value;
}

/** Days as chips offer them, ending today. */
export function lastDays(today: string, days: number): { from: string; to: string } {
  const from = new Date(Date.parse(`${today}T12:00:00Z`) - (days - 1) * 86_400_000);
  return { from: from.toISOString().slice(0, 10), to: today };
}
