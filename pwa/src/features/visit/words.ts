/** The words of a visit: marks, grades, states. */
import { t } from "../../i18n";
import type { Mission, Visit } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import type { Mark, Missing } from "./model";

export { markText } from "../hall/checklist-items";

export const MARK_TONE: Record<Mark, Tone> = { full: "ok", half: "warn", fail: "bad", na: "idle" };

/** On how many items a team is not of one mind (CON-35). */
export const undecidedText = (n: number): string => t("{n} 项待认定", { n });

export function stateText(state: Mission["state"] | Visit["state"]): string {
  const words: Record<Mission["state"] | Visit["state"], () => string> = {
    open: () => t("待办理"),
    recorded: () => t("已提交"),
    checking: () => t("事实核对中"),
    published: () => t("已公布"),
    withdrawn: () => t("已撤回"),
    void: () => t("已作废"),
  };
  return words[state]();
}

export const STATE_TONE: Record<Mission["state"] | Visit["state"], Tone> = {
  open: "warn",
  recorded: "info",
  checking: "warn",
  published: "ok",
  withdrawn: "idle",
  void: "idle",
};

/** How a check is made (CHK-01). */
export function methodText(method: NonNullable<Mission["method"]>): string {
  const words: Record<NonNullable<Mission["method"]>, () => string> = {
    covert: () => t("暗访"),
    key: () => t("重点抽查"),
    special: () => t("专项检查"),
    tracking: () => t("办件跟踪"),
    open: () => t("明查"),
    phone: () => t("电话测试"),
  };
  return words[method]();
}

/** What is still to be done before handing in, as one line. */
export function missingText(missing: Missing, open: number): string {
  const words: Record<Missing, () => string> = {
    items: () => t("还有 {n} 项没有选", { n: open }),
    proof: () => t("有不合格的项须写明情况或附照片"),
    all_na: () => t("不能每一项都选不适用"),
    arrived: () => t("请填到达时间"),
    left: () => t("请填离开时间"),
    order: () => t("离开时间早于到达时间"),
    conflict: () => t("请作利害关系声明"),
  };
  return words[missing]();
}
