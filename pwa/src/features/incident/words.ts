/** The words of incidents as the hall says them (EMG). */
import { exact, names, t } from "../../i18n";
import type { EmergencyPublic, Hall, Incident, Noted, NoteStep } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import { kindWord } from "../hall/kinds";
import { postName, type Rows } from "../hall/names";
import type { Duty, Kind, NextCall } from "./model";

export { kindWord };

export function levelWord(level: number): string {
  const words = [() => t("特别重大"), () => t("重大"), () => t("较大"), () => t("一般")];
  return words[level - 1]?.() ?? String(level);
}

/** How many reports one incident has, and when the first was made (CON-40). */
export const reportsWord = (incident: Incident): string => t("{n} 份报告，最早 {time}", { n: incident.reports ?? 1, time: exact(incident.first_at ?? incident.found_at) });

export const levelTone = (level: number): Tone => (level <= 2 ? "bad" : level === 3 ? "warn" : "info");

export function dutyWord(duty: Duty): string {
  const words: Record<Duty, () => string> = { handling: () => t("处理到位"), report: () => t("报告到位"), feedback: () => t("反馈到位") };
  return words[duty]();
}

export function stateWord(state: Incident["state"]): string {
  const words: Record<Incident["state"], () => string> = { reported: () => t("已报告，待处理"), handling: () => t("处理中"), resolved: () => t("三到位，待总结"), closed: () => t("已办结"), mistaken: () => t("误报") };
  return words[state]();
}

export const STATE_TONE: Record<Incident["state"], Tone> = { reported: "bad", handling: "warn", resolved: "info", closed: "ok", mistaken: "idle" };

export function calledWord(who: NextCall["who"]): string {
  const words: Record<NextCall["who"], () => string> = { responder: () => t("首位责任人"), head: () => t("科室负责人"), lead: () => t("分管领导") };
  return words[who]();
}

/** "12号窗口" or the zone's own name. */
export function placeWord(place: string, hall: Hall | undefined, posts: Rows<"post">): string {
  const zone = hall?.zones.find((one) => one.id === place);
  return zone ? names(zone.names) : postName(posts, place);
}

/** The report as one text message, for when only the telephone network works. */
export function messageText(kind: Kind, place: string, level: number, at: number): string {
  return t("突发事件报告：{time}，{place}，{kind}，{level}。", { time: exact(at), place, kind: kindWord(kind), level: levelWord(level) });
}

export const STEPS: readonly NoteStep["step"][] = ["action", "report_up", "instruction", "media", "restored", "cause", "improve", "truthful", "told"];

export function stepWord(step: Noted["step"]): string {
  const words: Record<Noted["step"], () => string> = {
    action: () => t("采取措施"),
    report_up: () => t("向上报告"),
    instruction: () => t("上级指示"),
    media: () => t("媒体采访请求"),
    restored: () => t("秩序恢复"),
    cause: () => t("查明原因"),
    improve: () => t("改进措施"),
    truthful: () => t("如实上报"),
    told: () => t("告知当事人"),
    mistaken: () => t("误报"),
    stands: () => t("不是误报"),
  };
  return words[step]();
}

export const MESSAGES: readonly EmergencyPublic["message"][] = ["system", "power", "evacuate", "crowd", "medical", "security"];

/** What lobby screens say: a closed set (DSP-02). */
export function messageWord(message: EmergencyPublic["message"]): string {
  const words: Record<EmergencyPublic["message"], () => string> = {
    system: () => t("系统故障，正在抢修，部分窗口改用纸质办理。"),
    power: () => t("大厅停电，正在处理，请听从工作人员引导。"),
    evacuate: () => t("请听从工作人员引导，有序离开大厅。"),
    crowd: () => t("大厅人数较多，请分散等候。"),
    medical: () => t("有人需要急救，请让出通道。"),
    security: () => t("请听从工作人员引导，不要聚集。"),
  };
  return words[message]();
}
