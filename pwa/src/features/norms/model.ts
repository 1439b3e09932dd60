/** The pure half of the hall's norms: the edition in force, who has not read it, versions of lists, what a list lacks (PRH-06, FAC-06). */
import { dayOf } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Checklist, ChecklistGroup, ChecklistItem, Handbook, PutChecklist } from "../../sync/types.gen";

export const POINTS = 100;
const OP_BYTES_MAX = 31_000;

/** The newest edition of the handbook that has begun. */
export function editionNow(sync: Sync): View<Handbook> | undefined {
  const today = dayOf(sync.now());
  const begun = [...sync.rows("handbook").value.values()].filter(({ body }) => body.from_day <= today);
  return begun.sort((a, b) => Number(b.rid) - Number(a.rid))[0];
}

/** Everybody of the hall this device knows of who has not said to have read an edition; of one unit where one is given. */
export function unreadBy(sync: Sync, edition: string, unit: string): string[] {
  const read = sync.rows("handbook.read").value;
  return [...sync.rows("person").value]
    .filter(([uid, { body }]) => !body.left && !body.roles.includes("BOARD") && (!unit || body.unit === unit) && !read.has(`${edition}:${uid}`))
    .map(([uid]) => uid);
}

/** How many were to read it, by the same measure. */
export function readersOf(sync: Sync, unit: string): number {
  return [...sync.rows("person").value.values()].filter(({ body }) => !body.left && !body.roles.includes("BOARD") && (!unit || body.unit === unit)).length;
}

/** "ms" of "ms-2". */
export const listOf = (rid: string): string => rid.slice(0, rid.lastIndexOf("-"));

/** The versions of each list, newest first, by the name of the list. */
export function versionsOf(rows: Iterable<readonly [string, Checklist]>): Map<string, [string, Checklist][]> {
  const found = new Map<string, [string, Checklist][]>();
  for (const [rid, body] of rows) found.set(listOf(rid), [...(found.get(listOf(rid)) ?? []), [rid, body]]);
  for (const versions of found.values()) versions.sort(([, a], [, b]) => b.version - a.version);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A list while it is being written. */
export interface ListDraft {
  names: Record<string, string>;
  groups: ChecklistGroup[];
  valid_from: string;
  text: string;
}

/** Points of everything in it. */
export const sumOf = (groups: readonly ChecklistGroup[]): number => groups.reduce((sum, group) => sum + group.items.reduce((inside, item) => inside + item.points, 0), 0);

export type Lack = "name" | "groups" | "item" | "twice" | "points" | "sum" | "day" | "size";
const ID = /^[A-Za-z][A-Za-z0-9_.]{0,15}$/;

/** The first thing that keeps a list from being published; the server looks again. */
export function lackOf(draft: ListDraft, use: PutChecklist["use"], today: string): Lack | null {
  const items = draft.groups.flatMap((group) => group.items);
  const ids = [...items.map((item) => item.id), ...draft.groups.map((group) => group.id)];
  if (!draft.names["zh_Hans"]?.trim()) return "name";
  if (items.length === 0 || draft.groups.some((group) => group.items.length === 0 || !group.names["zh_Hans"]?.trim())) return "groups";
  if (items.some((item) => !item.names["zh_Hans"]?.trim()) || ids.some((id) => !ID.test(id))) return "item";
  if (new Set(items.map((item) => item.id)).size < items.length || new Set(draft.groups.map((group) => group.id)).size < draft.groups.length) return "twice";
  if (items.some((item) => !Number.isInteger(item.points) || item.points < 0 || (item.veto && item.points === 0))) return "points";
  if (sumOf(draft.groups) !== (use === "quick" ? 0 : POINTS)) return "sum";
  if (draft.valid_from < today) return "day";
  return new TextEncoder().encode(JSON.stringify(draft)).length > OP_BYTES_MAX ? "size" : null;
}

/** The groups with one item put in the place of item `id`, or away with `null`; a new one at the end of its group. */
export function withItem(groups: readonly ChecklistGroup[], group: string, id: string | null, item: ChecklistItem | null): ChecklistGroup[] {
  return groups.map((one) => {
    if (one.id !== group) return one;
    const items = one.items.flatMap((old) => (old.id !== id ? [old] : item ? [item] : []));
    return { ...one, items: id === null && item ? [...items, item] : items };
  });
}

/** The groups with an item one place up or down inside its group. */
export function moved(groups: readonly ChecklistGroup[], group: string, id: string, by: -1 | 1): ChecklistGroup[] {
  return groups.map((one) => {
    const from = one.items.findIndex((item) => item.id === id);
    const other = one.items[from + by];
    const item = one.items[from];
    if (one.id !== group || !item || !other) return one;
    return { ...one, items: one.items.map((old, at) => (at === from ? other : at === from + by ? item : old)) };
  });
}

/** An id nobody has yet: the group's letter and the next number. */
export function nextId(groups: readonly ChecklistGroup[], stem: string): string {
  const ids = new Set(groups.flatMap((group) => [group.id, ...group.items.map((item) => item.id)]));
  for (let n = 1; ; n += 1) {
    const id = `${stem}${String(n).padStart(2, "0")}`;
    if (!ids.has(id)) return id;
  }
}
