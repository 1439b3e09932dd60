import { date, t } from "../../i18n";

/** The day a term ends, as people read it: 暂定 past the published year; once counted anew, with what it was (CAL-03). */
export function dueDay(of: { due_day: string; provisional?: boolean; was_due_day?: string }): string {
  const was = of.was_due_day ? t("（日历公布后重算，原为 {day}）", { day: date(of.was_due_day) }) : "";
  return `${date(of.due_day)}${of.provisional ? t("（暂定）") : ""}${was}`;
}
