/** The words of bulletins, and their numbers in sentences (DOC-13, DOC-15). */
import { date, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Bulletin, BulletinLine, BulletinNumbers } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import { codeWord } from "../hall/codes";
import { unitName } from "../hall/names";

export type Kind = Bulletin["kind"];
export type State = Bulletin["state"];

/** People of the hall whose name stands in a text that everybody would read (CHK-09). */
export function peopleIn(sync: Sync, text: string): string[] {
  const found = [...sync.rows("person").value.values()].map(({ body }) => body.name).filter((name) => name.length >= 2 && text.includes(name));
  return [...new Set(found)];
}

export function kindWord(kind: Kind): string {
  const words: Record<Kind, () => string> = { patrol_week: () => t("巡查周报"), patrol_month: () => t("巡查月报"), check: () => t("检查通报") };
  return words[kind]();
}

export const STATE_TONE: Record<State, Tone> = { draft: "warn", issued: "ok", withdrawn: "idle", dropped: "idle" };

export function stateWord(state: State): string {
  const words: Record<State, () => string> = { draft: () => t("草稿"), issued: () => t("已发布"), withdrawn: () => t("已收回"), dropped: () => t("已放弃") };
  return words[state]();
}

/** "巡查周报 2026 年第 3 期". */
export function numberWord(kind: Kind, number: string): string {
  const [year = "", n = ""] = number.split("-");
  return t("{kind} {year} 年第 {n} 期", { kind: kindWord(kind), year, n });
}

export const spanWord = (from_day: string, to_day: string): string => t("{from} 至 {to}", { from: date(from_day), to: date(to_day) });

const percent = (part: number, whole: number): string => (whole > 0 ? `${((100 * part) / whole).toFixed(1)}%` : "—");

/** Every number with its words, numerator and denominator in view. */
export function numberFacts(kind: Kind, n: BulletinNumbers): [string, string][] {
  const of = (part = 0, whole = 0) => t("{part} / {whole}（{percent}）", { part, whole, percent: percent(part, whole) });
  if (kind === "check") {
    return [
      [t("已公布的检查结果"), t("{n} 份", { n: n.results ?? 0 })],
      [t("检查覆盖"), of(n.reached, n.scope)],
      [t("交办的问题"), t("{n} 个", { n: n.problems ?? 0 })],
    ];
  }
  return [
    [t("整点巡查"), of(n.slots_done, n.slots_due)],
    [t("只巡了一部分的时段"), t("{n} 个时段", { n: n.slots_partial ?? 0 })],
    [t("整点巡查轮次"), t("{n} 轮", { n: n.rounds ?? 0 })],
    [t("其中补到"), t("{n} 个时段", { n: n.slots_late ?? 0 })],
    [t("最长未巡"), t("{n} 分钟", { n: n.gap_min ?? 0 })],
    [t("见到有人在岗"), of(n.served, n.looks)],
    [t("当场提醒"), t("{n} 次", { n: n.reminders ?? 0 })],
    [t("确认的空岗"), t("{n} 次", { n: n.findings ?? 0 })],
    [t("交办的问题"), t("{n} 个", { n: n.problems ?? 0 })],
  ];
}

/** A code of the problem list in words; "空岗无告示" for what reconciliation has found. */
export function whatWord(sync: Sync, what: string): string {
  if (what === "unattended") return t("空岗无告示");
  if (what === "other") return t("其他");
  return codeWord(sync, what);
}

/** What a unit has in the bulletin, in one line. */
export function lineWord(sync: Sync, line: BulletinLine): string {
  const parts = [
    line.findings ? t("空岗 {n} 次", { n: line.findings }) : "",
    ...Object.entries(line.codes ?? {}).map(([code, n]) => t("{what} {n} 个", { what: whatWord(sync, code), n })),
    line.results ? t("检查 {n} 次，平均 {score} 分", { n: line.results, score: ((line.tenths ?? 0) / 10).toFixed(1) }) : "",
    line.vetoes ? t("否决 {n} 项", { n: line.vetoes }) : "",
  ];
  return parts.filter(Boolean).join(t("，"));
}

export const lineTitle = (sync: Sync, line: BulletinLine): string => unitName(sync.rows("unit").value, line.unit);
