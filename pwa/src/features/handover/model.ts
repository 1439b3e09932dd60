/** Handover sheets as screens need them. Pure: rows and the time in, view models out. */
import { dayOf } from "../../i18n";
import type { View } from "../../sync/api";
import type { Cover, Duty, Hall, HandoverItem, HandoverRow, Person, Post } from "../../sync/types.gen";
import type { Rows } from "../hall/names";
import { postedSessions, rule } from "../hall/rules";
import { addDays, dayAhead } from "../hall/terms";

export type State = HandoverRow["state"];
export type Reason = HandoverRow["reason"];

export interface Sheet extends HandoverRow {
  rid: string;
  pending: boolean;
}

export interface HandoverRows {
  hall: Hall | undefined;
  sheets: Rows<"handover">;
  posts: Rows<"post">;
  people: Rows<"person">;
  duties: Rows<"duty">;
  covers: Rows<"cover">;
}

export const REASONS: readonly Reason[] = ["leave", "trip", "meeting", "training", "rotation", "sudden", "other"];
const OVER: ReadonlySet<State> = new Set(["closed", "withdrawn"]);
const UNANSWERED: ReadonlySet<State> = new Set(["prepared", "delivered"]);

const isOver = (sheet: HandoverRow): boolean => OVER.has(sheet.state);
/** B has not said yes or no. */
export const isUnanswered = (sheet: HandoverRow): boolean => UNANSWERED.has(sheet.state);

/** An accepted sheet begins by the clock, before the server has said so. */
export function stateNow(sheet: HandoverRow, now: number): State {
  return sheet.state === "accepted" && now >= sheet.from_at ? "in_force" : sheet.state;
}

/** What is shown of a sheet: nobody is said to stand in while he is away himself (AB-05). */
export function stateShown(sheet: HandoverRow, now: number): State {
  const state = stateNow(sheet, now);
  return state === "in_force" && sheet.trouble === "away" ? "accepted" : state;
}

export function sheetsOf(rows: Rows<"handover">): Sheet[] {
  return [...rows].map(([rid, view]: [string, View<HandoverRow>]) => ({ rid, pending: view.pending, ...view.body })).sort((x, y) => x.from_at - y.from_at || (x.rid < y.rid ? -1 : 1));
}

/** A person's sheets by what is theirs to do: received as B, given as A, of the unit they lead; those that are over come last of all. */
export function groupsOf(sheets: readonly Sheet[], uid: string): { received: Sheet[]; given: Sheet[]; others: Sheet[]; over: Sheet[] } {
  const open = sheets.filter((sheet) => !isOver(sheet));
  return {
    received: open.filter((sheet) => sheet.b === uid),
    given: open.filter((sheet) => sheet.a === uid),
    others: open.filter((sheet) => sheet.b !== uid && sheet.a !== uid),
    over: sheets.filter(isOver).reverse(),
  };
}

/** What waits for this person at a sheet, or null. */
export type Wanted = "answer" | "back" | "close" | "assign" | null;

export function wantedOf(sheet: Sheet, uid: string, leads: boolean, now: number): Wanted {
  const state = stateNow(sheet, now);
  if (sheet.b === uid && isUnanswered(sheet)) return "answer";
  if (sheet.b === uid && state === "in_force" && (now >= sheet.to_at || sheet.a_back)) return "back";
  if (sheet.a === uid && state === "handed_back") return "close";
  if ((leads || sheet.a === uid) && sheet.b !== uid && sheet.trouble) return "assign";
  return null;
}

/** The span a new sheet opens with: the rest of today when asked for now, else the next day the hall works. */
export function nextSpan(hall: Hall | undefined, now: number): { from_at: number; to_at: number } | null {
  if (!hall) return null;
  for (let day = addDays(dayOf(now), 1), tries = 0; tries < 30; day = addDays(day, 1), tries += 1) {
    const spans = postedSessions(hall, day);
    const [first, last] = [spans[0], spans.at(-1)];
    if (first && last) return { from_at: first.from, to_at: last.to };
  }
  return null;
}

/** From now until business ends today; nothing after hours. */
export function restOfToday(hall: Hall | undefined, now: number): { from_at: number; to_at: number } | null {
  const last = hall ? postedSessions(hall, dayOf(now)).at(-1) : undefined;
  return last && last.to > now ? { from_at: now, to_at: last.to } : null;
}

/** At least a day ahead (AB-02, CAL-09). */
export function isPlanned(hall: Hall | undefined, from_at: number, now: number): boolean {
  return hall !== undefined && now <= dayAhead(hall, dayOf(from_at), rule(hall, "ab.handover_ahead_days"));
}

/** Who may take over: the post's Bs of that day first, then the unit, then those of similar posts. */
export interface Candidate {
  uid: string;
  person: Person;
  is_b: boolean;
  same_unit: boolean;
  load: number;
}

export function candidatesFor(rows: HandoverRows, post: string, giver: string, from_at: number, now: number): Candidate[] {
  const day = dayOf(from_at);
  const duty = rows.duties.get(`${day}:${post}`)?.body;
  const bs = new Set([duty?.b, duty?.c].filter(Boolean));
  const group = rows.posts.get(post)?.body.group;
  const unit = rows.people.get(giver)?.body.unit;
  const similar = new Set([...rows.duties.values()].filter(({ body }) => body.day === day && rows.posts.get(body.post)?.body.group === group).flatMap(({ body }) => [body.a, body.b]));
  const rank = (one: Candidate) => (one.is_b ? 0 : 4) + (one.same_unit ? 0 : 2) + (one.load > 1 ? 1 : 0);
  return [...rows.people]
    .filter(([uid, { body }]) => uid !== giver && (bs.has(uid) || body.unit === unit || similar.has(uid)))
    .map(([uid, { body }]) => ({ uid, person: body, is_b: bs.has(uid), same_unit: body.unit === unit, load: loadOf(rows, uid, from_at, now).posts.length }))
    .sort((x, y) => rank(x) - rank(y) || x.person.badge.localeCompare(y.person.badge, "en", { numeric: true }));
}

/** What a person has to do at a moment besides: own posts, posts covered, sheets in force or promised (AB-04, ORG-05). */
export interface Load {
  own: string[];
  covering: string[];
  sheets: Sheet[];
  /** Every post the person is live at. */
  posts: string[];
}

export function loadOf(rows: HandoverRows, uid: string, at: number, now: number): Load {
  const day = dayOf(at);
  const own = [...rows.duties.values()].filter(({ body }: View<Duty>) => body.day === day && body.a === uid).map(({ body }) => body.post);
  const live = ({ body }: View<Cover>) => body.person === uid && body.from_at <= at && (body.until_at ?? Infinity) > at && dayOf(body.from_at) === dayOf(at);
  const covering = [...rows.covers.values()].filter(live).map(({ body }) => body.post);
  const sheets = sheetsOf(rows.sheets).filter((sheet) => {
    const state = stateNow(sheet, now);
    return sheet.b === uid && (state === "accepted" || state === "in_force") && sheet.from_at <= at + 1 && at < sheet.to_at;
  });
  return { own, covering, sheets, posts: [...new Set([...own, ...covering, ...sheets.map((sheet) => sheet.post)])] };
}

/** People of a unit who are live at more posts than `most`, the busiest first: what HEAD must see (AB-04). */
export function overloaded(rows: HandoverRows, unit: string, most: number, now: number): { uid: string; posts: string[] }[] {
  return [...rows.people]
    .filter(([, { body }]) => body.unit === unit)
    .map(([uid]) => ({ uid, posts: loadOf(rows, uid, now, now).posts }))
    .filter(({ posts }) => posts.length > most)
    .sort((x, y) => y.posts.length - x.posts.length || (x.uid < y.uid ? -1 : 1));
}

/** Matters due by the end of the day of `now` and not done (AB-11), the earliest first. */
function dueToday(sheets: readonly Sheet[], now: number): { sheet: Sheet; item: HandoverItem }[] {
  const today = dayOf(now);
  return sheets
    .filter((sheet) => !isOver(sheet) && sheet.state !== "handed_back")
    .flatMap((sheet) => sheet.items.filter((item) => item.state !== "done" && item.due && item.due <= today).map((item) => ({ sheet, item })))
    .sort((x, y) => ((x.item.due ?? "") < (y.item.due ?? "") ? -1 : 1));
}

/** A gap puts them at risk: nobody has taken over, and the time has begun. */
export function atRisk(sheets: readonly Sheet[], now: number): { sheet: Sheet; item: HandoverItem }[] {
  return dueToday(sheets, now).filter(({ sheet }) => now >= sheet.from_at && now < sheet.to_at && stateShown(sheet, now) !== "in_force");
}

/** Matters of the person's last sheet of this post that are still open: most days hand over the same things. */
export function lastOpen(sheets: readonly Sheet[], uid: string, post: string): HandoverItem[] {
  const mine = sheets.filter((sheet) => sheet.a === uid && sheet.post === post && sheet.state !== "withdrawn");
  const last = mine.sort((x, y) => y.made_at - x.made_at)[0];
  return (last?.items ?? []).filter((item) => item.state !== "done");
}

/** Posts the person is A of on a day, else on the next days. */
export function postsOf(rows: HandoverRows, uid: string, at: number): string[] {
  const day = dayOf(at);
  const mine = [...rows.duties.values()].filter(({ body }) => body.a === uid);
  const then = mine.filter(({ body }) => body.day === day).map(({ body }) => body.post);
  return [...new Set(then.length > 0 ? then : mine.map(({ body }) => body.post))];
}

export type { HandoverItem, Post };
