/** The week as a grid, and what publishing it would say: the twin of server/domain/roster/rules.py (cover_vectors.json holds both). Pure. */
import type { Duty, DutyDraft, Hall, Person, Post, Qualification, RosterConsent, SessionDuty, Unit } from "./shapes";
import { LUNCH, lunchSpan } from "../hall/hours";
import { postedHours, postedSessions, rule, type Session } from "../hall/rules";

const DAY_MS = 86_400_000;

/** Bodies by rid. */
export type Bodies<T> = ReadonlyMap<string, T>;

export interface GridRows {
  hall: Hall;
  posts: Bodies<Post>;
  people: Bodies<Person>;
  units: Bodies<Unit>;
  duties: Bodies<Duty>;
  drafts: Bodies<DutyDraft>;
  skills: Bodies<Qualification>;
  consents: Bodies<RosterConsent>;
  /** Approved leave, as far as this device knows. */
  leaves: readonly { person: string; from_at: number; to_at: number }[];
}

export interface Seat {
  a: string;
  b: string;
  c: string;
}
export type Plan = readonly SessionDuty[];
export type CoverKind = "full" | "partial" | "limited" | "none";
export type GapKind = "no_a" | "no_b" | "contact" | "on_leave";

/** One post on one day as the office sees it: the draft where there is one. */
export interface GridCell {
  day: string;
  post: string;
  plan: Plan;
  draft: boolean;
  published: boolean;
}

export interface Verdict {
  gaps: ReadonlyMap<string, { kind: GapKind; n: number }>;
  partial: ReadonlySet<string>;
  /** People who would be B at too many posts at once, and whether the head must agree first (ORG-05). */
  loads: ReadonlyMap<string, { posts: number; consent: boolean }>;
  double: ReadonlySet<string>;
}

const NOBODY: Seat = { a: "", b: "", c: "" };

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** Monday to Sunday of the week of a day. */
export function weekOf(day: string): string[] {
  const monday = addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
  return Array.from({ length: 7 }, (_, n) => addDays(monday, n));
}

/** The days of a week the hall works on, or that somebody is written down for. */
export function shownDays(rows: GridRows, week: readonly string[]): string[] {
  return week.filter((day) => postedSessions(rows.hall, day).length > 0 || [...rows.posts.keys()].some((post) => planOf(rows, day, post).length > 0));
}

export const cellId = (day: string, post: string) => `${day}:${post}`;

export function sessionCount(hall: Hall, day: string): number {
  return Math.max(1, postedSessions(hall, day).length);
}

/** As the office last published it: what it changed after the day had begun is in it, what those at the post changed is not (plans.py). */
function publishedPlan(hall: Hall, duty: Duty | undefined): SessionDuty[] {
  if (!duty) return [];
  const whole = duty.plan?.length ? duty.plan : [{ n: 0, a: duty.a, b: duty.b ?? "", c: duty.c ?? "" }];
  const plan = new Map(whole.map((part) => [part.n, bare(part)]));
  const starts = postedSessions(hall, duty.day).map(({ from }) => from);
  for (const { at, a, b, c, lunch } of (duty.swaps ?? []).filter((one) => !one.op).sort((x, y) => x.at - y.at)) {
    const n = lunch ? LUNCH : starts.filter((from, place) => place > 0 && from <= at).length;
    const before = plan.get(Math.max(...[...plan.keys()].filter((known) => known <= n)));
    const filled = before && !before.a && !before.b && !before.c ? before.n : n;
    plan.set(filled, bare({ n: filled, a, b, c: c ?? "" }));
  }
  return [...plan.values()].sort((x, y) => x.n - y.n);
}

/** The last change of a published day, in either way; what first filled a place open until then is none. */
export const changed = ({ plan, swaps }: Duty) => swaps?.slice(Number(plan?.[0]?.a === "" && !plan[0].b && !swaps[0]?.op)).at(-1);

const bare = ({ n, a, b, c }: SessionDuty): SessionDuty => ({ n, a, ...(b ? { b } : {}), ...(c ? { c } : {}) });

export function cellOf(rows: GridRows, day: string, post: string): GridCell {
  const id = cellId(day, post);
  const draft = rows.drafts.get(id);
  const duty = rows.duties.get(id);
  const plan = draft ? [bare({ n: 0, a: draft.a ?? "", b: draft.b ?? "", c: draft.c ?? "" }), ...(draft.later ?? []).map(bare)] : publishedPlan(rows.hall, duty);
  return { day, post, plan, draft: draft !== undefined, published: duty !== undefined };
}

const planOf = (rows: GridRows, day: string, post: string): Plan => cellOf(rows, day, post).plan;

/** Who is planned at a post in a session (0 the first). */
export function seatAt(plan: Plan, session: number): Seat {
  const part = plan.filter(({ n }) => n <= session).at(-1);
  return part ? { a: part.a, b: part.b ?? "", c: part.c ?? "" } : NOBODY;
}

/** Who has lunch duty at a post (CAL-05). */
export const lunchSeat = (plan: Plan): Seat => seatAt(plan.filter(({ n }) => n === LUNCH), LUNCH);

/** A plan without lunch duty. */
export const sessionsOf = (plan: Plan): Plan => plan.filter(({ n }) => n !== LUNCH);

interface Skills {
  able: ReadonlySet<string>;
  tracked: ReadonlySet<string>;
}

function skillsOf(rows: GridRows): Skills {
  const all = [...rows.skills.values()];
  return {
    able: new Set(all.filter((one) => one.trained && one.authorised && one.seal).map((one) => `${one.person}.${one.service}`)),
    tracked: new Set(all.map((one) => one.service)),
  };
}

/** What a person may do at a post as its B (ORG-03, ORG-04). */
function coverKind(rows: GridRows, skills: Skills, post: Post, uid: string): CoverKind {
  if (!uid) return "none";
  const services = post.service_ids ?? [];
  const tracked = services.filter((service) => skills.tracked.has(service));
  const able = tracked.filter((service) => skills.able.has(`${uid}.${service}`));
  if (rows.people.get(uid)?.unit !== post.unit) return tracked.length > 0 && able.length === services.length ? "full" : "limited";
  return able.length === tracked.length ? "full" : "partial";
}

/** What publishing a day would say. `head`: the unit whose head is publishing, and thereby agrees to its people's load. */
export function judge(rows: GridRows, day: string, head = ""): Verdict {
  const skills = skillsOf(rows);
  const sessions = sessionCount(rows.hall, day);
  const seats = new Map([...rows.posts.keys()].map((id) => [id, Array.from({ length: sessions }, (_, n) => seatAt(planOf(rows, day, id), n))]));
  const hours = postedHours(rows.hall, day);
  const noon = lunchSpan(rows.hall, day);
  const contact = new Set([...rows.units.values()].map((unit) => unit.contact_post).filter(Boolean));
  const gaps = new Map<string, { kind: GapKind; n: number }>();
  const partial = new Set<string>();
  for (const [id, post] of rows.posts) {
    const here = seats.get(id) ?? [];
    const gap = gapOf(rows, skills, id, post, here, seats, contact.has(id), hours) ?? lunchGap(rows, post, lunchSeat(planOf(rows, day, id)), noon);
    if (gap) gaps.set(id, gap);
    if (post.required && here.some((seat) => isPartial(rows, skills, post, seat))) partial.add(id);
  }
  // No post needs lunch duty, but who has it is at one only.
  const lunch = noon !== null;
  const at_once = [...seats].map(([id, here]) => (lunch ? [...here, lunchSeat(planOf(rows, day, id))] : here));
  return { gaps, partial, loads: loadsOf(rows, day, at_once, sessions + Number(lunch), head), double: doubleOf(at_once, sessions + Number(lunch)) };
}

function gapOf(rows: GridRows, skills: Skills, id: string, post: Post, here: readonly Seat[], seats: ReadonlyMap<string, readonly Seat[]>, contact: boolean, hours: ReturnType<typeof postedHours>) {
  for (const [n, seat] of here.entries()) {
    if (!contact && (!post.required || (post.sessions?.length && !post.sessions.includes(n)))) continue;
    if (!seat.a) return { kind: contact ? ("contact" as const) : ("no_a" as const), n };
    const mates = [...rows.posts]
      .filter(([other, body]) => other !== id && post.group !== "" && body.group === post.group)
      .map(([other]) => seats.get(other)?.[n]?.a ?? "")
      .filter((uid) => uid && coverKind(rows, skills, post, uid) === "full");
    const handlers = new Set([seat.a, seat.b, seat.c, ...mates].filter(Boolean));
    if ([...handlers].every((uid) => isAway(rows, uid, hours[n]))) return { kind: contact ? ("contact" as const) : ("on_leave" as const), n };
    if (handlers.size < Math.max(rule(rows.hall, "ab.min_staff_per_post"), post.min_staff ?? 1)) return { kind: "no_b" as const, n };
  }
  return undefined;
}

/** Lunch duty whose people are all on leave (LV-10); without any nobody is missing. */
function lunchGap(rows: GridRows, post: Post, { a, b, c }: Seat, noon: Session | null) {
  const people = [a, b, c].filter(Boolean);
  const empty = noon && post.required && people.length > 0 && people.every((uid) => isAway(rows, uid, noon));
  return empty ? { kind: "on_leave" as const, n: LUNCH } : undefined;
}

/** On approved leave all through a session (LV-10). */
const isAway = (rows: GridRows, uid: string, session: Session | undefined) =>
  session !== undefined && rows.leaves.some((one) => one.person === uid && one.from_at <= session.from && session.to <= one.to_at);

function isPartial(rows: GridRows, skills: Skills, post: Post, seat: Seat): boolean {
  const kinds = [seat.b, seat.c].filter(Boolean).map((uid) => coverKind(rows, skills, post, uid));
  return kinds.length > 0 && !kinds.includes("full");
}

function most(seats: readonly (readonly Seat[])[], sessions: number, of: (seat: Seat) => string): Map<string, number> {
  const found = new Map<string, number>();
  for (let n = 0; n < sessions; n += 1) {
    const now = new Map<string, number>();
    for (const post of seats) {
      const uid = of(post[n] ?? NOBODY);
      if (uid) now.set(uid, (now.get(uid) ?? 0) + 1);
    }
    for (const [uid, count] of now) found.set(uid, Math.max(found.get(uid) ?? 0, count));
  }
  return found;
}

function loadsOf(rows: GridRows, day: string, seats: readonly (readonly Seat[])[], sessions: number, head: string): Verdict["loads"] {
  const limit = rule(rows.hall, "ab.max_live_posts_consent");
  const over = [...most(seats, sessions, (seat) => seat.b)].filter(([, posts]) => posts > rule(rows.hall, "ab.max_live_posts_warn"));
  return new Map(
    over.map(([uid, posts]) => {
      const agreed = [...rows.consents.values()].filter((one) => one.person === uid && one.from_day <= day && day <= one.to_day).map((one) => one.posts_max);
      const own = head !== "" && rows.people.get(uid)?.unit === head;
      return [uid, { posts, consent: !own && posts > Math.max(limit, ...agreed) }];
    }),
  );
}

function doubleOf(seats: readonly (readonly Seat[])[], sessions: number): ReadonlySet<string> {
  return new Set([...most(seats, sessions, (seat) => seat.a)].filter(([, posts]) => posts > 1).map(([uid]) => uid));
}

/** People found by what is typed: name, name in another language, badge number; those of `unit` first. Nobody twice, at most `limit`. */
export function findPeople(people: Bodies<Person>, typed: string, unit: string, limit = 8): [string, Person][] {
  const wanted = typed.trim().toLowerCase();
  const fits = ([, one]: [string, Person]) => {
    const texts = [one.name, ...Object.values(one.names ?? {}), one.badge].map((text) => text.toLowerCase());
    return !one.left && texts.some((text) => text.includes(wanted));
  };
  const rank = ([, one]: [string, Person]) => (one.unit === unit ? 0 : 2) + (one.name.toLowerCase().startsWith(wanted) || one.badge.startsWith(wanted) ? 0 : 1);
  return [...people]
    .filter(fits)
    .sort((x, y) => rank(x) - rank(y) || x[1].badge.localeCompare(y[1].badge, "en", { numeric: true }))
    .slice(0, limit);
}

export interface Place {
  row: number;
  column: number;
}

/** Where the focus goes in a grid of `rows` × `columns`; undefined when the key moves nothing. */
export function moved(at: Place, key: string, rows: number, columns: number): Place | undefined {
  const to: Record<string, Place> = {
    ArrowUp: { row: at.row - 1, column: at.column },
    ArrowDown: { row: at.row + 1, column: at.column },
    ArrowLeft: { row: at.row, column: at.column - 1 },
    ArrowRight: { row: at.row, column: at.column + 1 },
    Home: { row: at.row, column: 0 },
    End: { row: at.row, column: columns - 1 },
    PageUp: { row: 0, column: at.column },
    PageDown: { row: rows - 1, column: at.column },
  };
  const next = to[key];
  if (!next) return undefined;
  return { row: Math.max(0, Math.min(rows - 1, next.row)), column: Math.max(0, Math.min(columns - 1, next.column)) };
}

/**
 * What must be explained before the drafts of these days are published: gaps by post, whether people change who had been published, and
 * whether somebody would be A of two posts (ORG-02, ORG-07). Days before the first draft and after the last are not published.
 */
export function asked(rows: GridRows, days: readonly string[], posts: ReadonlySet<string>, head = "") {
  const gaps = new Map<string, { kind: GapKind; days: string[] }>();
  const loads = new Map<string, number>();
  const drafts = [...rows.drafts.values()].filter((draft) => days.includes(draft.day) && posts.has(draft.post));
  let twice = false;
  const drafted = drafts.map((draft) => draft.day).sort();
  const published = days.filter((day) => (drafted[0] ?? "~") <= day && day <= (drafted.at(-1) ?? ""));
  for (const day of published) {
    const verdict = judge(rows, day, head);
    const given = drafts.filter((draft) => draft.day === day).flatMap((draft) => [draft.a ?? "", ...(draft.later ?? []).map((part) => part.a)]);
    twice ||= given.some((uid) => verdict.double.has(uid));
    for (const [post, gap] of verdict.gaps) {
      if (!posts.has(post)) continue;
      const known = gaps.get(post) ?? { kind: gap.kind, days: [] };
      gaps.set(post, { kind: known.kind === "contact" ? known.kind : gap.kind, days: [...known.days, day] });
    }
    for (const [uid, load] of verdict.loads) if (load.consent) loads.set(uid, Math.max(loads.get(uid) ?? 0, load.posts));
  }
  return { gaps, loads, drafts: drafts.length, days: published, twice, changes: drafts.some((draft) => rows.duties.has(cellId(draft.day, draft.post))) };
}
