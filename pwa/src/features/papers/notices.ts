/** DOC-07 离岗告示卡 and DOC-08 人员去向一览表, from the rows of this device (AWY-01, AWY-09, AWY-11). Twin of kinds/{notices,away_card,whereabouts}.py. */
import { dayOf } from "../../i18n";
import type { AwayInspector, AwayOffice, AwayUnit, Person, PostPublic } from "../../sync/types.gen";
import { awayLabel, personLabel, UNATTENDED } from "../hall/label";
import { plateOf, postOf, today, unitOf, type Data, type Reader } from "./reader";
import { at, word, type Cells, type Value } from "./values";

type Notice = AwayInspector | AwayOffice | AwayUnit;
const FACES = ["away.ins", "away.unit", "away.office"] as const;
const ROUND_MS = 5 * 60_000;
const SEES_ALL = ["OFF", "INS", "EFF"];
const GRANTED = ["approved", "running"];

const whole = (notice: Notice): boolean => ("whole_unit" in notice && notice.whole_unit) || false;
const holds = (notice: Notice): boolean => notice.state === "active" || notice.state === "overdue";

function noticeOf(reader: Reader, rid: string): Notice | undefined {
  return reader.get("away.office", rid) ?? reader.get("away.unit", rid) ?? reader.get("away.ins", rid);
}

function openNotices(reader: Reader): Notice[] {
  const found = new Map<string, Notice>();
  for (const kind of FACES) for (const [rid, body] of reader.all(kind)) found.set(rid, body);
  const here = [...found.values()].filter((notice) => holds(notice) && notice.leaves_at <= reader.now);
  return here.sort((a, b) => a.leaves_at - b.leaves_at || (a.person < b.person ? -1 : 1));
}

function onLeave(reader: Reader): Set<string> {
  const spans = [
    ...[...reader.all("leave.ins")].map(([, body]) => body),
    ...[...reader.all("leave.unit")].map(([, body]) => body).filter((body) => body.settled),
    ...[...reader.all("leave")].map(([, body]) => body).filter((body) => GRANTED.includes(body.state)),
  ];
  return new Set(spans.filter((one) => one.from_at <= reader.now && reader.now < one.to_at).map((one) => one.person));
}

const label = (notice: Notice) => awayLabel(notice.reason, whole(notice), notice.state === "overdue");

/** Rounded up to five minutes; nothing for one who is off for the day, or overdue. */
function back(reader: Reader, notice: Notice): Value {
  if (notice.reason === "off_today" || notice.state === "overdue") return null;
  const then = Math.ceil(notice.back_at / ROUND_MS) * ROUND_MS;
  return at(then, dayOf(then) === today(reader) ? "time" : "datetime");
}

/** Nobody is put up on paper who has not said yes, nor where the lobby says nobody is. */
const AGREED: readonly Notice["cover"][] = ["accepted", "in_force"];
const standIn = (reader: Reader, notice: Notice): string | null => {
  const seen = notice.posts.flatMap((post) => reader.get("post.pub", post) ?? []);
  const empty = notice.leaves_at <= reader.now && seen.length > 0 && seen.every(({ label }) => UNATTENDED.has(label));
  return AGREED.includes(notice.cover) && !empty ? plateOf(reader, notice.stand_in) : null;
};
const unitIdOf = (reader: Reader, notice: Notice): string => ("unit" in notice && notice.unit) || (reader.get("person", notice.person)?.unit ?? "");

export const awayCard: Data = (reader, rid) => {
  const notice = noticeOf(reader, rid);
  if (!notice || !holds(notice)) return null;
  const deputy = standIn(reader, notice);
  const posts = notice.posts.map((post) => postOf(reader, post)).filter((post) => post !== null);
  const next = notice.posts.map((post) => reader.get("post.pub", post)?.go_to).find(Boolean);
  return {
    post: posts.length > 0 ? posts : null,
    unit: unitOf(reader, unitIdOf(reader, notice)),
    label: word(`label.${label(notice)}`),
    who: whole(notice) ? word("whole_unit") : plateOf(reader, notice.person),
    back: back(reader, notice),
    stand_in: deputy,
    go_to: !deputy && next ? word("post.window", { number: next }) : null,
    phone: reader.hall.phone || null,
  };
};

export const whereabouts: Data = (reader, rid) => {
  const seesAll = reader.roles.some((role) => SEES_ALL.includes(role));
  if (!seesAll && (rid === "hall" || rid !== reader.unit)) return null;
  const everybody = [...reader.all("person")];
  const units = rid === "hall" ? [...new Set(everybody.flatMap(([, { unit }]) => unit || []))].sort() : [rid];
  const people = everybody.filter(([, person]) => units.includes(person.unit) && !person.roles.includes("BOARD"));
  if (people.length === 0) return null;
  const board: Board = { notices: openNotices(reader), posts: postsToday(reader), absent: onLeave(reader) };
  return {
    unit: rid === "hall" ? word("whole_hall") : unitOf(reader, rid),
    as_of: at(reader.now),
    people: people.sort((a, b) => inOrder(units, a, b)).map(([uid, person]) => line(reader, uid, person, board)),
  };
};

interface Board {
  notices: Notice[];
  posts: ReadonlyMap<string, string[]>;
  absent: ReadonlySet<string>;
}

/** By unit, then by badge as people count: 9 before 10. */
function inOrder(units: readonly string[], [a, x]: [string, Person], [b, y]: [string, Person]): number {
  return units.indexOf(x.unit) - units.indexOf(y.unit) || [...x.badge].length - [...y.badge].length || compare(x.badge, y.badge) || compare(a, b);
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

function line(reader: Reader, uid: string, person: Person, { notices, posts, absent }: Board): Cells {
  // Who is back alone, or at a window of his as the lobby has it, is not away with his unit (AWY-02).
  const isBack = (one: Notice) => one.back_alone?.includes(uid) || (posts.get(uid) ?? []).some((post) => one.posts.includes(post) && reader.get("post.pub", post)?.label === "on_post");
  const mine = notices.filter((one) => one.person === uid || (whole(one) && unitIdOf(reader, one) === person.unit && !isBack(one)));
  // One's own notice before that of the whole unit; leave before both, with no word of what kind it is.
  const notice = absent.has(uid) ? undefined : (mine.find((one) => one.person === uid) ?? mine[0]);
  const own = (posts.get(uid) ?? []).map((post) => postOf(reader, post)).filter((post) => post !== null);
  return {
    unit: unitOf(reader, person.unit),
    name: plateOf(reader, uid),
    posts: own.length > 0 ? own : null,
    label: lineLabel(reader, absent.has(uid) ? "off_today" : notice ? label(notice) : null, posts.get(uid) ?? []),
    back: notice ? back(reader, notice) : null,
    stand_in: notice ? standIn(reader, notice) : null,
  };
}

/** As the lobby has it: of who is not away, by his own posts (AWY-09). */
function lineLabel(reader: Reader, away: PostPublic["label"] | null, posts: readonly string[]): Value {
  const seen = posts.flatMap((post) => reader.get("post.pub", post) ?? []);
  const label = personLabel(away, seen.map((one) => one.label));
  return label === "covered" ? word("label.covered", { name: seen[0]?.stand_in ?? "" }) : word(`label.${label}`);
}

function postsToday(reader: Reader): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const duties = [...reader.all("duty")].map(([, duty]) => duty).filter((duty) => duty.day === today(reader));
  for (const duty of duties.sort((a, b) => compare(a.post, b.post))) found.set(duty.a, [...(found.get(duty.a) ?? []), duty.post]);
  return found;
}
