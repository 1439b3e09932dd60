/** Who serves which post now, who may stand in, and when one comes back. Pure: rows and the time in, view models out. */
import { dayOf } from "../../i18n";
import type { View } from "../../sync/api";
import type { Cover, Duty, Hall, Person, Post, PostPublic, SessionDuty } from "../../sync/types.gen";
import { walkingOrder, type Rows } from "../hall/names";
import { isParted } from "../hall/duty";
import { awayLabel, personLabel, UNATTENDED } from "../hall/label";
import { LUNCH, lunchSpan } from "../hall/hours";
import { isOpen, MINUTE_MS, postedHours, postedSessions, type Session } from "../hall/rules";
import { isOnLeave } from "./cover";
import { coverOf, isAway, noticesOf, phaseOf, type Notice, type NoticeRows, type Reason } from "./notice";

export interface PresenceRows extends NoticeRows {
  hall: Hall | undefined;
  posts: Rows<"post">;
  people: Rows<"person">;
  duties: Rows<"duty">;
  covers: Rows<"cover">;
  /** What the lobby says; the only thing known about posts whose notices this person may not read. */
  labels: Rows<"post.pub">;
  /** Whom notices have reached, and what is not settled about them. */
  told: Rows<"away.told">;
  /** Approved leave of colleagues. */
  leaves: Rows<"leave.unit">;
  /** While one is there, leaving needs the head's word (AWY-12). */
  emergencies: Rows<"emergency">;
  /** Units whose notices this device holds; null: all of them. */
  knows: ReadonlySet<string> | null;
}

/** One post now. `by`: who serves, null when nobody does or the name is not known here. */
export interface PostNow {
  id: string;
  post: Post;
  a: string | null;
  b: string | null;
  by: string | null;
  state: "a" | "cover" | "gap" | "unassigned";
  notice: Notice | null;
  cover: string | null;
  /** Set when the lobby's label is all that is known. */
  label: PostPublic | null;
  /** Lunch duty there today: when, who has it, whether it is now, and who is planned for the sessions (CAL-05). */
  lunch: (Session & { a: string; b: string; on: boolean; plan: SessionDuty[] }) | null;
}

/** Every post as it stands at `now`, in walking order: the decisions of public_state in server/domain/presence/rules.py. */
export function postsNow(rows: PresenceRows, now: number): PostNow[] {
  const today = dayOf(now);
  // One forgotten on an earlier day is not in effect.
  const every = [...noticesOf(rows).values()];
  const notices = every.filter((notice) => isAway(notice, now, rows.hall) && dayOf(notice.back_at) >= today);
  const day: Day = {
    today,
    notices: notices.sort((x, y) => y.leaves_at - x.leaves_at),
    covers: [...rows.covers].map(([rid, { body, pending }]) => ({ rid, pending, ...body })).filter((cover) => isOpenCover(cover, today, now)),
    away: new Set(notices.filter((notice) => !notice.whole_unit).map((notice) => notice.person)),
    unsent: new Set(every.filter((notice) => notice.pending).flatMap((notice) => notice.posts)),
  };
  day.covers.sort((x, y) => y.from_at - x.from_at);
  return walkingOrder(rows.posts, rows.hall?.zones ?? []).flatMap((id) => {
    const post = rows.posts.get(id)?.body;
    return post ? [postNow(id, post, rows, day, now)] : [];
  });
}

interface Day {
  today: string;
  notices: Notice[];
  covers: (Cover & { rid: string; pending: boolean })[];
  away: ReadonlySet<string>;
  /** Posts of notices this device has changed and the server has not answered for: the lobby does not know yet. */
  unsent: ReadonlySet<string>;
}

function isOpenCover(cover: Cover, today: string, now: number): boolean {
  return dayOf(cover.from_at) === today && cover.from_at <= now && (cover.until_at ?? Infinity) > now;
}

function postNow(id: string, post: Post, rows: PresenceRows, day: Day, now: number): PostNow {
  const shown = rows.duties.get(`${day.today}:${id}`);
  const duty = shown?.body;
  const a = duty?.a || null;
  const lunch = lunchOf(duty, rows.hall, now);
  const left = day.notices.filter((one) => one.posts.includes(id) && (one.person === a || (one.whole_unit && (!a || isOfUnit(rows, one, a)))));
  const said = rows.labels.get(id)?.body;
  const notice = left.find((one) => !hasSaid(one, shown, said, rows.hall, lunch)) ?? null;
  const base = { id, post, a, b: duty?.b || null, notice, label: null, lunch };
  const cover = day.covers.find((one) => one.post === id && !day.away.has(one.person) && !isParted(rows.hall, duty, one.from_at, now));
  const by = cover?.person ?? (notice && inForce(notice, now) && notice.stand_in && !day.away.has(notice.stand_in) ? notice.stand_in : null);
  // Whoever stands in may be away by a notice this device does not have, or with his whole unit: the lobby knows (AB-05).
  const empty = said && UNATTENDED.has(said.label) && dayOf(said.since) === day.today && !day.unsent.has(id) && !cover?.pending;
  if (by && !empty) return { ...base, cover: cover?.rid ?? null, by, state: "cover" };
  if (notice) return { ...base, cover: null, label: (by && said) || null, by: null, state: "gap" };
  // Without a notice the lobby's label is asked: of other units always, of one's own while A is on leave, or where the lobby sends people away.
  const known = (rows.knows === null || rows.knows.has(post.unit)) && !(a && isOnLeave(rows.leaves, a, now, now + 1));
  const label = known && (said?.label !== "suspended" || day.unsent.has(id) || left.length > 0) ? undefined : said;
  if (label?.label === "covered") return { ...base, cover: null, label, by: null, state: "cover" };
  if (label && UNATTENDED.has(label.label)) return { ...base, cover: null, label, by: null, state: "gap" };
  return { ...base, cover: null, by: a, state: a ? "a" : "unassigned" };
}

/** Whether an absence of a whole unit is that of `uid`: of its unit, and not back from it alone (AWY-02). */
const isOfUnit = ({ people }: PresenceRows, notice: Notice, uid: string) =>
  people.get(uid)?.body.unit === (notice.office?.unit ?? people.get(notice.person)?.body.unit) && !notice.back_alone.includes(uid);

/** Whether A has said, since the whole unit left, that he has the post: he is there (ORG-09); the twin of stood_at in the server's presence/rules.py. */
function hasSaid({ whole_unit, leaves_at, office }: Notice, shown: View<Duty> | undefined, lobby: PostPublic | undefined, hall: Hall | undefined, lunch: PostNow["lunch"]): boolean {
  const after = Math.max(leaves_at, office?.announced_at ?? 0);
  const duty = shown?.body;
  // Colleagues do not know when the notice was said; the lobby does, but nothing yet of a word that is on its way.
  const own = (whole_unit && (office || shown?.pending || !lobby?.all_away) && duty?.swaps) || [];
  return own.some(({ op, by, a, grade, at }) => op && by === a && a === duty?.a && grade !== "C" && at > after && (isServed({ lunch: null }, hall, at) || (lunch && lunch.from <= at && at < lunch.to)));
}

function lunchOf(duty: Duty | undefined, hall: Hall | undefined, now: number): PostNow["lunch"] {
  const part = duty?.plan?.find(({ n }) => n === LUNCH);
  const span = part && duty && hall ? lunchSpan(hall, duty.day) : null;
  if (!part || !span) return null;
  return { ...span, a: part.a, b: part.b ?? "", on: span.from <= now && now < span.to, plan: (duty?.plan ?? []).filter((one) => one !== part) };
}

/** Whether the hall is open at `now`, or the post has lunch duty then (CAL-05); one whose hours are not known here counts as open. */
export function isServed({ lunch }: Pick<PostNow, "lunch">, hall: Hall | undefined, now: number): boolean {
  return !hall || lunch?.on === true || postedSessions(hall, dayOf(now)).some(({ from, to }) => from <= now && now < to);
}

/** A stand-in who said yes serves from the moment A leaves. */
export function inForce(notice: Notice, now: number): boolean {
  return notice.cover === "in_force" || (notice.cover === "accepted" && notice.leaves_at <= now);
}

/** Posts the person has today, as A first, then as B, then for lunch duty alone; over lunch, too, when others have it there. */
export function dutiesOf(posts: readonly PostNow[], uid: string): { mine: PostNow[]; standby: PostNow[]; lunch: PostNow[] } {
  const has = (place: "a" | "b") => (post: PostNow) => post[place] === uid || (post.lunch?.on && post.lunch.plan.some((one) => one[place] === uid));
  const mine = posts.filter(has("a"));
  const standby = posts.filter((post) => !mine.includes(post) && has("b")(post));
  const lunch = posts.filter((post) => [post.lunch?.a, post.lunch?.b].includes(uid) && !mine.includes(post) && !standby.includes(post));
  return { mine, standby, lunch };
}

/** Required posts with nobody serving, the longest first: what a head and the office see before anything else. */
export function gapsOf(posts: readonly PostNow[]): PostNow[] {
  return posts
    .filter((post) => post.post.required && (post.state === "gap" || post.state === "unassigned"))
    .sort((x, y) => (x.notice?.leaves_at ?? Infinity) - (y.notice?.leaves_at ?? Infinity));
}

/** Those of them while the hall is open, or lunch duty is on there: outside the hours nobody is missing. */
export const gapsNow = (posts: readonly PostNow[], hall: Hall | undefined, now: number): PostNow[] =>
  gapsOf(posts).filter(({ lunch }) => !hall || lunch?.on === true || isOpen(hall, now));

/** Covers `uid` has taken today and not yet handed back. */
export function coversOf(covers: Rows<"cover">, uid: string, now: number): (Cover & { rid: string })[] {
  const today = dayOf(now);
  return [...covers]
    .map(([rid, { body }]) => ({ rid, ...body }))
    .filter((cover) => cover.person === uid && isOpenCover(cover, today, now))
    .sort((x, y) => x.from_at - y.from_at);
}

/** Open notices whose posts `uid` has promised to serve and has no cover of their own at: they end when A comes back. */
export function promisesOf(rows: PresenceRows, notices: ReadonlyMap<string, Notice>, uid: string, now: number): Notice[] {
  const covered = new Set(coversOf(rows.covers, uid, now).map((cover) => cover.notice));
  return [...notices.values()].filter(
    (one) => one.stand_in === uid && (one.cover === "accepted" || one.cover === "in_force") && phaseOf(one, now, rows.hall) !== "ended" && !covered.has(one.rid),
  );
}

/** Who may stand in. `away`: off post by a notice; `posts`: how many posts the person already covers (ORG-05). */
export interface Candidate {
  uid: string;
  person: Person;
  is_b: boolean;
  same_unit: boolean;
  away: boolean;
  covering: number;
}

/** Qualified people for `posts`: today's B first, then the unit, then the same group of posts (AB.3); those away last. */
export function candidatesFor(rows: PresenceRows, posts: readonly string[], leaver: string, now: number): Candidate[] {
  const today = dayOf(now);
  const groups = new Set(posts.map((id) => rows.posts.get(id)?.body.group));
  const unit = rows.people.get(leaver)?.body.unit;
  const bs = new Set(posts.map((id) => rows.duties.get(`${today}:${id}`)?.body.b));
  const inGroup = new Set<string>();
  for (const { body: duty } of rows.duties.values()) {
    if (duty.day !== today || !groups.has(rows.posts.get(duty.post)?.body.group)) continue;
    inGroup.add(duty.a);
    if (duty.b) inGroup.add(duty.b);
  }
  const away = new Set([...noticesOf(rows).values()].filter((n) => isAway(n, now, rows.hall) && !n.whole_unit).map((n) => n.person));
  const rank = (one: Candidate) => (one.away ? 8 : 0) + (one.is_b ? 0 : 1) + (one.same_unit ? 0 : 2) + (one.covering > 0 ? 1 : 0);
  return [...rows.people]
    .filter(([uid, { body }]) => uid !== leaver && (bs.has(uid) || body.unit === unit || inGroup.has(uid)))
    .map(([uid, { body }]) => ({
      uid,
      person: body,
      is_b: bs.has(uid),
      same_unit: body.unit === unit,
      away: away.has(uid) || isOnLeave(rows.leaves, uid, now, now + 1),
      covering: coversOf(rows.covers, uid, now).length,
    }))
    .sort((x, y) => rank(x) - rank(y) || x.person.badge.localeCompare(y.person.badge, "en", { numeric: true }));
}

/** The stand-in proposed: today's B, or the next who is here when B is away (AB-05). */
export function proposedStandIn(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.find((one) => !one.away);
}

export type ReturnPreset = "m10" | "m30" | "m60" | "afternoon" | "closing";

/** Return times offered for a leave at `leaves_at`: minutes from it, and the day's own edges when they are still ahead. */
export function returnPresets(hall: Hall | undefined, leaves_at: number): { id: ReturnPreset; at: number }[] {
  // Whole minutes: what the form shows is what the lobby rounds up.
  const begin = Math.floor(leaves_at / MINUTE_MS) * MINUTE_MS;
  const inMinutes = (id: ReturnPreset, minutes: number) => ({ id, at: begin + minutes * MINUTE_MS });
  const presets = [inMinutes("m10", 10), inMinutes("m30", 30), inMinutes("m60", 60)];
  const hours = hall ? postedHours(hall, dayOf(leaves_at)) : [];
  const afternoon = hours[1];
  const last = hours.at(-1);
  if (afternoon && afternoon.from > leaves_at) presets.push({ id: "afternoon", at: afternoon.from });
  if (last && last.to > leaves_at) presets.push({ id: "closing", at: last.to });
  return presets;
}

/** The preset a sheet opens with: half an hour, or the end of the day for someone who will not be back. */
export function defaultPreset(reason: Reason, presets: readonly { id: ReturnPreset }[]): ReturnPreset {
  const wanted: ReturnPreset = reason === "off_today" ? "closing" : reason === "step_away" || reason === "errand" ? "m30" : "m60";
  return presets.some(({ id }) => id === wanted) ? wanted : "m60";
}

/** Official absences say where to (record AwayNotice, destination). */
export function needsDestination(reason: Reason): boolean {
  return reason !== "step_away" && reason !== "off_today";
}

export type LeaveHint = "off_today" | "errand" | "consent" | null;

/** AWY-05: an absence that is not official needs leave; a longer step-away needs the head's word. */
export function leaveHint(reason: Reason, span_ms: number, consent_ms: number): LeaveHint {
  if (reason === "off_today" || reason === "errand") return reason;
  return reason === "step_away" && span_ms > consent_ms ? "consent" : null;
}

/** One line of the whereabouts board 人员去向一览表. */
export interface Whereabouts {
  uid: string;
  person: Person;
  posts: string[];
  notice: Notice | null;
  covering: string[];
  /** What the lobby says of the person's own posts, and of leave. */
  label: PostPublic["label"];
}

/** What the lobby says of a post, as far as this phone knows. */
const labelOf = ({ state, label }: PostNow): PostPublic["label"] => (state === "gap" ? (label?.label ?? "suspended") : state === "cover" ? "covered" : "on_post");

/** Everybody of `unit` (or of the hall), those away first, with where they are and who covers. */
export function whereabouts(rows: PresenceRows, posts: readonly PostNow[], unit: string | null, now: number): Whereabouts[] {
  const notices = [...noticesOf(rows).values()].filter((notice) => isAway(notice, now, rows.hall));
  return [...rows.people]
    .filter(([, { body }]) => unit === null || body.unit === unit)
    .map(([uid, { body }]) => {
      const mine = posts.filter((post) => post.a === uid);
      const isThere = (one: Notice) => mine.some(({ id, lunch }) => hasSaid(one, rows.duties.get(`${dayOf(now)}:${id}`), rows.labels.get(id)?.body, rows.hall, lunch));
      const notice = notices.find((one) => one.person === uid || (one.whole_unit && isOfUnit(rows, one, uid) && !isThere(one))) ?? null;
      const away = notice ? awayLabel(notice.reason, notice.whole_unit, phaseOf(notice, now, rows.hall) === "overdue") : isOnLeave(rows.leaves, uid, now, now + 1) ? "off_today" : null;
      return {
        uid,
        person: body,
        posts: mine.map((post) => post.id),
        notice,
        covering: coversOf(rows.covers, uid, now).map((cover) => cover.post),
        label: personLabel(away, mine.map(labelOf)),
      };
    })
    .sort((x, y) => Number(x.notice === null) - Number(y.notice === null) || Number(x.label === "on_post") - Number(y.label === "on_post") || x.person.badge.localeCompare(y.person.badge, "en", { numeric: true }));
}

/** How a cover reads now, or null when none was asked for; a promise nobody is there to keep is no more than that. */
export function coverStanding(notice: Notice, now: number, hall: Hall | undefined, posts: readonly PostNow[] = []): Exclude<Notice["cover"], "none"> | null {
  const empty = posts.some((post) => post.state === "gap" && notice.posts.includes(post.id));
  const cover = inForce(notice, now) ? (empty ? "accepted" : "in_force") : coverOf(notice, now, hall);
  return cover === "none" ? null : cover;
}

/** Who serves in place of a notice's person right now, asked or not; null when nobody does. */
export function servedBy(notice: Notice, posts: readonly PostNow[]): string | null {
  return posts.find((post) => post.state === "cover" && notice.posts.includes(post.id))?.by ?? null;
}
