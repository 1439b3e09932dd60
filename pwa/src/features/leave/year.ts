/** A year calendar read from a file before it is sent: every fault is named, and what would change is shown (CAL-02). */
import { t } from "../../i18n";
import type { Hall } from "../../sync/types.gen";
import { worksOn } from "../hall/rules";

const DAYS_MAX = 200;

export interface Reading {
  text: string;
  /** What is wrong, or empty. */
  fault: string;
  year: number;
  papers: string[];
  days: number;
  /** Days on which the hall would work and now does not, or the other way round. */
  changed: { day: string; works: boolean }[];
}

/** Reads a file in the shape of the published holiday data: year, papers, days with date and isOffDay. */
export function readCalendar(text: string, hall: Hall): Reading {
  const found: Reading = { text, fault: "", year: 0, papers: [], days: 0, changed: [] };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { ...found, fault: t("不是 JSON 文件") };
  }
  const { year, papers, days } = (typeof data === "object" && data !== null ? data : {}) as Record<string, unknown>;
  if (typeof year !== "number" || !Array.isArray(papers) || !Array.isArray(days) || days.length === 0 || days.length > DAYS_MAX) {
    return { ...found, fault: t("缺少年份、依据文件或逐日安排") };
  }
  const seen = new Set<string>();
  for (const [index, one] of days.entries()) {
    const { date, isOffDay } = (typeof one === "object" && one !== null ? one : {}) as Record<string, unknown>;
    const sane = typeof date === "string" && /^\d{4}-\d\d-\d\d$/.test(date) && date.startsWith(`${year}-`) && !Number.isNaN(Date.parse(date)) && !seen.has(date);
    if (!sane || typeof isOffDay !== "boolean") return { ...found, fault: t("第 {n} 条有误：{text}", { n: index + 1, text: JSON.stringify(one).slice(0, 80) }) };
    seen.add(date);
    if (worksOn(hall, date) === isOffDay) found.changed.push({ day: date, works: !isOffDay });
  }
  return { ...found, year, papers: papers.map(String), days: days.length };
}
