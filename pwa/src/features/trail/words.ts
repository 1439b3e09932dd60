/** The numbers of the two ledgers as people read them (server/domain/trail/ledger.py). */
import { t } from "../../i18n";
import type { Adjustment } from "../../sync/types.gen";

/** What a number counts; others are shown by their sum only. */
export function numberWord(key: string): string {
  const words: Record<string, () => string> = {
    person_count: () => t("个人计数"),
    post_count: () => t("岗位计数"),
    cover_count: () => t("顶岗待了解"),
    findings: () => t("巡查问题"),
    pending: () => t("待核"),
    notices: () => t("离岗告示"),
    late_notices: () => t("补告示"),
    absent_min: () => t("离岗分钟"),
    covered_min: () => t("顶岗分钟"),
    noticed_empty_min: () => t("有告示的空岗分钟"),
    bare_empty_min: () => t("无告示的空岗分钟"),
    looks: () => t("查看次数"),
    looks_served: () => t("见有人在岗"),
    named: () => t("涉及的问题"),
    ended: () => t("已结束的离岗"),
    ended_in_time: () => t("按时返岗"),
    absences: () => t("离岗次数"),
    absences_noticed: () => t("事先告示"),
  };
  return words[key]?.() ?? key;
}

/** "个人计数 −1，补告示 +1". */
export function changeWord(change: Adjustment["change"]): string {
  const signed = (n: number) => (n > 0 ? `+${n}` : `−${-n}`);
  return Object.entries(change).map(([key, n]) => `${numberWord(key)} ${signed(n)}`).join(t("，"));
}

export function stateWord(state: Adjustment["state"]): string {
  const words: Record<Adjustment["state"], () => string> = { proposed: () => t("待决定"), accepted: () => t("已调整"), refused: () => t("不调整") };
  return words[state]();
}
