/** Words of campaigns and problems. */
import { t, tc } from "../../i18n";
import type { Output, Phase, Problem, ProblemStep } from "../../sync/types.gen";
import type { Tone } from "../../ui";

export const LEVELS: readonly Problem["level"][] = ["minor", "serious", "grave"];
const LEVEL_WORDS: Record<Problem["level"], () => string> = { minor: () => t("轻微"), serious: () => t("较重"), grave: () => t("严重") };
export const levelWord = (level: Problem["level"]): string => LEVEL_WORDS[level]();
export const LEVEL_TONES: Record<Problem["level"], Tone> = { minor: "info", serious: "warn", grave: "bad" };

const STATE_WORDS: Record<Problem["state"], () => string> = {
  found: () => t("已登记"),
  ordered: () => t("已交办"),
  rectifying: () => t("整改中"),
  claimed: () => t("待核实"),
  returned: () => t("退回重改"),
  verified: () => t("已销号"),
  not_done: () => t("未整改"),
  lifted: () => t("已撤销"),
};
export const stateWord = (state: Problem["state"]): string => STATE_WORDS[state]();
export const STATE_TONES: Record<Problem["state"], Tone> = { found: "info", ordered: "info", rectifying: "info", claimed: "warn", returned: "bad", verified: "ok", not_done: "bad", lifted: "idle" };

const STEP_WORDS: Record<ProblemStep["step"], () => string> = {
  found: () => tc("step", "发现"),
  ordered: () => t("交办"),
  measures: () => t("整改措施"),
  claimed: () => t("报告整改完成"),
  verified: () => t("核实通过"),
  returned: () => t("退回"),
  not_done: () => t("认定未整改"),
  answered: () => t("单位说明"),
  disputed: () => t("单位提出异议"),
  withdrawn: () => t("撤销登记"),
};
export const stepWord = (step: ProblemStep["step"]): string => STEP_WORDS[step]();

export const SOURCES: readonly Problem["source"][] = ["self_check", "patrol", "covert", "complaint", "rating", "evaluation", "meeting", "media"];
const SOURCE_WORDS: Record<Problem["source"], () => string> = {
  self_check: () => t("自查"),
  patrol: () => t("巡查"),
  covert: () => t("暗访"),
  complaint: () => t("投诉"),
  rating: () => t("评价"),
  evaluation: () => t("政风行风评议"),
  meeting: () => t("首席代表会议"),
  media: () => t("媒体反映"),
};
export const sourceWord = (source: Problem["source"]): string => SOURCE_WORDS[source]();

export const PHASES: readonly Phase["kind"][] = ["mobilise", "self_check", "rules", "acceptance", "other"];
const PHASE_WORDS: Record<Phase["kind"], () => string> = {
  mobilise: () => t("宣传发动"),
  self_check: () => t("自查自纠"),
  rules: () => t("建章立制"),
  acceptance: () => t("检查验收"),
  other: () => t("其他阶段"),
};
export const phaseWord = (phase: Phase): string => phase.name || PHASE_WORDS[phase.kind]();

export const OUTPUTS: readonly Output["kind"][] = ["rule", "training", "facility", "good_practice", "evaluation"];
const OUTPUT_WORDS: Record<Output["kind"], () => string> = {
  rule: () => t("新建制度"),
  training: () => t("教育培训"),
  facility: () => t("设施改善"),
  good_practice: () => t("好的做法"),
  evaluation: () => t("评议结果"),
};
export const outputWord = (kind: Output["kind"]): string => OUTPUT_WORDS[kind]();

export { codeOptions, codeWord } from "../hall/codes";
