/** What the other layouts show (DSP-09), from the same public faces as the lobby board; the overview from the inside ones. No DOM, no clock. */
import type { PostInside, PostPublic, RowBody } from "../sync/types.gen";
import { isException, type Cell, type Stage } from "./model";

export type Layout = RowBody["screen"]["layout"];

/** What a unit's door, or one of its windows (AWY-08), says: who serves there, and the class of reason and return while all of them are away (AWY-02, PRV-03). */
export interface Door {
  cells: Cell[];
  unit: Record<string, string> | null;
  away: { label: PostPublic["label"]; back_at: number | null; go_to: string } | null;
}

export function doorOf(cells: readonly Cell[], unit: string, post = ""): Door {
  const mine = cells.filter((cell) => cell.post.unit_id === unit && (!post || cell.rid === post));
  const gone = mine.find((cell) => cell.post.all_away);
  const label = gone?.post.all_away;
  return {
    cells: mine,
    unit: mine[0]?.post.unit ?? null,
    away: gone && label ? { label, back_at: gone.post.back_at ?? null, go_to: gone.post.go_to ?? "" } : null,
  };
}

/** Lines of the whereabouts board on one page of a wide screen. */
export const LINES = 12;

/** How many find room on a screen of this size: an upright one has more, each as tall as on a wide one (6 of 100 parts of the shorter side). */
export const linesOn = (width: number, height: number): number => Math.max(LINES, Math.floor(((100 * height) / Math.min(width, height) - 25) / 6));

/** The whereabouts board 人员去向公示: who is not at the post first, the longest away first, then everybody in walking order; by pages. */
export function whereaboutsPages(cells: readonly Cell[], lines = LINES): Cell[][] {
  const people = cells.filter((cell) => cell.post.plate);
  const away = people.filter((cell) => isException(cell.post)).sort((x, y) => x.post.since - y.post.since);
  const ordered = [...away, ...people.filter((cell) => !isException(cell.post))];
  const pages: Cell[][] = [];
  for (let start = 0; start < ordered.length; start += lines) pages.push(ordered.slice(start, start + lines));
  return pages.length > 0 ? pages : [[]];
}

/** One post as the office's overview has it. */
export interface Inside {
  rid: string;
  post: PostInside;
}

export interface Overview {
  here: number;
  covered: number;
  away: number;
  overdue: number;
  /** Required posts nobody serves, the longest first. */
  gaps: Inside[];
  /** Everybody who is away, those overdue first, then by expected return. */
  gone: Inside[];
}

const UNSERVED: ReadonlySet<PostPublic["label"]> = new Set(["step_away", "official_out", "meeting_training", "off_today", "suspended"]);

export function overviewOf(rows: Iterable<[string, PostInside]>): Overview {
  const posts = Array.from(rows, ([rid, post]) => ({ rid, post }));
  const gone = posts.filter(({ post }) => post.left_at !== undefined && post.left_at !== null && post.label !== "closed");
  return {
    here: posts.filter(({ post }) => post.label === "on_post").length,
    covered: posts.filter(({ post }) => post.label === "covered").length,
    away: gone.length,
    overdue: gone.filter(({ post }) => post.overdue).length,
    gaps: posts.filter(({ post }) => post.required && UNSERVED.has(post.label)).sort((x, y) => x.post.since - y.post.since || (x.post.number < y.post.number ? -1 : 1)),
    gone: gone.sort((x, y) => Number(y.post.overdue ?? false) - Number(x.post.overdue ?? false) || (x.post.back_at ?? Infinity) - (y.post.back_at ?? Infinity)),
  };
}

/** What may still be said at this age: persons and times for ten minutes, states for half an hour, then only what never changes (CON-41). */
export function mayShow(stage: Stage): { persons: boolean; states: boolean } {
  return { persons: stage !== "hidden" && stage !== "static", states: stage !== "static" };
}
