/** One away notice as any face shows it, and what time has made of it. Pure; the phone says overdue and silent by itself when it is offline. */
import type { AwayInspector, AwayOffice, AwayUnit, Hall } from "../../sync/types.gen";
import { minutesMs } from "../hall/rules";
import type { Rows } from "../hall/names";

export type Reason = AwayOffice["reason"];
export type Cover = AwayOffice["cover"];

/** The part of a notice every face has; `office` when this device may see all of it. */
export interface Notice {
  rid: string;
  ver: number;
  pending: boolean;
  person: string;
  whole_unit: boolean;
  posts: string[];
  reason: Reason;
  leaves_at: number;
  back_at: number;
  state: AwayOffice["state"];
  cover: Cover;
  stand_in: string | null;
  destination: string;
  /** Leaving does not count before the head has agreed (AWY-03, AWY-12). */
  barred: boolean;
  /** Who has come back while the whole unit is away (AWY-02). */
  back_alone: readonly string[];
  office: AwayOffice | null;
}

export interface NoticeRows {
  office: Rows<"away.office">;
  unit: Rows<"away.unit">;
  inspector: Rows<"away.ins">;
}

/** Every notice this device knows, each by its fullest face. */
export function noticesOf(rows: NoticeRows): Map<string, Notice> {
  const found = new Map<string, Notice>();
  const add = (rid: string, view: { ver: number; pending: boolean }, body: AwayOffice | AwayUnit | AwayInspector, office: AwayOffice | null) =>
    found.set(rid, {
      rid,
      ver: view.ver,
      pending: view.pending,
      person: body.person,
      whole_unit: "whole_unit" in body && body.whole_unit,
      posts: body.posts,
      reason: body.reason,
      leaves_at: body.leaves_at,
      back_at: body.back_at,
      state: body.state,
      cover: body.cover,
      stand_in: body.stand_in ?? null,
      destination: "destination" in body ? body.destination : "",
      barred: Boolean(body.barred),
      back_alone: body.back_alone ?? [],
      office,
    });
  for (const [rid, view] of rows.inspector) add(rid, view, view.body, null);
  for (const [rid, view] of rows.unit) add(rid, view, view.body, null);
  for (const [rid, view] of rows.office) add(rid, view, view.body, view.body);
  return found;
}

/** Where a notice stands now: announced for later, away, past the expected return, past the grace, or over (AWY-07). */
export type Phase = "planned" | "away" | "due" | "overdue" | "ended";

export function phaseOf(notice: Pick<Notice, "state" | "leaves_at" | "back_at">, now: number, hall: Hall | undefined): Phase {
  if (notice.state !== "active" && notice.state !== "overdue") return "ended";
  if (notice.leaves_at > now) return "planned";
  if (notice.state === "overdue" || now > notice.back_at + minutesMs(hall, "awy.return_grace_min")) return "overdue";
  return now > notice.back_at ? "due" : "away";
}

/** The stand-in's answer; not confirmed after three minutes reads as silence even before the server says so (AWY-08). */
export function coverOf(notice: Pick<Notice, "cover" | "office">, now: number, hall: Hall | undefined): Cover {
  const told_at = notice.office?.received_at;
  const waited = told_at !== undefined && now - told_at > minutesMs(hall, "awy.standin_confirm_min");
  return notice.cover === "told" && waited ? "silent" : notice.cover;
}

/** True while the person is off the post by this notice. */
export function isAway(notice: Notice, now: number, hall: Hall | undefined): boolean {
  const phase = phaseOf(notice, now, hall);
  return !notice.barred && phase !== "planned" && phase !== "ended";
}

/** The person's own notice that is not over: away now before one announced for later. */
export function ownNotice(notices: ReadonlyMap<string, Notice>, uid: string, now: number, hall: Hall | undefined): Notice | undefined {
  return [...notices.values()]
    .filter((notice) => notice.person === uid && phaseOf(notice, now, hall) !== "ended")
    .sort((a, b) => a.leaves_at - b.leaves_at)[0];
}

/** The absence of the whole unit that `uid` is in, but for its own person, and has not come back from alone (AWY-02). */
export function unitNotice(notices: ReadonlyMap<string, Notice>, uid: string, unit: string, now: number, hall: Hall | undefined): Notice | undefined {
  return [...notices.values()]
    .filter((notice) => notice.whole_unit && (notice.office?.unit ?? unit) === unit && notice.person !== uid && !notice.back_alone.includes(uid) && isAway(notice, now, hall))
    .sort((a, b) => a.leaves_at - b.leaves_at)[0];
}

/** Notices that ask `uid` to stand in and wait for an answer, the earliest leave first. */
export function asksOf(notices: ReadonlyMap<string, Notice>, uid: string, now: number, hall: Hall | undefined): Notice[] {
  return [...notices.values()]
    .filter((notice) => notice.stand_in === uid && (notice.cover === "told" || notice.cover === "silent") && phaseOf(notice, now, hall) !== "ended")
    .sort((a, b) => a.leaves_at - b.leaves_at);
}

/** Notices that wait for judgement by `uid`, never by the subject: made after the person had left (CON-03). */
export function lateToJudge(notices: ReadonlyMap<string, Notice>, uid: string): Notice[] {
  return [...notices.values()]
    .filter(({ office, state, person }) => person !== uid && office?.late === true && (office.late_accepted ?? null) === null && state !== "cancelled")
    .sort((a, b) => a.leaves_at - b.leaves_at);
}

/** Notices past their grace, for the head to close: the longest first. */
export function overdueOf(notices: ReadonlyMap<string, Notice>, now: number, hall: Hall | undefined): Notice[] {
  return [...notices.values()].filter((notice) => phaseOf(notice, now, hall) === "overdue").sort((a, b) => a.back_at - b.back_at);
}
