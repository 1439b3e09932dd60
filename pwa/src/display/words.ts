/** The closed set of public labels in words (AWY-09). Nothing else about a person reaches the wall. */
import { clock, t, tc } from "../i18n";
import type { PostPublic } from "../sync/types.gen";
import type { Stage } from "./model";
import { returnOf } from "./model";

type Label = PostPublic["label"];

/** Short words: they must fit their window at a size that is read from five metres. */
export function labelText(post: PostPublic): string {
  const words: Record<Label, () => string> = {
    on_post: () => tc("大屏", "在岗"),
    step_away: () => tc("大屏", "暂离"),
    official_out: () => tc("大屏", "公务外出"),
    meeting_training: () => tc("大屏", "会议培训"),
    off_today: () => tc("大屏", "今日不在岗"),
    covered: () => (post.stand_in ? tc("大屏", "由{name}代办", { name: post.stand_in }) : tc("大屏", "代办中")),
    suspended: () => tc("大屏", "暂停服务"),
    closed: () => tc("大屏", "未开放"),
  };
  return words[post.label]();
}

/** The label while names are hidden. */
export function namelessLabelText(post: PostPublic): string {
  return labelText({ ...post, stand_in: "" });
}

/** "10:40返", or a friendly nothing when the time has passed. */
export function returnText(post: PostPublic, now: number): string {
  const at = returnOf(post, now);
  if (at === null) return "";
  return at === "soon" ? tc("大屏", "请稍候") : tc("大屏", "{time}返", { time: clock(at) });
}

/** Beside the state: where to go instead, while nobody serves here; else the name on the plate. */
export function besideText(post: PostPublic): string {
  if (post.go_to) return tc("大屏", "请至{n}号", { n: post.go_to });
  return post.label === "covered" || post.label === "suspended" ? "" : post.plate;
}

/** The sentence of the alert strip. */
export function suspendedText(post: PostPublic): string {
  if (post.go_to) return t("{number} 号窗口暂停服务，请至 {n} 号窗口", { number: post.number, n: post.go_to });
  return t("{number} 号窗口暂停服务，请询问工作人员", { number: post.number });
}

/** What the board says about its own age, or nothing while it is live. */
export function staleText(stage: Stage, age_ms: number, phone: string): string {
  if (stage === "live" || stage === "amber") return "";
  if (stage === "grey") return t("数据未更新，以窗口告示为准");
  if (stage === "hidden") return t("数据已 {n} 分钟未更新，以窗口告示为准", { n: Math.floor(age_ms / 60_000) });
  return phone ? t("以窗口告示为准，大厅电话 {phone}", { phone }) : t("以窗口告示为准");
}
