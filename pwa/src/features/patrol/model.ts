/** The round as the inspector walks it: which is due, what each zone still lacks, what must be looked at again. Pure. */
import { clock, dayOf, names } from "../../i18n";
import type { AwayInspector, Cover, Hall, Knew, LeaveIns, Observation, Observe, Phrase, Post, Round, Ties, Zone } from "../../sync/types.gen";
import { walkingOrder, type Rows } from "../hall/names";
import { HOUR_MS, hoursOf, LUNCH, lunchSpan } from "../hall/hours";
import { minutesMs } from "../hall/rules";
import { isEmpty } from "./seen";

export { isEmpty };

export type Seen = Observe["seen"];
export type Code = NonNullable<Observe["codes"]>[number];

export interface PatrolRows {
  hall: Hall | undefined;
  posts: Rows<"post">;
  people: Rows<"person">;
  duties: Rows<"duty">;
  notices: Rows<"away.ins">;
  covers: Rows<"cover">;
  /** Approved absence, without its kind. */
  leaves: Rows<"leave.ins">;
  sheets: Rows<"handover.cover">;
  rounds: Rows<"round">;
  observations: Rows<"obs">;
  /** Looks somebody on the floor is asked for (PTL-11). */
  asks: Rows<"video.ask">;
  /** What I have declared (PTL-07), and my own unit. */
  ties: Ties | undefined;
  unit: string;
}

/** "YYYY-MM-DDTHH" of the hour `at` lies in. */
export function slotOf(at: number): string {
  return `${dayOf(at)}T${clock(at).slice(0, 2)}`;
}

/** The hourly slot that is due at `now`, or null. */
export function dueSlot(hall: Hall | undefined, now: number): string | null {
  return (hall && hoursOf(hall, dayOf(now)).find(({ from, to }) => from <= now && now < to)?.slot) ?? null;
}

/** The round of `uid` that runs: the newest, should an earlier one have been forgotten. */
export function runningRound(rounds: Rows<"round">, uid: string): { rid: string; round: Round } | null {
  const mine = [...rounds].filter(([, { body }]) => body.inspector === uid && body.state === "running").sort(([, x], [, y]) => y.body.started_at - x.body.started_at);
  return mine[0] ? { rid: mine[0][0], round: mine[0][1].body } : null;
}

/** Whether looks on an hourly round left open count for its hour no more, but for that they are made in (the twin of `over_at`, PTL-06). */
export function isLongOver(hall: Hall | undefined, round: Round, now: number): boolean {
  if (!hall || round.type !== "hourly") return false;
  const ends = hoursOf(hall, dayOf(round.started_at)).find(({ slot }) => slot === round.slot)?.to ?? 0;
  return now > Math.max(ends, round.started_at + Math.min(minutesMs(hall, "ptl.interval_min"), HOUR_MS)) + minutesMs(hall, "ptl.tolerance_min");
}

/**
 * The round somebody made for `slot`, that which left least out first, and whether one may be begun: after one that left posts out
 * (PTL-06), and while another's merely runs, since that phone may never be heard of again; both are kept then, and the slot counts once (CON-08). Hourly rounds only: others do not fill a slot.
 */
export function slotRound(rounds: Rows<"round">, slot: string | null): { made: Round | null; start: "first" | "another" | null } {
  const all = [...rounds].map(([, { body }]) => body).filter((round) => round.slot === slot && round.type === "hourly");
  const made = all.sort((x, y) => Number(x.state === "running") - Number(y.state === "running") || (x.missing ?? 0) - (y.missing ?? 0) || x.started_at - y.started_at)[0] ?? null;
  const start = (made?.state === "done" && !made.missing) || slot === null ? null : made ? "another" : "first";
  return { made, start };
}

/** One post on the round. `seen`: the newest own record of it in this round, rechecks apart. */
export interface PostView {
  id: string;
  post: Post;
  a: string | null;
  b: string | null;
  notice: (AwayInspector & { rid: string }) | null;
  cover: Cover | null;
  /** Who has said to stand in, while nobody has taken the post. */
  promised: string | null;
  /** A or B is not here today, in these spans. */
  absent: LeaveIns[];
  seen: { rid: string; observation: Observation } | null;
  cleared: boolean;
  /** I should not be the one to look at it (PTL-07). */
  tied: boolean;
}

export interface ZoneView {
  zone: Zone;
  posts: PostView[];
  /** Posts "all others present" would cover: those not looked at yet, and without a tie of mine. */
  others: string[];
  cleared: boolean;
  /** Nothing is left to look at here. */
  done: boolean;
}

export interface RoundView {
  zones: ZoneView[];
  posts: number;
  left: number;
  exceptions: number;
}

/** The walk of round `rid` at `now`, zone by zone in walking order. */
export function roundView(rows: PatrolRows, rid: string, now: number): RoundView {
  const round = rows.rounds.get(rid)?.body;
  const today = dayOf(now);
  const own = [...rows.observations].filter(([, { body }]) => body.round === rid && !body.withdrawn && !body.recheck_of);
  const seen = new Map(own.sort(([, x], [, y]) => x.body.at - y.body.at).map(([id, { body }]) => [body.post, { rid: id, observation: body }]));
  const cleared = new Set(round?.zones.flatMap((zone) => zone.posts));
  const away = openNotices(rows.notices, now);
  const covers = [...rows.covers].map(([, { body }]) => body).filter((cover) => (cover.until_at ?? Infinity) > now && cover.from_at <= now && dayOf(cover.from_at) === today);
  const leaves = [...rows.leaves].map(([, { body }]) => body).filter((leave) => dayOf(leave.from_at) <= today && leave.to_at > now);
  const sheets = [...rows.sheets].map(([, { body }]) => body).filter((sheet) => (sheet.state === "accepted" || sheet.state === "in_force") && sheet.from_at <= now && now < sheet.to_at);
  // Over lunch a round looks at the posts with lunch duty (CAL-05); one begun within tolerance beside its hour, at those of the hour (PTL-06).
  const begun = inSlot(rows.hall, round, round?.started_at ?? now);
  const noon = rows.hall && !rows.hall.rules["demo.always_open"] && round?.type !== "irregular" ? lunchSpan(rows.hall, dayOf(begun)) : null;
  const onLunch = noon !== null && noon.from <= begun && begun < noon.to;
  const order = walkingOrder(rows.posts, rows.hall?.zones ?? []).filter((id) => !onLunch || rows.duties.get(`${today}:${id}`)?.body.plan?.some(({ n }) => n === LUNCH));

  const viewOf = (id: string, post: Post): PostView => {
    const duty = rows.duties.get(`${today}:${id}`)?.body;
    const [a, b] = [duty?.a || null, duty?.b || null];
    const notice = away.find((one) => one.posts.includes(id)) ?? null;
    const cover = covers.find((one) => one.post === id) ?? null;
    return {
      id,
      post,
      a,
      b,
      notice,
      cover,
      promised: cover ? null : (promisedBy(notice) ?? sheets.find((sheet) => sheet.post === id)?.b ?? null),
      absent: leaves.filter(({ person }) => person === a || person === b),
      seen: seen.get(id) ?? null,
      cleared: cleared.has(id),
      tied: post.unit === rows.unit || isTied(rows.ties, { post, a, b }),
    };
  };
  const zones = (rows.hall?.zones ?? []).map((zone): ZoneView => {
    const posts = order.flatMap((id) => {
      const post = rows.posts.get(id)?.body;
      return post?.zone === zone.id ? [viewOf(id, post)] : [];
    });
    const others = posts.filter((post) => !post.seen && !post.cleared && !post.tied).map((post) => post.id);
    return { zone, posts, others, cleared: round?.zones.some((one) => one.zone === zone.id) ?? false, done: posts.every((post) => post.seen || post.cleared) };
  });
  const all = zones.flatMap((zone) => zone.posts);
  return { zones, posts: all.length, left: all.filter((post) => !post.seen && !post.cleared).length, exceptions: seen.size };
}

/** The moment of an hourly round's own hour that is nearest to `at`: the twin of `posts_due` in server/domain/patrol/slots.py. */
function inSlot(hall: Hall | undefined, round: Round | undefined, at: number): number {
  const hour = hall && round?.type === "hourly" ? hoursOf(hall, dayOf(at)).find(({ slot }) => slot === round.slot) : undefined;
  return hour ? Math.min(Math.max(at, hour.from), hour.to - 1) : at;
}

/** Notices in effect at `now`, the newest leave first. */
export function openNotices(notices: Rows<"away.ins">, now: number): (AwayInspector & { rid: string })[] {
  return [...notices]
    .map(([rid, { body }]) => ({ rid, ...body }))
    .filter((notice) => (notice.state === "active" || notice.state === "overdue") && notice.leaves_at <= now)
    .sort((x, y) => y.leaves_at - x.leaves_at);
}

/** Who has accepted to stand in by a notice: in force by the clock alone, which says nothing of who is there. */
function promisedBy(notice: AwayInspector | null): string | null {
  return notice?.cover === "accepted" || notice?.cover === "in_force" ? (notice.stand_in ?? null) : null;
}

/**
 * What the sheet opens with (PTL-03): a stand-in who has taken the post, else the notice that covers it; a promise to come is no presence
 * (CON-05), and otherwise nothing is assumed.
 */
export function presetSeen({ cover, notice }: PostView): Seen | null {
  if (cover) return "covered";
  return notice ? "empty_notice" : null;
}

/** What this phone knew, stored with the record (EVD-09). */
export function knewOf(rows: PatrolRows, posts: readonly string[], synced_at: number | null, now: number): Knew {
  const notices = openNotices(rows.notices, now).filter((notice) => notice.posts.some((post) => posts.includes(post)));
  return { roster_version: rows.hall?.roster_version ?? 0, notices: notices.map((notice) => notice.rid), synced_at: synced_at ?? 0 };
}

/** Older than this, what the phone shows is warned about before a record is saved (EVD-09). */
export function isStale(hall: Hall | undefined, synced_at: number | null, now: number): boolean {
  return synced_at === null || now - synced_at > minutesMs(hall, "ptl.tolerance_min");
}

/** An empty post of today that waits for the second look (EVD-08). `left_ms`: until the minimum time is over; negative afterwards. */
export interface Recheck {
  rid: string;
  observation: Pick<Observation, "round" | "post" | "at" | "seen">;
  due_at: number;
  left_ms: number;
  /** A camera saw it first. */
  video?: boolean;
}

/** Whether I have declared a tie to the unit of a post, or to its A or B of today (PTL-07). */
export function isTied(ties: Ties | undefined, { post, a, b }: Pick<PostView, "post" | "a" | "b">): boolean {
  return ties !== undefined && (ties.units.includes(post.unit) || ties.people.some((uid) => uid === a || uid === b));
}

/** Looks the floor is asked for and nobody has taken on this device yet, the most urgent first; the room sees the post, not the camera. */
export function asksOf(asks: Rows<"video.ask">, observations: Rows<"obs">, now: number): Recheck[] {
  const looked = new Set([...observations].map(([, { body }]) => body.recheck_of));
  return [...asks]
    .filter(([rid]) => !looked.has(rid))
    .map(([rid, { body }]) => ({ rid, observation: { round: "", post: body.post, at: body.since, seen: "empty_no_notice" as const }, due_at: body.due_at, left_ms: body.due_at - now, video: true }))
    .sort((x, y) => x.due_at - y.due_at);
}

/** The second looks `uid` owes, one a post, the most urgent first. A post that somebody was seen at since is not owed one. */
export function rechecksOf(observations: Rows<"obs">, uid: string, now: number): Recheck[] {
  const own = todaysOwn(observations, uid, now).filter(({ observation }) => !observation.withdrawn);
  const owed = new Map<string, Recheck>();
  for (const { rid, observation } of own.reverse()) {
    const due_at = observation.recheck_due_at ?? null;
    if (!isEmpty(observation.seen) || observation.recheck_of) owed.delete(observation.post);
    else if (due_at !== null && !owed.has(observation.post)) owed.set(observation.post, { rid, observation, due_at, left_ms: due_at - now });
  }
  return [...owed.values()].sort((x, y) => x.due_at - y.due_at);
}

/** Today's records of `uid`, newest first. */
export function todaysOwn(observations: Rows<"obs">, uid: string, now: number): { rid: string; observation: Observation; pending: boolean }[] {
  return [...observations]
    .filter(([, { body }]) => body.inspector === uid && dayOf(body.at) === dayOf(now))
    .map(([rid, { body, pending }]) => ({ rid, observation: body, pending }))
    .sort((x, y) => y.observation.at - x.observation.at);
}

/** The quick code that follows from what was seen (catalogue §6.3, P1-P6). */
const CODE_OF: Partial<Record<Seen, Code>> = { serving: "P1", idle: "P2", empty_notice: "P3", empty_no_notice: "P4", covered: "P5", suspended: "P6" };

export const NOTE_CHARS_MAX = 300;

/** The codes an inspector taps beside the state; P1-P6 follow from it. */
export const EXTRA_CODES: readonly Code[] = ["P7", "P8", "P9", "P10", "P11", "P12", "P13", "P14", "P0"];

export function codesOf(seen: Seen, extra: readonly Code[]): Code[] {
  const own = CODE_OF[seen];
  return own ? [own, ...extra] : [...extra];
}

/** What must not be said, by the phrase book, in its order; each once and short enough for a note (LNG-01). */
export function forbidden(phrases: Iterable<{ body: Phrase }>): string[] {
  const bad = [...phrases].sort((x, y) => (x.body.order ?? 0) - (y.body.order ?? 0)).map(({ body }) => names(body.bad));
  return [...new Set(bad)].filter((text) => text !== "" && text.length <= NOTE_CHARS_MAX);
}

/**
 * The post a window's code names: its number as text, or a link whose `post` or last part is a number or id; null for any other code.
 * Numbers are read as people write them: case does not matter.
 */
export function postOfCode(text: string, posts: ReadonlyMap<string, { body: { number: string } }>): string | null {
  const names = [text.trim(), ...partsOf(text.trim())].map((name) => name.toLowerCase());
  const found = [...posts].find(([rid, { body }]) => names.includes(rid.toLowerCase()) || names.includes(body.number.toLowerCase()));
  return found?.[0] ?? null;
}

function partsOf(text: string): string[] {
  try {
    const { pathname, searchParams } = new URL(text);
    return [searchParams.get("post") ?? "", decodeURIComponent(pathname.split("/").at(-1) ?? "")].filter(Boolean);
  } catch {
    return []; // no link
  }
}
