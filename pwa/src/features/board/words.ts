/** Words of the lobby board. */
import { date, names, t, yearMonth } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { BoardItem } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import { personName } from "../hall/names";
import { isEndless, type Kind, type Lack, type State } from "./model";

const KINDS: Record<Kind, () => string> = {
  notice: () => t("通知公告"),
  promise: () => t("服务承诺"),
  procedure: () => t("办事程序"),
  basis: () => t("办事依据"),
  term: () => t("办事时限"),
  result: () => t("办事结果"),
  leader: () => t("值班领导"),
  channel: () => t("监督方式"),
  figures: () => t("上月统计"),
};
export const kindWord = (kind: Kind): string => KINDS[kind]();

const STATES: Record<State, () => string> = { waiting: () => t("未到日期"), on: () => t("公示中"), newer: () => t("有更新的一项"), over: () => t("已到期"), ended: () => t("已撤下") };
export const stateWord = (state: State): string => STATES[state]();
export const STATE_TONES: Record<State, Tone> = { waiting: "info", on: "ok", newer: "idle", over: "idle", ended: "idle" };

const LACKS: Record<Lack, () => string> = {
  title: () => t("请填写标题。"),
  words: () => t("请填写内容。"),
  long: () => t("屏幕放不下：标题最多16字，内容最多100字（英文32和180个字符）。"),
  private: () => t("内容里有手机号或身份证号，不能上屏。"),
  checked: () => t("请逐项核对后勾选。"),
  first: () => t("请选开始日期。"),
  days: () => t("请核对起止日期；值班领导一次最多31天。"),
  person: () => t("请选值班领导。"),
  channel: () => t("电话和链接至少填一项。"),
  phone: () => t("请填固定电话或服务热线，不能是手机号。"),
  link: () => t("链接以 https:// 开头。"),
  counts: () => t("请核对数字：按时和参评不多于总数，满意不多于参评。"),
};
export const lackWord = (lack: Lack | null): string => (lack ? LACKS[lack]() : "");

/** What an item says, in a line. */
export function titleOf(sync: Sync, item: BoardItem): string {
  if (item.kind === "leader") return personName(sync.rows("person").value, item.person);
  if (item.kind === "channel") return [item.phone, item.link].filter(Boolean).join("\u00a0· ");
  if (item.totals) return yearMonth(item.totals.month);
  return names(item.title);
}


export function spanWord(item: BoardItem): string {
  if (isEndless(item)) return t("{day} 起", { day: date(item.first) });
  return item.first === item.until ? date(item.first) : t("{from} 至 {to}", { from: date(item.first), to: date(item.until) });
}
