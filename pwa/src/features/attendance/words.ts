/** The words of attendance as the hall says them. */
import { t, tc } from "../../i18n";
import type { AttException, AttExcuse, AttSheet, AttUnit, PunchShown } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import type { Kind, Mark, State, Way } from "./model";

export const wayWord = (way: Way) => (way === "in" ? t("签到") : t("签退"));

/** "上午", "下午"; a third session has its number. */
export function sessionWord(session: number, sessions = 2): string {
  if (sessions === 1) return t("全天");
  return session === 0 ? t("上午") : session === 1 ? t("下午") : t("第 {n} 时段", { n: session + 1 });
}

export function kindWord(kind: Kind): string {
  const words: Record<Kind, () => string> = {
    ok: () => t("正常"),
    waiting: () => t("未到时间"),
    unseen: () => t("尚未签到"),
    late: () => t("迟到"),
    early: () => t("早退"),
    half_day: () => t("缺勤半天"),
    missing: () => t("缺卡"),
    absent: () => t("未见出勤"),
    pending: () => t("待核"),
    leave: () => tc("假", "请假"),
    official: () => t("公务外出"),
    excused: () => t("统一免计"),
  };
  return words[kind]();
}

export function stateWord(state: State): string {
  const words: Record<State, () => string> = {
    detected: () => t("待说明"),
    pending: () => t("待核"),
    answered: () => t("已说明，待认定"),
    explained: () => t("说明已采信，不计"),
    confirmed: () => t("已认定"),
    appealed: () => t("申诉中"),
    upheld: () => t("申诉后维持"),
    withdrawn: () => t("申诉后撤销，不计"),
    cleared: () => t("已核销，不计"),
  };
  return words[state]();
}

export const STATE_TONE: Record<State, Tone> = {
  detected: "warn", pending: "warn", answered: "info", explained: "ok", confirmed: "bad", appealed: "info", upheld: "bad", withdrawn: "ok", cleared: "ok",
};

export function markWord(mark: Mark): string {
  const words: Record<Mark, () => string> = {
    rest: () => tc("calendar", "休"),
    none: () => "",
    today: () => t("今天"),
    ok: () => t("正常"),
    leave: () => tc("calendar", "假"),
    official: () => t("公出"),
    excused: () => t("免计"),
    open: () => tc("calendar", "待办"),
    counted: () => t("异常"),
    settled: () => t("不计"),
  };
  return words[mark]();
}

/** One sign for a cell of the grid: a character where something is to be said, a shape where nothing is. */
export function cellWord(mark: Mark, kind: Kind): string {
  if (mark === "ok") return "●";
  if (mark === "settled") return "○";
  if (mark === "today") return kind === "unseen" ? "…" : "●";
  if (mark === "rest" || mark === "none") return "";
  if (mark === "leave") return tc("grid", "假");
  if (mark === "official") return tc("grid", "公");
  if (mark === "excused") return tc("grid", "免");
  const words: Partial<Record<Kind, () => string>> = { late: () => tc("grid", "迟"), early: () => tc("grid", "早"), half_day: () => tc("grid", "半"), missing: () => tc("grid", "缺"), absent: () => tc("grid", "未"), pending: () => tc("grid", "核") };
  return words[kind]?.() ?? "▲";
}

export const MARK_TONE: Record<Mark, Tone> = {
  rest: "idle", none: "idle", today: "info", ok: "ok", leave: "info", official: "info", excused: "info", open: "warn", counted: "bad", settled: "ok",
};

export function sheetWord(state: AttSheet["state"]): string {
  const words: Record<AttSheet["state"], () => string> = {
    running: () => t("本月进行中"),
    asked: () => t("请本人确认"),
    confirmed: () => t("本人已确认"),
    disputed: () => t("本人有异议"),
    unit: () => t("单位已确认"),
    closed: () => t("已结算"),
  };
  return words[state]();
}

export const SHEET_TONE: Record<AttSheet["state"], Tone> = { running: "idle", asked: "warn", confirmed: "ok", disputed: "warn", unit: "ok", closed: "ok" };

export function unitWord(state: AttUnit["state"]): string {
  const words: Record<NonNullable<AttUnit["state"]>, () => string> = {
    running: () => t("本月进行中"),
    asked: () => t("待单位确认"),
    confirmed: () => t("单位已确认"),
    closed: () => t("已结算"),
  };
  return words[state ?? "running"]();
}

export function totalWord(key: string): string {
  const words: Record<string, () => string> = {
    late: () => t("迟到"),
    early: () => t("早退"),
    half_days: () => t("缺勤半天"),
    absent: () => t("未见出勤"),
    missing: () => t("缺卡"),
    leave: () => t("请假时段"),
    official: () => t("公出时段"),
  };
  return words[key]?.() ?? key;
}

export function causeWord(cause: AttExcuse["cause"]): string {
  const words: Record<AttExcuse["cause"], () => string> = {
    weather: () => t("恶劣天气"),
    traffic: () => t("交通管制"),
    system: () => t("考勤故障"),
    emergency: () => t("突发事件"),
    event: () => t("集体活动"),
    granted: () => t("个别许可"),
  };
  return words[cause]();
}

export function methodWord(punch: Pick<PunchShown, "method" | "in_hall">): string {
  const words = { phone: () => t("手机"), terminal: () => t("考勤机"), hand_list: () => t("手工签到表"), correction: () => t("补签") };
  const said = words[punch.method ?? "phone"]();
  if (punch.in_hall === true) return t("{method}，在大厅", { method: said });
  return punch.in_hall === false ? t("{method}，不在大厅", { method: said }) : said;
}

/** "上午签到". */
export const edgeWord = (session: string, way: Way) => t("{session}{way}", { session, way: wayWord(way) });

/** "11月23日 上午签到". */
export function exceptionTitle(exc: Pick<AttException, "session" | "way" | "kind">, day: string): string {
  const session = sessionWord(exc.session);
  const edge = exc.kind === "absent" ? session : edgeWord(session, exc.way);
  return day ? t("{day} {edge}", { day, edge }) : edge;
}
