/** The hall's settings as the screen reads them: what a parameter is today, since when, what comes next; what plates say. Pure (§16, GEN-03, DSP-06). */
import { t } from "../../i18n";
import type { Hall, Person } from "../../sync/types.gen";
import { SURNAMES, type Param } from "./params.gen";

export type Value = number | string | boolean;

/** A value and the day since when it holds; "" for what held before anything was said. */
export interface Step {
  from_day: string;
  value: Value;
}

/** Everything that was ever said of a parameter, in rising order; nothing where it is as it was. */
export function stepsOf(hall: Hall, key: string): Step[] {
  return (hall.dated ?? []).flatMap(({ from_day, rules }) => (rules[key] === undefined ? [] : [{ from_day, value: rules[key] }]));
}

/** What holds on a day, and what comes next. The twin of `setting` in server/domain/hall/rules.py. */
export function standing(hall: Hall, param: Param, day: string): { now: Step; next: Step | undefined } {
  const steps = stepsOf(hall, param.key);
  const now = steps.filter(({ from_day }) => from_day <= day).at(-1);
  return { now: now ?? { from_day: "", value: hall.rules[param.key] ?? param.default }, next: steps.find(({ from_day }) => from_day > day) };
}

const PLAIN: readonly string[] = ["chk.team_min", "ptl.points_min"];

/** A number with the unit its key ends with. */
export function amount(key: string, n: number): string {
  if (PLAIN.includes(key)) return String(n);
  if (/_min(utes)?$/.test(key)) return t("{n} 分钟", { n });
  if (key.endsWith("_days")) return t("{n} 天", { n });
  if (key.endsWith("_hours")) return t("{n} 小时", { n });
  if (/_s(econds)?$/.test(key)) return t("{n} 秒", { n });
  if (key.endsWith("_years")) return t("{n} 年", { n });
  return key.endsWith("_percent") ? `${n}%` : String(n);
}

/** The surname of a person as typed: the twin of server/domain/hall/rules.py. */
export function surname(name: string): string {
  if (/^[\0-\x7f]*$/.test(name)) return name.split(" ").at(-1) ?? "";
  const [first = "", second = "", third = ""] = name;
  return third && SURNAMES.includes(first + second) ? first + second : first;
}

/** What the plate of a person says, by a policy (DSP-06). */
export function plateOf(policy: Hall["plate"], person: Pick<Person, "name" | "badge">, title: string): string {
  return policy === "badge" ? person.badge : policy === "surname_title" ? `${surname(person.name)} ${title}` : person.name;
}
