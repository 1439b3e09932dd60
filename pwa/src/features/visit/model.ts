/** The pure half of a mystery visit: the draft, its progress, and a preview of its score. The server's own rules decide (server/domain/visit/rules.py). */
import type { Photo } from "../../sync/api";
import type { Checklist, ChecklistGroup, ChecklistItem, ItemAnswer, Mission, RecordVisit, Visit } from "../../sync/types.gen";
import * as sheet from "../hall/answering";
import type { Answers, Mark } from "../hall/answering";
import { itemsOf } from "./score";

export { MARKS, points, withAnswer, type Mark } from "../hall/answering";
export { gradeOf, itemsOf, scoreOf } from "./score";

/** What is kept on the device at every change, from the first tap until the visit is handed in. Times ms, 0 while unknown. */
export interface Draft {
  answers: Answers;
  arrived_at: number;
  left_at: number;
  badge: string;
  story: string;
  said: string;
  revealed: boolean;
  /** The statement on conflicts of interest: made or not, and what it names. */
  conflict_stated: "" | "none" | "some";
  conflict: string;
}

/** Whether `uid` has still a sheet to hand in: the other's does not close the mission (CON-35). */
export function isOpenFor(uid: string, rid: string, mission: Mission, visits: Iterable<Pick<Visit, "mission" | "visitor" | "state">>): boolean {
  if (mission.state === "open") return mission.team.includes(uid);
  return mission.state === "recorded" && mission.team.includes(uid) && ![...visits].some((visit) => visit.mission === rid && visit.visitor === uid && visit.state !== "void");
}

/** Whether the last day (ISO) of a mission is over and nobody has handed in a sheet; one that still comes is taken. */
export const isLate = (mission: Pick<Mission, "state" | "to_day">, today: string): boolean => mission.state === "open" && mission.to_day < today;

/** Where the draft of a mission's visit is kept on the device. */
export function draftKey(mission: string): string {
  return `visit:${mission}`;
}

/** An empty draft, begun on arrival. */
export function newDraft(now: number): Draft {
  return { answers: {}, arrived_at: now, left_at: 0, badge: "", story: "", said: "", revealed: false, conflict_stated: "", conflict: "" };
}

/** Answered items of `items`, by the draft. */
export function answered(items: readonly ChecklistItem[], draft: Draft): number {
  return sheet.answered(items, draft.answers);
}

/** The first unanswered item after item `after` in order, going round; undefined when none is left. */
export function nextOpen(checklist: Checklist, draft: Draft, after?: string): ChecklistItem | undefined {
  return sheet.nextOpen(checklist, draft.answers, after);
}

/** The group an item stands in. */
export function groupOf(checklist: Checklist, item: string): ChecklistGroup | undefined {
  return checklist.groups.find((group) => group.items.some((one) => one.id === item));
}

/** Failed items that do not yet say what was seen: a reminder, not an obstacle. */
export function withoutNote(draft: Draft): string[] {
  return Object.entries(draft.answers).flatMap(([item, answer]) => (answer.mark === "fail" && !answer.note?.trim() ? [item] : []));
}

/** The answers in checklist order, unanswered items left out. */
export function answersOf(checklist: Checklist, draft: Draft): ItemAnswer[] {
  return sheet.answersOf(checklist, draft.answers);
}

/** Photos of all items, as the record names them. */
export function photosOf(draft: Draft): Photo[] {
  return sheet.photosOf(draft.answers);
}

/** What still keeps a draft from being handed in. */
export type Missing = "items" | "proof" | "all_na" | "arrived" | "left" | "order" | "conflict";

/** In the order a person mends them. `team`: others fill the same list, so that what is left open is theirs (CON-35). */
export function missingOf(checklist: Checklist, draft: Draft, team = false): Missing[] {
  const missing: [Missing, boolean][] = [
    ["items", team ? answered(itemsOf(checklist), draft) === 0 : nextOpen(checklist, draft) !== undefined],
    ["proof", sheet.withoutProof(checklist, draft.answers).length > 0],
    ["all_na", itemsOf(checklist).every((item) => ["na", undefined].includes(draft.answers[item.id]?.mark)) && answered(itemsOf(checklist), draft) > 0],
    ["arrived", draft.arrived_at === 0],
    ["left", draft.left_at === 0],
    ["order", draft.arrived_at > 0 && draft.left_at > 0 && draft.left_at < draft.arrived_at],
    ["conflict", draft.conflict_stated === "" || (draft.conflict_stated === "some" && draft.conflict.trim() === "")],
  ];
  return missing.filter(([, is]) => is).map(([what]) => what);
}

/** The arguments of `visit.record`. */
export function recordOf(mission: string, checklistId: string, checklist: Checklist, draft: Draft): RecordVisit {
  return {
    mission,
    checklist: checklistId,
    arrived_at: draft.arrived_at,
    left_at: draft.left_at,
    answers: answersOf(checklist, draft),
    badge: draft.badge.trim(),
    story: draft.story.trim(),
    said: draft.said.trim(),
    revealed: draft.revealed,
    conflict: draft.conflict_stated === "some" ? draft.conflict.trim() : "",
  };
}

/** One item as a reader of the result sees it. */
export interface Line {
  item: ChecklistItem;
  answer: ItemAnswer;
}

const SEVERITY: Record<Mark, number> = { fail: 1, half: 2, full: 3, na: 4 };

/** Answered items, vetoes first, then failed, half, full, n.a.; checklist order inside each. */
export function failedFirst(checklist: Checklist, answers: readonly ItemAnswer[]): Line[] {
  const marks = new Map(answers.map((answer) => [answer.item, answer]));
  const rank = ({ item, answer }: Line): number => (item.veto && answer.mark === "fail" ? 0 : SEVERITY[answer.mark]);
  const lines = itemsOf(checklist).flatMap((item) => {
    const answer = marks.get(item.id);
    return answer ? [{ item, answer }] : [];
  });
  return lines.sort((a, b) => rank(a) - rank(b));
}
