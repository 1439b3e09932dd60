/** The words of a handover as the hall says them. */
import { clock, dayOf, monthDay, t, tc, when } from "../../i18n";
import type { HandoverRow } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import type { Reason, State } from "./model";

export function reasonWord(reason: Reason): string {
  const words: Record<Reason, () => string> = {
    leave: () => tc("假", "请假"),
    trip: () => t("公务出差"),
    meeting: () => t("会议"),
    training: () => t("培训"),
    rotation: () => t("轮岗"),
    sudden: () => t("突发情况"),
    other: () => t("其他"),
  };
  return words[reason]();
}

export function stateWord(state: State): string {
  const words: Record<State, () => string> = {
    prepared: () => t("待送达"),
    delivered: () => t("已送达，待确认"),
    accepted: () => t("已接受"),
    declined: () => t("不能接受"),
    in_force: () => t("顶岗中"),
    handed_back: () => t("已交回，待确认"),
    closed: () => t("已办结"),
    withdrawn: () => t("已撤回"),
  };
  return words[state]();
}

export const STATE_TONE: Record<State, Tone> = {
  prepared: "idle",
  delivered: "info",
  accepted: "ok",
  declined: "bad",
  in_force: "ok",
  handed_back: "info",
  closed: "idle",
  withdrawn: "idle",
};

export function troubleWord(trouble: Exclude<NonNullable<HandoverRow["trouble"]>, "">, name: string): string {
  const words = {
    declined: () => t("{name} 不能接受，请另行安排", { name }),
    away: () => t("{name} 届时离岗，请另行安排", { name }),
    leave: () => t("{name} 届时请假，请另行安排", { name }),
    silent: () => t("{name} 已收到，尚未确认", { name }),
    unreached: () => t("尚未送达 {name}，请当面告知或另行安排", { name }),
    busy: () => t("{name} 同时已接别处，请另行安排", { name }),
  };
  return words[trouble]();
}

export function itemStateWord(state: "open" | "doing" | "done"): string {
  return { open: () => t("未办"), doing: () => t("办理中"), done: () => t("已办结") }[state]();
}

export const ITEM_TONE: Record<"open" | "doing" | "done", Tone> = { open: "idle", doing: "info", done: "ok" };

/** "11月24日 08:30 至 17:30", with the second day when it is another one. */
export function spanWord(from: number, to: number, now: number): string {
  return t("{from} 至 {to}", { from: when(from, now), to: dayOf(from) === dayOf(to) ? clock(to) : when(to, now) });
}

/** "今天到期" or "12月1日到期". */
export function dueWord(due: string, now: number): string {
  return due <= dayOf(now) ? t("今天到期") : t("{day} 到期", { day: monthDay(due) });
}
