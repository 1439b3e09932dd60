/** The words of patrol as the hall says them (PTL, catalogue §6.3). Observations are said as seen, never as verdicts. */
import { duration, t } from "../../i18n";
import type { Finding } from "../../sync/types.gen";
import type { Tone } from "../../ui";

export { codeWord, SEEN, SEEN_TONE, seenWord, typeWord } from "../hall/seen";

/** "10:00 时段" of a slot "2026-11-22T10". */
export function slotWord(slot: string): string {
  return t("{time} 时段", { time: `${slot.slice(11)}:00` });
}

/** How old what this phone knows is (PTL-03). */
export function syncedWord(synced_at: number | null, now: number): string {
  return synced_at === null ? t("本机还没有同步过，名单和告示可能不全。") : t("名单和告示是 {duration}前同步的。", { duration: duration(now - synced_at) });
}

type FindingState = Finding["state"];

export function findingWord(state: FindingState): string {
  const words: Record<FindingState, () => string> = {
    glance: () => t("临时不在位"),
    unattended: () => t("空岗无告示"),
    explained: () => t("已说明"),
    pending: () => t("待核"),
    late_notice: () => t("补告示"),
    covered: () => t("已顶岗"),
    contradictory: () => t("记录矛盾"),
    withdrawn: () => t("已撤回"),
  };
  return words[state]();
}

export const FINDING_TONE: Record<FindingState, Tone> = {
  glance: "idle", unattended: "bad", explained: "ok", pending: "warn", late_notice: "warn", covered: "info", contradictory: "warn", withdrawn: "idle",
};
