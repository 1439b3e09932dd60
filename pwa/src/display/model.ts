/** The pure half of the lobby board: what stands on which page, in which language, and how honest its age is. No DOM, no clock of its own. */
import type { Locale } from "../i18n";
import type { Hall, PostPublic, Zone } from "../sync/types.gen";

/** Two columns of seven: characters stay readable at five metres. */
const CELLS = 14;
/** Windows in a column. One column at most is kept for exceptions, so that every page still moves on through the hall. */
export const COLUMN = 7;
/** How long a page stands, ms: no faster than a person reads. */
export const PAGE_MS = 12_000;
/** Pages shown in one language before the next (36 s, DSP-07). */
const PAGES_PER_LANGUAGE = 3;
/** Pages shown beside one card of the side column. Not three, so that each card meets each language. */
const PAGES_PER_CARD = 2;
/** A changed window is lifted for this long, ms. */
export const HIGHLIGHT_MS = 3_000;
/** A board that has heard nothing from a server that answers starts itself anew after this, ms. */
export const WATCHDOG_MS = 180_000;



/** One window as the board places it. */
export interface Cell {
  rid: string;
  post: PostPublic;
}

/** What the age of the last server message allows to be shown (CON-41). */
export type Stage = "live" | "amber" | "grey" | "hidden" | "static";

const GREY_MS = 60_000;
const AMBER_MS = 10_000;

/**
 * Older than 10 s: amber; 60 s: no state is vouched for; then, as the hall's rules say (10 and 30 min): no person, no time; only what
 * never changes.
 */
export function stageOf(age_ms: number, rules: Hall["rules"] = {}): Stage {
  const limit_ms = (key: string, minutes: number) => Number(rules[key] ?? minutes) * 60_000;
  if (age_ms > limit_ms("dsp.stale_static_min", 30)) return "static";
  if (age_ms > limit_ms("dsp.stale_hide_min", 10)) return "hidden";
  return age_ms > GREY_MS ? "grey" : age_ms > AMBER_MS ? "amber" : "live";
}

/**
 * Age of what is shown, ms. `quiet_ms`: how long ago the server last said anything, null if it never did. Before the first word of
 * this run that is a matter of calendar clocks, and a screen just switched on may have a wrong one: then it is never younger than grey.
 */
export function ageOf(quiet_ms: number | null, heard: boolean): number {
  if (quiet_ms === null) return Infinity;
  return heard ? quiet_ms : Math.max(GREY_MS + 1, quiet_ms);
}

/** `closed` is the hall's state, not a window's: a hall at rest has no exceptions. */
export function isException(post: PostPublic): boolean {
  return post.label !== "on_post" && post.label !== "closed";
}

/** Windows in the order people walk them: zone, walking order, number. */
export function inWalkingOrder(posts: Iterable<[string, PostPublic]>, zones: readonly Zone[]): Cell[] {
  const place = new Map(zones.map((zone, index) => [zone.id, index]));
  const zoneOf = (cell: Cell): number => place.get(cell.post.zone) ?? zones.length;
  return Array.from(posts, ([rid, post]) => ({ rid, post })).sort(
    (a, b) =>
      zoneOf(a) - zoneOf(b) ||
      a.post.order - b.post.order ||
      a.post.number.localeCompare(b.post.number, "en", { numeric: true }) ||
      (a.rid < b.rid ? -1 : 1),
  );
}

/** The windows a page is read for: the exceptions; over lunch, while others are closed, those who serve (CAL-05). */
export function exceptionsOf(cells: readonly Cell[]): Cell[] {
  const resting = cells.some(({ post }) => post.label === "closed");
  return cells.filter(({ post }) => isException(post) || (resting && post.label !== "closed"));
}

/** The exceptions kept on every page: all of them while they fill one column, else suspended windows and then the newest. */
function pinnedOf(cells: readonly Cell[]): Set<Cell> {
  const urgency = (cell: Cell): number => (cell.post.label === "suspended" ? 0 : 1);
  const exceptions = exceptionsOf(cells);
  if (exceptions.length <= COLUMN) return new Set(exceptions);
  return new Set(exceptions.sort((a, b) => urgency(a) - urgency(b) || b.post.since - a.post.since).slice(0, COLUMN));
}

/** Exceptions before the others, each group in the order it came in. */
function exceptionsFirst(cells: readonly Cell[]): Cell[] {
  return [...cells.filter((cell) => isException(cell.post)), ...cells.filter((cell) => !isException(cell.post))];
}

/** Cuts `cells` (in walking order) into pages of `CELLS`, exceptions first on every page. Always at least one page. */
export function pagesOf(cells: readonly Cell[]): Cell[][] {
  const pinned = pinnedOf(cells);
  const first = cells.filter((cell) => pinned.has(cell));
  const rest = cells.filter((cell) => !pinned.has(cell));
  const room = CELLS - first.length;
  const pages: Cell[][] = [];
  for (let start = 0; start < rest.length; start += room) pages.push([...first, ...exceptionsFirst(rest.slice(start, start + room))]);
  return pages.length > 0 ? pages : [first];
}

/** Pages that promise nothing: every window in walking order, states left out of the ordering. */
export function staticPagesOf(cells: readonly Cell[]): Cell[][] {
  const pages: Cell[][] = [];
  for (let start = 0; start < cells.length; start += CELLS) pages.push(cells.slice(start, start + CELLS));
  return pages.length > 0 ? pages : [[]];
}

/** Windows out of service, for the alert strip, in walking order. */
export function suspendedOf(cells: readonly Cell[]): Cell[] {
  return cells.filter((cell) => cell.post.label === "suspended");
}

/** The hall's own script first, then the other one, then English. */
export function rotationOf(hallLocale: string): Locale[] {
  const hant: Locale = hallLocale === "zh_Hant_HK" ? "zh_Hant_HK" : "zh_Hant_TW";
  return hallLocale.startsWith("zh_Hant") ? [hant, "zh_Hans", "en"] : ["zh_Hans", hant, "en"];
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** What stands on the wall at page turn `step`. */
interface Turn {
  page: number;
  language: number;
  card: number;
}

/**
 * Page, language and side card of turn `step` (counted from the start of the board). The language changes every third page;
 * when pages and languages would fall into step, the whole cycle is shifted, so that every page is shown in every language.
 */
export function turnAt(step: number, pages: number, languages: number, cards: number): Turn {
  const round = PAGES_PER_LANGUAGE * languages;
  const cycle = (pages * round) / gcd(pages, round);
  return {
    page: step % pages,
    language: (Math.floor(step / PAGES_PER_LANGUAGE) + Math.floor(step / cycle)) % languages,
    card: Math.floor(step / PAGES_PER_CARD) % cards,
  };
}

/** Up to the next five minutes: an expected return is a promise, not a measurement. ms in, ms out. */
export function roundUpFiveMinutes(at: number): number {
  const step = 5 * 60_000;
  return Math.ceil(at / step) * step;
}

/** Room of a window's line in a wall of two columns, in ems. */
const LINE_EMS = 12.6;

/** About how wide a text is set, in ems: Chinese characters are square, Latin ones half that. */
export function emsOf(text: string): number {
  return Array.from(text).reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) < 0x2e80 ? 0.56 : 1), 0);
}

/** On which line the service stands whole: beside the unit, else beside the name on the plate, else nowhere. */
export function serviceLine(above: string, below: string, service: string): 1 | 2 | null {
  const fits = (beside: string): boolean => emsOf(beside) + 0.5 + emsOf(service) <= LINE_EMS;
  if (service === "") return null;
  if (fits(above)) return 1;
  return fits(below) ? 2 : null;
}

/** When the person is expected, or `soon` once that time has passed (the wall accuses nobody), or nothing if none was said. */
export function returnOf(post: PostPublic, now: number): number | "soon" | null {
  if (post.back_at === undefined || post.back_at === null || !isException(post)) return null;
  const at = roundUpFiveMinutes(post.back_at);
  return at > now ? at : "soon";
}

/** Offset of the whole picture in minute `minute`, px: a ring of 12 places, 3 px from one to the next, so that no pixel burns in. */
export function shiftAt(minute: number): [number, number] {
  const ring: [number, number][] = [
    [0, 0], [3, 0], [6, 0], [9, 0], [9, 3], [9, 6], [9, 9], [6, 9], [3, 9], [0, 9], [0, 6], [0, 3],
  ];
  return ring[((minute % ring.length) + ring.length) % ring.length] ?? [0, 0];
}

/** Milliseconds from `now` to the next 03:40 of the hall: the nightly fresh start, when nobody reads. */
export function untilNight(now: number, tz: string): number {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: tz, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const [hour = 0, minute = 0, second = 0] = parts.format(now).split(":").map(Number);
  const passed_s = hour * 3600 + minute * 60 + second;
  const night_s = 3 * 3600 + 40 * 60;
  return ((night_s - passed_s + 86_400) % 86_400 || 86_400) * 1000;
}

/** Which windows changed what they say, compared with the picture before. A window new to the board is not a change. */
export function changedOf(before: ReadonlyMap<string, string>, cells: readonly Cell[]): string[] {
  return cells.filter(({ rid, post }) => before.has(rid) && before.get(rid) !== sayingOf(post)).map(({ rid }) => rid);
}

/** What a window says, as one string to compare. */
export function sayingOf(post: PostPublic): string {
  return [post.label, post.plate, post.b ?? "", post.stand_in ?? "", post.back_at ?? "", post.go_to ?? ""].join("\n");
}
