/** Checklists on the device: their items and the score of an answer sheet (CHK-07, FAC-06). A preview; the server's own rules decide
 * (server/domain/norms/rules.py). Small, because the effects of a visit are part of the first load. */
import type { Checklist, ChecklistItem, ItemAnswer, Score } from "../../sync/types.gen";

/** A failed veto item caps a check at 59 points; scores are kept in tenths. */
const CAP_TENTHS = 590;

/** Every item of the checklist, in order. */
export function itemsOf(checklist: Checklist): ChecklistItem[] {
  return checklist.groups.flatMap((group) => group.items);
}

/**
 * The score as the server will give it (CHK-07): full two halves of each point, half one; n.a. leaves both sums;
 * a failed veto item caps at 59.0. Nothing but n.a. scores 0. Rounded half up to tenths.
 */
export function scoreOf(checklist: Checklist, answers: readonly ItemAnswer[]): Score {
  const marks = new Map(answers.map((answer) => [answer.item, answer.mark]));
  let got_halves = 0;
  let possible = 0;
  const vetoes: string[] = [];
  for (const item of itemsOf(checklist)) {
    const mark = marks.get(item.id);
    if (mark === undefined || mark === "na") continue;
    possible += item.points;
    if (mark !== "fail") got_halves += mark === "full" ? item.points * 2 : item.points;
    else if (item.veto) vetoes.push(item.id);
  }
  const raw = possible === 0 ? 0 : Math.floor((1000 * got_halves + possible) / (2 * possible));
  const capped = vetoes.length > 0;
  const tenths = capped ? Math.min(raw, CAP_TENTHS) : raw;
  return { tenths, got_halves, possible, capped, vetoes: vetoes.sort(), grade: gradeOf(tenths) };
}

/** ≥ 90 good, ≥ 80 acceptable, ≥ 60 to correct, below that failed (catalogue §6). */
export function gradeOf(tenths: number): Score["grade"] {
  if (tenths >= 900) return "good";
  if (tenths >= 800) return "acceptable";
  return tenths >= 600 ? "to_correct" : "failed";
}
