/** The four times of a day's line: what is typed is kept until its span is whole. Pure (CAL-05). */
export type Spans = [string, string][];
type Edges = readonly string[];

export const edgesOf = (spans: Spans): Edges => [0, 1].flatMap((n) => spans[n] ?? ["", ""]);

/** The edges with one of them typed anew. */
export const typed = (edges: Edges, index: number, value: string): Edges => edges.map((edge, at) => (at === index ? value : edge));

/** Those spans that have both their times. */
export function spansOf([a = "", b = "", c = "", d = ""]: Edges): Spans {
  const pairs: Spans = [[a, b], [c, d]];
  return pairs.filter(([start, end]) => start && end);
}
