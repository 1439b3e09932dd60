/** Words of plans and draws. */
import { t } from "../../i18n";
import type { CommitPlan, Plan } from "../../sync/types.gen";
import type { Tone } from "../../ui";

export type Method = CommitPlan["method"];
export const METHODS: readonly Method[] = ["covert", "key", "special", "tracking", "open", "phone"];

const METHOD_WORDS: Record<Method, () => string> = {
  covert: () => t("暗访"),
  key: () => t("重点抽查"),
  special: () => t("专项检查"),
  tracking: () => t("办件跟踪"),
  open: () => t("明查"),
  phone: () => t("电话测试"),
};
export const methodWord = (method: Method): string => METHOD_WORDS[method]();

const STATE_WORDS: Record<Plan["state"], () => string> = {
  committed: () => t("已封存"),
  drawn: () => t("已抽取"),
  revealed: () => t("已公布"),
  dropped: () => t("已放弃"),
};
export const stateWord = (plan: Plan): string => (plan.lapsed ? t("已失效") : STATE_WORDS[plan.state]());
export const STATE_TONES: Record<Plan["state"], Tone> = { committed: "info", drawn: "warn", revealed: "ok", dropped: "idle" };

export { categoryWord } from "../hall/categories";
