/** The words of a visit: marks, grades, states. */
import { t, tc } from "../../i18n";
import type { Mission, Score, Visit } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import type { Mark, Missing } from "./model";

export function markText(mark: Mark): string {
  const words: Record<Mark, () => string> = {
    full: () => tc("评分", "合格"),
    half: () => tc("评分", "部分"),
    fail: () => tc("评分", "不合格"),
    na: () => tc("评分", "不适用"),
  };
  return words[mark]();
}

export const MARK_TONE: Record<Mark, Tone> = { full: "ok", half: "warn", fail: "bad", na: "idle" };

export function gradeText(grade: Score["grade"]): string {
  const words: Record<Score["grade"], () => string> = {
    good: () => tc("等次", "优良"),
    acceptable: () => tc("等次", "合格"),
    to_correct: () => tc("等次", "待整改"),
    failed: () => tc("等次", "不合格"),
  };
  return words[grade]();
}

export const GRADE_TONE: Record<Score["grade"], Tone> = { good: "ok", acceptable: "info", to_correct: "warn", failed: "bad" };

export function stateText(state: Mission["state"] | Visit["state"]): string {
  const words: Record<Mission["state"], () => string> = {
    open: () => t("待办理"),
    recorded: () => t("已提交"),
    published: () => t("已公布"),
    void: () => t("已作废"),
  };
  return words[state]();
}

export const STATE_TONE: Record<Mission["state"], Tone> = { open: "warn", recorded: "info", published: "ok", void: "idle" };

/** What is still to be done before handing in, as one line. */
export function missingText(missing: Missing, open: number): string {
  const words: Record<Missing, () => string> = {
    items: () => t("还有 {n} 项没有选", { n: open }),
    all_na: () => t("不能每一项都选不适用"),
    arrived: () => t("请填到达时间"),
    left: () => t("请填离开时间"),
    order: () => t("离开时间早于到达时间"),
    conflict: () => t("请作利害关系声明"),
  };
  return words[missing]();
}
