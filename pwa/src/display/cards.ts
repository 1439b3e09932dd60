/** The cards of the side column in their turn (DSP-01): what every hall has, what the office has put on the board, codes to scan. Pure. */
import type { BoardPublic, RowBody } from "../sync/types.gen";

export type Kind = RowBody["board.pub"]["kind"];

/** One card. `said`: the office's own words for it; without them the card is one every hall has. */
export interface Card {
  id: "hours" | "codes" | Kind;
  said: BoardPublic | null;
}

/** Of these the newest in force counts; of the others all stand. */
const SINGLE: ReadonlySet<Kind> = new Set(["leader", "channel", "figures", "progress"]);
const FIRST: readonly Kind[] = ["notice", "leader"];
const LAST: readonly Kind[] = ["figures", "progress", "procedure", "basis", "term", "result"];

/** What stands on `day` (ISO), the newest first; `persons`: the board is fresh enough to name somebody (CON-41). */
export function standing(items: Iterable<BoardPublic>, day: string, persons: boolean): BoardPublic[] {
  const now = [...items].filter((one) => one.first <= day && day <= one.until && (persons || one.kind !== "leader")).sort((a, b) => b.at - a.at);
  return now.filter((one, at) => !SINGLE.has(one.kind) || now.findIndex(({ kind }) => kind === one.kind) === at);
}

/** Codes to scan only while the site is heard. */
export function cardsOf(said: readonly BoardPublic[], coded: boolean): Card[] {
  const of = (kind: Kind): Card[] => said.filter((one) => one.kind === kind).map((one) => ({ id: kind, said: one }));
  const own = (kind: Kind): Card[] => (of(kind).length > 0 ? of(kind) : [{ id: kind, said: null }]);
  const codes: Card[] = coded ? [{ id: "codes", said: null }] : [];
  return [{ id: "hours", said: null }, ...FIRST.flatMap(of), ...own("promise"), ...own("channel"), ...LAST.flatMap(of), ...codes];
}

/** A share in per cent with one decimal, never rounded up: 399 of 400 are not all. */
export function percent({ part, whole }: { part: number; whole: number }): string {
  return `${(Math.floor((part * 1000) / whole) / 10).toFixed(1)}%`;
}
