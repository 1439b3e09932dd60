/** What a head must settle about absences, and what a phone knows against leaving now (AWY-03, 05, 12; AB-05). Pure. */
import { dayOf } from "../../i18n";
import type { AwayTold, Hall } from "../../sync/types.gen";
import type { Rows } from "../hall/names";
import { opensWithin } from "../hall/rules";
import type { PostNow, PresenceRows } from "./model";
import { isAway, noticesOf, phaseOf, type Notice } from "./notice";

export type Trouble = Exclude<NonNullable<AwayTold["trouble"]>, "">;

/** Notices that wait for somebody's word, the barred ones first; never one's own. */
export function consentsOf(notices: ReadonlyMap<string, Notice>, uid: string): Notice[] {
  const rank = (notice: Notice) => (notice.office?.barred ? 0 : 1);
  return [...notices.values()]
    .filter((notice) => notice.office?.consent === "waiting" && notice.person !== uid && (notice.state === "active" || notice.state === "overdue"))
    .sort((x, y) => rank(x) - rank(y) || x.leaves_at - y.leaves_at);
}

/** Open notices for which nobody is sure to stand in, with the reason. */
export function troublesOf(notices: ReadonlyMap<string, Notice>, told: Rows<"away.told">, now: number, hall: Hall | undefined): { notice: Notice; trouble: Trouble }[] {
  return [...notices.values()]
    .flatMap((notice) => {
      const trouble = told.get(notice.rid)?.body.trouble;
      return trouble && notice.office && phaseOf(notice, now, hall) !== "ended" ? [{ notice, trouble }] : [];
    })
    .sort((x, y) => x.notice.leaves_at - y.notice.leaves_at);
}

/** Approved leave of a person between two moments, as colleagues may know it. */
export function isOnLeave(leaves: Rows<"leave.unit">, uid: string, from: number, to: number): boolean {
  return [...leaves.values()].some(({ body }) => body.person === uid && body.settled && body.from_at < to && from < body.to_at);
}

/** Why somebody can hardly stand in between two moments; null when nothing is known against it. */
export function unfit(rows: PresenceRows, uid: string, from: number, to: number, now: number): "away" | "leave" | null {
  if (isOnLeave(rows.leaves, uid, from, to)) return "leave";
  const away = [...noticesOf(rows).values()].some((one) => one.person === uid && !one.whole_unit && phaseOf(one, now, rows.hall) !== "ended" && one.leaves_at < to && from < one.back_at);
  return away ? "away" : null;
}

/** True when this person is the last of the office in working hours: everybody else, if there is anybody, is away or on leave (AWY-03). */
export function isLastOfOffice(rows: PresenceRows, unit: string, contact: boolean, uid: string, from: number, to: number, now: number): boolean {
  if (!contact || !rows.hall || !opensWithin(rows.hall, from, to)) return false;
  const others = [...rows.people].filter(([id, { body }]) => body.unit === unit && id !== uid);
  return others.every(([id]) => unfit(rows, id, from, to, now) !== null);
}

/** True when the unit of the office's contact point would be wholly away in working hours: never so (AWY-03). */
export function emptiesOffice({ hall, units }: { hall: Hall | undefined; units: Rows<"unit"> }, unit: string | undefined, from: number, to: number): boolean {
  return unit !== undefined && hall !== undefined && Boolean(units.get(unit)?.body.contact_post) && opensWithin(hall, from, to);
}

/** Posts somebody is live at now: own, covered, promised (ORG-05). */
export function liveAt(posts: readonly PostNow[], uid: string): string[] {
  return posts.filter((post) => (post.state === "a" && post.a === uid) || (post.state === "cover" && post.by === uid)).map((post) => post.id);
}

/** Gaps that A and B leave together: both are away or on leave, so HEAD stands in or names somebody (AB-05). */
export function bothGone(rows: PresenceRows, posts: readonly PostNow[], now: number): PostNow[] {
  const gone = (uid: string | null) =>
    uid !== null && (isOnLeave(rows.leaves, uid, now, now + 1) || [...noticesOf(rows).values()].some((one) => one.person === uid && isAway(one, now, rows.hall)));
  return posts.filter((post) => post.state === "gap" && gone(post.a) && gone(post.b));
}

/** The day a private absence asks leave for: the form opens with it. */
export function leaveLink(from: number, to: number | null): string {
  return `/leave/new?from=${from}&to=${to ?? ""}&day=${dayOf(from)}`;
}
