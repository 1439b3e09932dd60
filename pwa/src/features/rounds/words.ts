/** The words of rounds, as the hall says them (PTL, catalogue §6.3). */
import { t } from "../../i18n";
import type { DueRound, Irregular } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import type { SlotState } from "./slots";

export { SEEN, SEEN_TONE, seenWord, typeWord, type Seen } from "../hall/seen";

export const SLOT_TONE: Record<SlotState, Tone> = { done: "ok", partial: "warn", late: "info", running: "info", now: "warn", missed: "bad", ahead: "idle" };

export function slotWord(state: SlotState): string {
  const words: Record<SlotState, () => string> = {
    done: () => t("已巡"),
    partial: () => t("只巡了一部分"),
    late: () => t("补到"),
    running: () => t("巡查中"),
    now: () => t("待巡"),
    missed: () => t("未巡"),
    ahead: () => t("未到时间"),
  };
  return words[state]();
}

export const PLAN_TONE: Record<Irregular["state"], Tone> = { committed: "info", drawn: "ok", dropped: "idle" };

export function planWord(state: Irregular["state"]): string {
  const words: Record<Irregular["state"], () => string> = { committed: () => t("已封存，待抽取"), drawn: () => t("已抽取"), dropped: () => t("已放弃") };
  return words[state]();
}

type RoundState = NonNullable<DueRound["state"]>;
export const ROUND_TONE: Record<RoundState, Tone> = { due: "info", done: "ok", missed: "bad" };

export function roundWord(state: RoundState): string {
  const words: Record<RoundState, () => string> = { due: () => t("待巡"), done: () => t("已巡"), missed: () => t("未巡") };
  return words[state]();
}
