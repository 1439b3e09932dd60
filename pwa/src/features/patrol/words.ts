/** The words of patrol as the hall says them (PTL, catalogue §6.3). Observations are said as seen, never as verdicts. */
import { t } from "../../i18n";
import type { Finding, RoundStart } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import type { Code, Seen } from "./model";

export const SEEN: readonly Seen[] = ["serving", "idle", "empty_notice", "empty_no_notice", "covered", "suspended", "other"];

export function seenWord(seen: Seen): string {
  const words: Record<Seen, () => string> = {
    serving: () => t("在岗服务"),
    idle: () => t("在岗待机"),
    empty_notice: () => t("空岗-有告示"),
    empty_no_notice: () => t("空岗-无告示"),
    covered: () => t("B顶岗"),
    suspended: () => t("暂停"),
    other: () => t("其他"),
  };
  return words[seen]();
}

export const SEEN_TONE: Record<Seen, Tone> = {
  serving: "ok", idle: "ok", empty_notice: "warn", empty_no_notice: "bad", covered: "info", suspended: "idle", other: "idle",
};

export function codeWord(code: Code): string {
  const words: Record<Code, () => string> = {
    P0: () => t("表扬"),
    P1: () => t("在岗"),
    P2: () => t("在岗待机"),
    P3: () => t("空岗-有告示"),
    P4: () => t("空岗-无告示"),
    P5: () => t("B顶岗"),
    P6: () => t("按计划暂停"),
    P7: () => t("开窗迟"),
    P8: () => t("串岗闲聊"),
    P9: () => t("看无关网页"),
    P10: () => t("玩手机"),
    P11: () => t("未挂牌或牌不符"),
    P12: () => t("着装、饮食、吸烟"),
    P13: () => t("用语或态度"),
    P14: () => t("排队或设施问题"),
  };
  return words[code]();
}

export function typeWord(type: string): string {
  const words: Record<RoundStart["type"], () => string> = {
    hourly: () => t("整点巡查"),
    irregular: () => t("不定时巡查"),
    opening: () => t("开门巡查"),
    closing: () => t("关门巡查"),
  };
  return type in words ? words[type as RoundStart["type"]]() : type;
}

/** "10:00 时段" of a slot "2026-11-22T10". */
export function slotWord(slot: string): string {
  return t("{time} 时段", { time: `${slot.slice(11)}:00` });
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
