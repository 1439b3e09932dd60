/** Units and roles by days: what a change from a day on makes of what was said before (CON-43, VIS-02). Pure. */
import type { RoleTerm, UnitTerm } from "../../sync/types.gen";
import { addDays } from "./grid";

const holds = (term: { from_day: string; to_day?: string }, day: string) => term.from_day <= day && (!term.to_day || day <= term.to_day);

/** Since when somebody holds what he holds, where nobody has said. */
const FIRST_DAY = "2000-01-01";

/** The unit changes from `day` on; what was before ends the day before. */
export function moveTo(units: readonly UnitTerm[], present: string, unit: string, day: string): UnitTerm[] {
  const known: readonly UnitTerm[] = units.length > 0 ? units : present ? [{ unit: present, from_day: FIRST_DAY }] : [];
  if (known.find((term) => holds(term, day))?.unit === unit) return [...known];
  return [...cut(known, day), ...(unit ? [{ unit, from_day: day }] : [])];
}

/** Exactly these roles are held from `day` on. */
export function holdFrom(terms: readonly RoleTerm[], present: readonly string[], roles: readonly string[], day: string): RoleTerm[] {
  const known: readonly RoleTerm[] = terms.length > 0 ? terms : present.map((role) => ({ role, from_day: FIRST_DAY }));
  const stay = known.filter((term) => roles.includes(term.role) && (!term.to_day || term.to_day >= day) && term.from_day <= day);
  const ended = cut(known.filter((term) => !stay.includes(term)), day);
  const begin = roles.filter((role) => !stay.some((term) => term.role === role)).map((role) => ({ role, from_day: day }));
  return [...ended, ...stay.map(({ role, from_day }) => ({ role, from_day })), ...begin];
}

/** What of these terms was before `day`. */
function cut<T extends { from_day: string; to_day?: string }>(terms: readonly T[], day: string): T[] {
  return terms.filter((term) => term.from_day < day).map((term) => (term.to_day && term.to_day < day ? term : { ...term, to_day: addDays(day, -1) }));
}

export const unitOn = (units: readonly UnitTerm[], day: string): string => units.find((term) => holds(term, day))?.unit ?? "";
export const rolesOn = (terms: readonly RoleTerm[], day: string): string[] => [...new Set(terms.filter((term) => holds(term, day)).map((term) => term.role))];
