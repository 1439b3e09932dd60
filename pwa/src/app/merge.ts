/** Three-way merge of what a form holds in two tabs: whatever one of them changed and the other did not is kept (OFF-02). */

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** `kept` with what has become of `base` in `mine`: field by field, in lists entry by entry; where both changed it, `mine`. */
export function merged<T>(base: T, mine: T, kept: T): T {
  return merge(base, mine, kept) as T;
}

function merge(base: unknown, mine: unknown, kept: unknown): unknown {
  if (same(mine, base)) return kept;
  if (same(kept, base)) return mine;
  if (isFields(mine) && isFields(kept)) return fields(isFields(base) ? base : {}, mine, kept);
  if (Array.isArray(mine) && Array.isArray(kept)) return entries(Array.isArray(base) ? base : [], mine, kept);
  return mine;
}

function fields(base: Fields, mine: Fields, kept: Fields): Fields {
  const names = new Set([...Object.keys(kept), ...Object.keys(mine)]);
  const all = [...names].map((name) => [name, merge(base[name], mine[name], kept[name])] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

/** Those of `mine` that the other has not taken out, then those it has put in. */
function entries(base: readonly unknown[], mine: readonly unknown[], kept: readonly unknown[]): unknown[] {
  const has = (list: readonly unknown[], one: unknown) => list.some((other) => same(one, other));
  return [...mine.filter((one) => has(kept, one) || !has(base, one)), ...kept.filter((one) => !has(base, one) && !has(mine, one))];
}
