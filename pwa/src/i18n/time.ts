/** Times as people read them, always in the hall's time zone: 今天 10:02, 2026年11月22日, 24 hours (I18N-06). Inputs are ms since 1970. */
import { signal } from "@preact/signals";
import { locale, tagOf } from "./locale";
import { t } from "./text";

const DAY_MS = 86_400_000;

/** The hall's IANA zone; set from row `hall`. */
export const zone = signal("Asia/Shanghai");
/** Taiwan's calendar years (民國) for readers who want them; only in the Taiwan locale. */
export const minguo = signal(false);

const formats = new Map<string, Intl.DateTimeFormat>();

function format(tag: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = tag + zone.value + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(tag, { timeZone: zone.value, ...options })));
  return found;
}

/** English follows the day-month order of the region; Chinese has one order. */
const dateTag = () => (locale.value === "en" ? "en-GB" : tagOf(locale.value) + (minguo.value && locale.value === "zh_Hant_TW" ? "-u-ca-roc" : ""));

/** "10:02" */
export function clock(at: number): string {
  return format("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** "10:42:07" */
export function clockSeconds(at: number): string {
  return format("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(at);
}

/** ISO day in the hall's zone: "2026-11-22". */
export function dayOf(at: number): string {
  // en-CA is no ISO day everywhere: WebKit writes 11/22/2026.
  return format("en-GB", { year: "numeric", month: "2-digit", day: "2-digit" }).format(at).split("/").reverse().join("-");
}

/** "2026年11月22日"; takes an instant or an ISO day. */
export function date(value: number | string): string {
  return whole(format(dateTag(), { year: "numeric", month: "long", day: "numeric" }).format(noon(value)));
}

/** "11月" of "2026-11" */
export function monthName(month: string): string {
  return format(dateTag(), { month: locale.value === "en" ? "long" : "numeric" }).format(noon(`${month}-15`));
}

/** "2026年11月" of "2026-11" */
export function yearMonth(month: string): string {
  return whole(format(dateTag(), { year: "numeric", month: "long" }).format(noon(`${month}-15`)));
}

/** "11月22日" */
export function monthDay(value: number | string): string {
  return whole(format(dateTag(), { month: "long", day: "numeric" }).format(noon(value)));
}

/** "星期日" */
export function weekday(value: number | string): string {
  return format(dateTag(), { weekday: "long" }).format(noon(value));
}

/** "11月22日星期日", "Sunday 22 November" */
export function dayAndWeekday(value: number | string): string {
  return format(dateTag(), { month: "long", day: "numeric", weekday: "long" }).format(noon(value));
}

/** No line ends between the day and its month. */
const whole = (text: string) => text.replace(" ", "\u00a0");

const noon = (value: number | string) => (typeof value === "number" ? value : instant(value, "12:00"));

/** "今天 10:02", "昨天 17:30", "11月20日 10:02", with the year when it is another one. */
export function when(at: number, now: number): string {
  return t("{day} {time}", { day: dayWord(at, now), time: clock(at) });
}

/** The day part of `when`. */
export function dayWord(at: number, now: number): string {
  const day = dayOf(at);
  const today = dayOf(now);
  const distance = Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS);
  if (distance === 0) return t("今天");
  if (distance === -1) return t("昨天");
  if (distance === 1) return t("明天");
  return day.slice(0, 4) === today.slice(0, 4) ? monthDay(at) : date(at);
}

/** "2026年11月22日 10:42:07": the exact time, for a tap on a short one. */
export function exact(at: number): string {
  return t("{day} {time}", { day: date(at), time: clockSeconds(at) });
}

/** "45 分钟", "1 小时 20 分钟", "3 天": rounded down, at least a minute. */
export function duration(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / 60_000));
  if (minutes < 60) return t("{n} 分钟", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return t("{n} 天", { n: Math.floor(hours / 24) });
  return minutes % 60 === 0 ? t("{n} 小时", { n: hours }) : t("{h} 小时 {m} 分钟", { h: hours, m: minutes % 60 });
}

/** The instant of `day` ("2026-11-22") at `time` ("14:30") in the hall's zone. */
export function instant(day: string, time: string): number {
  const wall = Date.parse(`${day}T${time.padStart(5, "0")}:00Z`);
  // Twice, because the offset is that of the guess and may change across a daylight-saving edge.
  return wall - offset(wall - offset(wall));
}

/** Zone offset at `at`: local minus UTC. */
function offset(at: number): number {
  const whole = Math.floor(at / 1000) * 1000;
  return Date.parse(`${dayOf(whole)}T${clockSeconds(whole)}Z`) - whole;
}
