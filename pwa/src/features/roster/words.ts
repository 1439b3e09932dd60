/** What roster states are called. Word and shape together, never colour alone. */
import { t } from "../../i18n";
import type { CoverKind, GapKind } from "./grid";

export function coverWord(kind: CoverKind): string {
  const words: Record<CoverKind, string> = { full: t("全部可办"), partial: t("部分可办"), limited: t("只收件登记"), none: t("无B岗") };
  return words[kind];
}

export function gapWord(kind: GapKind): string {
  const words: Record<GapKind, string> = { no_a: t("缺A岗"), no_b: t("无人顶替"), contact: t("联络岗缺人"), on_leave: t("A岗B岗都请假") };
  return words[kind];
}

export function sessionWord(n: number, count: number): string {
  if (count <= 2) return n === 0 ? t("上午") : t("下午");
  return t("第{n}时段", { n: n + 1 });
}

export function roleWord(role: string): string {
  const words: Record<string, string> = {
    STF: t("窗口人员"),
    HEAD: t("科室负责人"),
    LEAD: t("分管领导"),
    TOP: t("主要领导"),
    OFF: t("办公室"),
    INS: t("巡查人员"),
    EFF: t("效能人员"),
    DIS: t("纪检人员"),
    ADM: t("系统管理员"),
  };
  return words[role] ?? role;
}
