/** Answering a checklist: what a draft holds, what is still open, what a list asks for (CHK-07, FAC-06). */
import type { Photo } from "../../sync/api";
import type { Checklist, ChecklistItem, ItemAnswer } from "../../sync/types.gen";
import { itemsOf } from "./checklist";

export type Mark = ItemAnswer["mark"];

/** In the order of the keys: 合格, 部分, 不合格, 不适用. */
export const MARKS: readonly Mark[] = ["full", "half", "fail", "na"];

/** One item's answer while it is being given. */
export interface Given {
  mark?: Mark;
  note?: string;
  photos?: Photo[];
  /** When it was marked (ms). */
  at?: number;
}
export type Answers = Record<string, Given>;

/** Whether an item may be marked 不适用. */
export const marksOf = (item: ChecklistItem): readonly Mark[] => (item.na === false ? MARKS.slice(0, 3) : MARKS);

/** Answered items of `items`. */
export function answered(items: readonly ChecklistItem[], answers: Answers): number {
  return items.filter((item) => answers[item.id]?.mark !== undefined).length;
}

/** The first unanswered item after item `after` in order, going round; undefined when none is left. */
export function nextOpen(checklist: Checklist, answers: Answers, after?: string): ChecklistItem | undefined {
  const items = itemsOf(checklist);
  const start = items.findIndex((item) => item.id === after) + 1;
  return [...items.slice(start), ...items.slice(0, start)].find((item) => answers[item.id]?.mark === undefined);
}

/** The answers with one item's mark or note changed. */
export function withAnswer(answers: Answers, item: string, change: Given): Answers {
  return { ...answers, [item]: { ...answers[item], ...change } };
}

/** Failed items that ask for a note or a photo and have neither: they keep a check from being handed in. */
export function withoutProof(checklist: Checklist, answers: Answers): ChecklistItem[] {
  return itemsOf(checklist).filter((item) => {
    const answer = answers[item.id];
    return item.proof === true && answer?.mark === "fail" && !answer.note?.trim() && !answer.photos?.length;
  });
}

/** The answers in checklist order, unanswered items left out. */
export function answersOf(checklist: Checklist, answers: Answers): ItemAnswer[] {
  return itemsOf(checklist).flatMap((item) => {
    const answer = answers[item.id];
    const note = answer?.note?.trim();
    const photos = answer?.photos?.map(({ sha256 }) => sha256) ?? [];
    return answer?.mark ? [{ item: item.id, mark: answer.mark, ...(note ? { note } : {}), ...(photos.length ? { photos } : {}), ...(answer.at ? { at: answer.at } : {}) }] : [];
  });
}

/** Photos of all items, as the record names them. */
export function photosOf(answers: Answers): Photo[] {
  return Object.values(answers).flatMap(({ photos = [] }) => photos);
}

/** "91.5", "59": tenths as people write them. */
export function points(tenths: number): string {
  return tenths % 10 === 0 ? String(tenths / 10) : (tenths / 10).toFixed(1);
}

/** The newest version of each list of a use that has begun, by its id: what new records are made with (FAC-06). */
export function listsNow(rows: Iterable<readonly [string, Checklist]>, use: NonNullable<Checklist["use"]>, today: string): [string, Checklist][] {
  const newest = new Map<string, [string, Checklist]>();
  for (const [id, list] of rows) {
    if ((list.use ?? "visit") !== use || (list.valid_from ?? "") > today) continue;
    const name = id.slice(0, id.lastIndexOf("-"));
    const known = newest.get(name);
    if (!known || known[1].version < list.version) newest.set(name, [id, list]);
  }
  return [...newest.values()].sort(([a], [b]) => (a < b ? 1 : -1));
}
