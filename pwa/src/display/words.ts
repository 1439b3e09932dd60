/** The closed set of public labels in words (AWY-09). Nothing else about a person reaches the wall. */
import { clock, names, t, tc } from "../i18n";
import { backTime } from "../features/hall/hours";
import type { PostInside, PostPublic, RowBody, Zone } from "../sync/types.gen";
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

/** When somebody who is away is expected (the office's overview), or that today is over for him; nothing where the label says that. */
export function expectedText({ label, back_at, overdue, reason }: PostInside, now: number): string {
  if (!back_at) return "";
  if (overdue) return t("逾期，原定 {time} 返回", { time: clock(back_at) });
  const time = backTime({ back_at, ...(reason ? { reason } : {}) }, now);
  if (time) return t("约 {time} 返回", { time });
  return label === "off_today" ? "" : tc("大屏", "今日不在岗");
}

/** Beside the state: where to go instead, while nobody serves here; else the name on the plate. */
export function besideText(post: PostPublic): string {
  if (post.go_to) return tc("大屏", "请至{n}号", { n: post.go_to });
  return post.label === "covered" || post.label === "suspended" ? "" : post.plate;
}

type Emergency = RowBody["emergency.pub"];

/** What is said in an emergency: a closed set (EMG-08, DSP-02). */
function emergencyWord(message: Emergency["message"]): string {
  const words: Record<Emergency["message"], () => string> = {
    system: () => t("系统故障，正在抢修，部分窗口改用纸质办理。"),
    power: () => t("大厅停电，正在处理，请听从工作人员引导。"),
    evacuate: () => t("请听从工作人员引导，有序离开大厅。"),
    crowd: () => t("大厅人数较多，请分散等候。"),
    medical: () => t("有人需要急救，请让出通道。"),
    security: () => t("请听从工作人员引导，不要聚集。"),
  };
  return words[message]();
}

/** Everybody is told to leave: then no window calls anybody to it. */
export function isLeaving(told: readonly Emergency[]): boolean {
  return newest(told)?.message === "evacuate";
}

const newest = (told: Iterable<Emergency>): Emergency | undefined => Array.from(told).sort((a, b) => b.since - a.since)[0];

/** The banner over everything else: what, where to, which windows go on by hand, each a text of its own; none when no emergency is told. */
export function emergencyTexts(told: Iterable<Emergency>, zones: readonly Zone[], posts: ReadonlyMap<string, string>): string[] {
  const one = newest(told);
  if (!one) return [];
  const zone = zones.find(({ id }) => id === one.go_to);
  const paper = (one.paper_posts ?? []).flatMap((id) => posts.get(id) ?? []);
  const parts = [emergencyWord(one.message)];
  if (zone) parts.push(t("请至{zone}", { zone: names(zone.names) }));
  if (paper.length > 0) parts.push(t("纸质办理窗口：{numbers}", { numbers: paper.join(t("、")) }));
  return parts;
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
