/** The words of leave as the hall says them. */
import { clock, dayOf, dayWord, instant, lookup, names, t, tc, when } from "../../i18n";
import type { Explain, Hall, Leave, LeaveDecision, LeaveStep } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import { personName, postName, type Rows } from "../hall/names";
import { EXPLAIN, EXPLAIN_PARAMS } from "./explain.gen";
import { typeOn, type Preset } from "./model";

/** "0.5 天", "98 天"; two hours of an eight-hour day are "0.25 天". */
export const daysWord = (centidays: number): string => t("{n} 天", { n: numberOf(centidays) });

/** "1.5" */
export const numberOf = (centidays: number): string => String(Math.round(centidays) / 100);

/** The name of a type as the hall calls it. */
export function typeWord(types: Rows<"leave.type">, code: string, from_at: number): string {
  return names(typeOn(types, code, dayOf(from_at))?.rule.names) || tc("假", "请假");
}

export function stateWord(state: Leave["state"]): string {
  const words: Record<Leave["state"], () => string> = {
    told: () => t("已电话报告，待补办"),
    pending: () => t("待审批"),
    approved: () => t("已批准"),
    running: () => t("休假中"),
    ended: () => t("待销假"),
    overdue: () => t("逾期未销假"),
    returned: () => t("已销假"),
    extended: () => t("已续假"),
    refused: () => t("未批准"),
    withdrawn: () => t("已撤回"),
    recalled: () => t("已召回"),
    merged: () => t("已合并"),
  };
  return words[state]();
}

export const STATE_TONE: Record<Leave["state"], Tone> = {
  told: "warn", pending: "info", approved: "ok", running: "ok", ended: "warn", overdue: "bad", returned: "idle", extended: "idle", refused: "bad", withdrawn: "idle", recalled: "warn", merged: "idle",
};

export function roleWord(role: LeaveDecision["role"]): string {
  const words: Record<LeaveDecision["role"], () => string> = {
    HEAD: () => t("科室负责人"),
    OFF: () => t("办公室"),
    LEAD: () => t("分管领导"),
    TOP: () => t("主要领导"),
    DIS: () => t("纪检人员"),
  };
  return words[role]();
}

export function stepWord(step: LeaveStep): string {
  const role = roleWord(step.role);
  if (step.st === "yes") return t("{role}：同意", { role });
  if (step.st === "no") return t("{role}：不同意", { role });
  return step.st === "waits" ? t("{role}：待审批", { role }) : t("{role}：随后", { role });
}

export const STEP_TONE: Record<LeaveStep["st"], Tone> = { yes: "ok", no: "bad", waits: "info", later: "idle" };

export function presetWord(preset: Preset, day: string, now: number): string {
  const at = dayWord(instant(day, "12:00"), now);
  const words: Record<Preset, () => string> = {
    am: () => t("今天上午"),
    pm: () => t("今天下午"),
    day: () => t("今天全天"),
    next_am: () => t("{day}上午", { day: at }),
    next_pm: () => t("{day}下午", { day: at }),
    next_day: () => t("{day}全天", { day: at }),
    custom: () => t("其他时间"),
  };
  return words[preset]();
}

/** "今天 14:30 至 17:30", "11月26日 08:30 至 12月2日 17:30". */
export function spanWord(from: number, to: number, now: number): string {
  return t("{from} 至 {to}", { from: when(from, now), to: dayOf(from) === dayOf(to - 1) ? clock(to) : when(to, now) });
}

/** A sentence of the server in the reader's words (EVD-11). */
export function noteWord(note: Explain, rows: { types: Rows<"leave.type">; people: Rows<"person">; posts: Rows<"post"> }, leave: Leave, now: number): string {
  const said = (key: string, value: string | number): string => {
    const kind = EXPLAIN_PARAMS[key];
    if (kind === "time") return when(Number(value), now);
    if (kind === "person") return personName(rows.people, String(value));
    if (kind === "post") return postName(rows.posts, String(value));
    if (kind === "days") return numberOf(Number(value));
    return typeWord(rows.types, String(value), leave.from_at);
  };
  return lookup(EXPLAIN[note.key] ?? "", Object.fromEntries(Object.entries(note.params).map(([key, value]) => [key, said(key, value)])));
}

/** What the hall's plates say (DSP-06). */
export function policyWord(policy: Hall["plate"]): string {
  const words: Record<Hall["plate"], string> = { name: t("姓名"), surname_title: t("姓和职务"), badge: t("工号") };
  return words[policy];
}
