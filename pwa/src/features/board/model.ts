/** Items of the lobby board: how long they stand, what is still missing. Pure; the twin of server/domain/board/rules.py. */
import type { BoardItem, PutBoardItem } from "../../sync/types.gen";

export type Kind = PutBoardItem["kind"];
export const KINDS: readonly Kind[] = ["notice", "leader", "channel", "promise", "figures", "procedure", "basis", "term", "result"];
const TEXTS: ReadonlySet<Kind> = new Set(["notice", "promise", "procedure", "basis", "term", "result"]);
const ROOM = { title: { en: 32, other: 16 }, words: { en: 180, other: 100 } };
const LEADER_DAYS_MAX = 31;
const DAY_MS = 86_400_000;
const NO_END = "9999-12-31";
const PHONE = /^[0-9()+\- ]{3,24}$/;
const LINK = /^https?:\/\/[^\s/]+\S*$/;
const PRIVATE = /(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)/;

export const isText = (kind: Kind): boolean => TEXTS.has(kind);
export const isEndless = (item: Pick<BoardItem, "until">): boolean => item.until === NO_END;

/** First and last day; the totals of a month stand all through the month after it. */
export function daysOf({ first = "", until = "", totals }: Pick<PutBoardItem, "first" | "until" | "totals">): { first: string; until: string } {
  if (!totals) return { first, until: until || NO_END };
  const [year = 0, month = 1] = totals.month.split("-").map(Number);
  const day = (months: number, date: number): string => new Date(Date.UTC(year, month + months, date)).toISOString().slice(0, 10);
  return { first: day(0, 1), until: day(1, 0) };
}

/** The month before that of `day`: the one that can be counted. */
export function monthBefore(day: string): string {
  const [year = 0, month = 1] = day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 2, 1)).toISOString().slice(0, 7);
}

export type State = "waiting" | "on" | "newer" | "over" | "ended";
/** Of these the newest in force alone is shown; of the others all are. */
const SINGLE: ReadonlySet<Kind> = new Set(["leader", "channel", "figures"]);

/** `newer`: another one of its kind is in force and was put there later. */
export function stateAmong(item: BoardItem, all: readonly BoardItem[], day: string): State {
  const state = stateOf(item, day);
  const replaced = SINGLE.has(item.kind) && all.some((other) => other.kind === item.kind && other.at > item.at && stateOf(other, day) === "on");
  return state === "on" && replaced ? "newer" : state;
}

export function stateOf(item: BoardItem, day: string): State {
  if (item.ended) return "ended";
  return day < item.first ? "waiting" : day > item.until ? "over" : "on";
}

/** What an item still lacks before the server would take it; null: nothing. */
export type Lack = "title" | "words" | "long" | "private" | "checked" | "first" | "days" | "person" | "channel" | "phone" | "link" | "counts";

export function lackOf(a: PutBoardItem): Lack | null {
  if (a.kind === "figures") return a.totals && countsSane(a.totals) ? null : "counts";
  if (!a.first) return "first";
  if (a.until && a.until < a.first) return "days";
  if (isText(a.kind)) return textLack(a);
  if (a.kind === "leader") return leaderLack(a);
  if (!a.phone && !a.link) return "channel";
  if (a.phone && (!PHONE.test(a.phone) || PRIVATE.test(a.phone))) return "phone";
  return a.link && !LINK.test(a.link) ? "link" : null;
}

function textLack({ title = {}, words = {}, checked = false }: PutBoardItem): Lack | null {
  if (!title["zh_Hans"]?.trim()) return "title";
  if (!words["zh_Hans"]?.trim()) return "words";
  if (isLong(title, ROOM.title) || isLong(words, ROOM.words)) return "long";
  if ([...Object.values(title), ...Object.values(words)].some((one) => PRIVATE.test(one))) return "private";
  return checked ? null : "checked";
}

const isLong = (names: Record<string, string>, room: { en: number; other: number }): boolean => Object.entries(names).some(([locale, text]) => [...text].length > (locale === "en" ? room.en : room.other));

function leaderLack({ first = "", until, person }: PutBoardItem): Lack | null {
  if (!person) return "person";
  return !until || Date.parse(until) - Date.parse(first) >= LEADER_DAYS_MAX * DAY_MS ? "days" : null;
}

function countsSane({ month, cases, in_time, rated, satisfied }: NonNullable<PutBoardItem["totals"]>): boolean {
  const whole = [cases, in_time, rated, satisfied].every((count) => Number.isInteger(count) && count >= 0);
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(month) && whole && in_time <= cases && rated <= cases && satisfied <= rated;
}
