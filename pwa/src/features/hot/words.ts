/** Words of hot and hard issues. */
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { HotOrder, Incident, OrderStep } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import { codeWord } from "../hall/codes";
import { kindWord } from "../hall/kinds";
import type { Source } from "./model";

const SOURCES: Record<Source, () => string> = { incident: () => t("突发事件"), problem: () => t("问题清单"), finding: () => t("巡查发现") };
export const sourceWord = (source: Source): string => SOURCES[source]();

/** What was frequent, as the hall calls it. */
export function whatWord(sync: Sync, source: Source, kind: string): string {
  if (source === "incident") return kindWord(kind as Incident["kind"]);
  return source === "problem" ? codeWord(sync, kind) : t("空岗无告示");
}

const STATES: Record<HotOrder["state"], () => string> = { ordered: () => t("已交办"), answered: () => t("待审核"), returned: () => t("退回重报"), settled: () => t("已办结") };
export const stateWord = (state: HotOrder["state"]): string => STATES[state]();
export const STATE_TONES: Record<HotOrder["state"], Tone> = { ordered: "info", answered: "warn", returned: "bad", settled: "ok" };

const STEPS: Record<OrderStep["step"], () => string> = { ordered: () => t("交办"), answered: () => t("科室答复"), returned: () => t("退回"), settled: () => t("审核通过") };
export const stepWord = (step: OrderStep["step"]): string => STEPS[step]();
