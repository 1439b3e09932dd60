/** The sentence by which a computed result explains itself, in the reader's language (EVD-11), and what the clock behind a record is worth (EVD-03). */
import { clock, lookup, t } from "../../i18n";
import type { Explain } from "../../sync/types.gen";
import { EXPLAIN, EXPLAIN_PARAMS } from "./explain.gen";
import { personName, postName, type Rows } from "./names";

/** Times by the hall's clock, people by name, posts by number. */
export function sentence(explain: Explain, people: Rows<"person">, posts: Rows<"post">): string {
  const text = (key: string, value: string | number) => {
    const kind = EXPLAIN_PARAMS[key];
    if (kind === "time") return clock(Number(value));
    if (kind === "post") return postName(posts, String(value));
    return kind === "person" ? personName(people, String(value)) : value;
  };
  const params = Object.fromEntries(Object.entries(explain.params).map(([key, value]) => [key, text(key, value)]));
  return lookup(EXPLAIN[explain.key] ?? explain.key, params);
}

export function gradeWord(grade: "A" | "B" | "C"): string {
  if (grade === "A") return t("A：时间有凭据");
  if (grade === "B") return t("B：按校正后的时间");
  return t("C：时间无法核实，由人判定");
}
