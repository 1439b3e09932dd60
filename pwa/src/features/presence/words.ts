/** The words of presence as the hall says them. Public labels are the closed set of AWY-09; a reason class is never a private reason. */
import { clock, dayOf, t, when } from "../../i18n";
import type { PostPublic } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import type { ReturnPreset } from "./model";
import type { Cover, Notice, Phase, Reason } from "./notice";

export const REASONS: readonly Reason[] = ["step_away", "errand", "meeting", "training", "site_visit", "trip", "off_today"];

export function reasonWord(reason: Reason): string {
  const words: Record<Reason, () => string> = {
    step_away: () => t("暂离"),
    errand: () => t("外出办事"),
    meeting: () => t("会议"),
    training: () => t("培训"),
    site_visit: () => t("现场"),
    trip: () => t("公务出差"),
    off_today: () => t("今日不在岗"),
  };
  return words[reason]();
}

export function presetWord(preset: ReturnPreset): string {
  const words: Record<ReturnPreset, () => string> = {
    m10: () => t("10 分钟"),
    m30: () => t("30 分钟"),
    m60: () => t("60 分钟"),
    afternoon: () => t("午后"),
    closing: () => t("下班前"),
  };
  return words[preset]();
}

/** What the lobby reads of a post. */
export function labelWord(label: PostPublic["label"]): string {
  const words: Record<PostPublic["label"], () => string> = {
    on_post: () => t("在岗"),
    step_away: () => t("暂离"),
    official_out: () => t("公务外出"),
    meeting_training: () => t("会议培训"),
    off_today: () => t("今日不在岗"),
    covered: () => t("有人代办"),
    suspended: () => t("本窗口暂停服务"),
    closed: () => t("非工作时间"),
  };
  return words[label]();
}

export function phaseWord(phase: Phase): string {
  const words: Record<Phase, () => string> = {
    planned: () => t("已预告"),
    away: () => t("离岗中"),
    due: () => t("已到预计返回时间"),
    overdue: () => t("逾期未归"),
    ended: () => t("已结束"),
  };
  return words[phase]();
}

export const PHASE_TONE: Record<Phase, Tone> = { planned: "info", away: "info", due: "warn", overdue: "bad", ended: "idle" };

/** The stand-in's standing as the leaver reads it: `name` is the stand-in's. */
export function coverWord(cover: Exclude<Cover, "none">, name: string): string {
  if (cover === "told") return t("已告知 {name}，待确认", { name });
  if (cover === "accepted") return t("{name} 已接受顶岗", { name });
  if (cover === "declined") return t("{name} 不能顶岗，请另行安排", { name });
  if (cover === "silent") return t("{name} 尚未确认", { name });
  return t("{name} 正在顶岗", { name });
}

export const COVER_TONE: Record<Exclude<Cover, "none">, Tone> = { told: "info", accepted: "ok", declined: "bad", silent: "warn", in_force: "ok" };

/** What the stand-in is told beside post, time and class: why, where to, how to reach the leaver, what is left to do (AWY-01, AWY-04, AB-07). */
export function toldOf({ destination, office }: Pick<Notice, "destination" | "office">): [label: string, said: string][] {
  const facts: [string, string | undefined][] = [
    [t("去向"), destination],
    [t("事由"), office?.text],
    [t("联系方式"), office?.contact],
    [t("衔接事项"), office?.handed?.join(t("；"))],
  ];
  return facts.flatMap(([label, said]) => (said ? [[label, said]] : []));
}

/** "10:02 至约 10:30", with the day when it is another one. */
export function spanWord(from: number, to: number, now: number): string {
  return t("{from} 至约 {to}", { from: when(from, now), to: dayOf(from) === dayOf(to) ? clock(to) : when(to, now) });
}

