/** Finding codes on the device: what each is on a day, and which a person may record (PRH-01). Twin of server/domain/norms. */
import { dayOf, names } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { CodeRow, CodeRule } from "../../sync/types.gen";

let last: { rows: unknown; day: string; found: Map<string, CodeRule> } | null = null;

/** Every code as it is on a day (ISO), by code; one that is younger than that day as it was first. */
export function codesOn(sync: Sync, day: string): ReadonlyMap<string, CodeRule> {
  const rows = sync.rows("code").value;
  if (last?.rows !== rows || last.day !== day) last = { rows, day, found: sorted([...rows.values()].map(({ body }) => body), day) };
  return last.found;
}

function sorted(every: CodeRow[], day: string): Map<string, CodeRule> {
  const found = new Map<string, CodeRule>();
  const byDay = every.sort((a, b) => (a.rule.valid_from < b.rule.valid_from ? -1 : 1));
  for (const { code, rule } of byDay) if (!found.has(code) || rule.valid_from <= day) found.set(code, rule);
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether holders of these roles may record a code. */
export const mayRecord = (rule: CodeRule, roles: readonly string[]): boolean => !rule.retired && (!rule.who?.length || rule.who.some((role) => roles.includes(role)));

/** What a code is called today; a code nobody knows any more shows itself. */
export function codeWord(sync: Sync, code: string): string {
  return names(codesOn(sync, dayOf(sync.now())).get(code)?.names) || code;
}

/** Every code this person may record now, for a choice: "F20 未一次性告知". */
export function codeOptions(sync: Sync): { value: string; label: string }[] {
  const roles = sync.rows("me").value.get(sync.uid)?.body.roles ?? [];
  return [...codesOn(sync, dayOf(sync.now()))].filter(([, rule]) => mayRecord(rule, roles)).map(([value, rule]) => ({ value, label: `${value} ${names(rule.names)}` }));
}
