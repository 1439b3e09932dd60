/** Words of supervisors and their reports. */
import { t } from "../../i18n";
import type { Supervisor, SupervisorReport } from "../../sync/types.gen";
import type { Tone } from "../../ui";

export type Kind = Supervisor["kind"];
export type ReportKind = SupervisorReport["kind"];

const KIND_WORDS: Record<Kind, () => string> = {
  deputy: () => t("人大代表"),
  cppcc: () => t("政协委员"),
  enterprise: () => t("企业代表"),
  citizen: () => t("群众代表"),
  media: () => t("新闻媒体"),
  retired: () => t("退休干部"),
  experience: () => t("体验官"),
};
export const KINDS = Object.keys(KIND_WORDS) as readonly Kind[];
export const kindWord = (kind: Kind): string => KIND_WORDS[kind]();

const STATE_WORDS: Record<Supervisor["state"], () => string> = {
  nominated: () => t("待聘任"),
  appointed: () => t("已聘任，未到任期"),
  active: () => t("在聘"),
  expired: () => t("任期已满"),
  resigned: () => t("已辞任"),
  dismissed: () => t("已解聘"),
};
export const stateWord = (state: Supervisor["state"]): string => STATE_WORDS[state]();
export const STATE_TONES: Record<Supervisor["state"], Tone> = { nominated: "warn", appointed: "info", active: "ok", expired: "idle", resigned: "idle", dismissed: "idle" };

const REPORT_WORDS: Record<ReportKind, () => string> = {
  seen: () => t("所见情况"),
  suggestion: () => t("意见建议"),
  request: () => t("申请了解情况"),
};
export const REPORT_KINDS = Object.keys(REPORT_WORDS) as readonly ReportKind[];
export const reportWord = (kind: ReportKind): string => REPORT_WORDS[kind]();
