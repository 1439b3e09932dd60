/** Words of plans and draws. */
import { date, t } from "../../i18n";
import type { SaveOptions, Sync } from "../../sync/api";
import type { CommitPlan, Mission, Plan } from "../../sync/types.gen";
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

/** Times of day a draw chooses from, as they are kept; what a lead said in other words is shown as it was said. */
export const SLOTS = ["am", "pm", "noon"];
export const slotWord = (slot = ""): string => ({ am: t("上午"), pm: t("下午"), noon: t("午间") })[slot] ?? slot;

export { categoryWord } from "../hall/categories";

/** From when until when, as far as anybody has said. */
export function spanWord({ from_day = "", to_day = "" }: { from_day?: string; to_day?: string }): string {
  if (from_day && to_day) return t("{from} 至 {to}", { from: date(from_day), to: date(to_day) });
  if (from_day) return t("自 {day} 起", { day: date(from_day) });
  return to_day ? t("至 {day}", { day: date(to_day) }) : "";
}

/** What is said of somebody, with the version of it that was seen, if any. */
export function said(sync: Sync, kind: "check.lead" | "check.visitor", rid: string): SaveOptions {
  const view = sync.rows(kind).value.get(rid);
  return { rid, ...(view ? { guard: { [rid]: view.ver } } : {}) };
}

/** Whether the last day (ISO) of a drawn visit is over without a sheet. */
export const isLate = (mission: Pick<Mission, "state" | "to_day">, today: string): boolean => mission.state === "open" && mission.to_day < today;
