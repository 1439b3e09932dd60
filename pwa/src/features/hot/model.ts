/** What was frequent in a period, by kind and section: incidents, problems and findings of this device's rows. Pure. */
import type { Counted, Finding, HotOrder, Incident, Problem } from "../../sync/types.gen";

export type Source = Counted["source"];

/** One line: how often something was there in a section. `hot`: often enough to be the section's matter; `hard`: it resists. */
export interface Line {
  unit: string;
  source: Source;
  kind: string;
  count: number;
  hot: boolean;
  hard: boolean;
}

/** Something that happened in a section. `at` ms; `hard`: it was not put right at once, or came back. */
export interface Seen {
  unit: string;
  source: Source;
  kind: string;
  at: number;
  hard: boolean;
}

/** An incident, as the matter of a section; nothing for one of several reports of a thing, or an exercise (CON-40, EMG-09). */
export function ofIncident(one: Incident, unit: string): Seen[] {
  return one.main || one.drill || one.state === "mistaken" ? [] : [{ unit, source: "incident", kind: one.kind, at: one.found_at, hard: one.escalated === "lead" }];
}

export function ofProblem(one: Problem): Seen {
  const returned = one.steps.some(({ step }) => step === "returned");
  return { unit: one.unit, source: "problem", kind: one.code, at: one.found_at, hard: returned || Boolean(one.recurs) || Boolean(one.overdue) || Boolean(one.extended) || one.state === "not_done" };
}

/** A finding that stands; what is open or explained is no matter of a section (EVD-03). */
export function ofFinding(one: Finding, unit: string): Seen[] {
  return one.state === "unattended" ? [{ unit, source: "finding", kind: one.state, at: one.from_at, hard: false }] : [];
}

/** Every line with something in it between two moments (ms), the most frequent first. `many`: how often is hot. */
export function analyse(seen: Iterable<Seen>, from_at: number, to_at: number, many: number): Line[] {
  const lines = new Map<string, Line>();
  for (const { unit, source, kind, at, hard } of seen) {
    if (!unit || at < from_at || at >= to_at) continue;
    const key = [unit, source, kind].join("\n");
    const line = lines.get(key);
    const count = (line?.count ?? 0) + 1;
    lines.set(key, { unit, source, kind, count, hot: count >= many, hard: hard || (line?.hard ?? false) });
  }
  return [...lines.values()].sort((a, b) => b.count - a.count || Number(b.hard) - Number(a.hard) || (a.unit + a.kind < b.unit + b.kind ? -1 : 1));
}

/** Orders in the order in which they ask for attention: open before settled, overdue first, then by their term. */
export function inOrder<T extends { body: HotOrder }>(orders: readonly T[]): T[] {
  return [...orders].sort((a, b) => Number(a.body.state === "settled") - Number(b.body.state === "settled") || Number(b.body.overdue ?? false) - Number(a.body.overdue ?? false) || a.body.due_at - b.body.due_at);
}

export type Act = "answer" | "settle" | "return";

/** What this person may do with an order now; nobody settles the answer of the own section. */
export function acts(order: HotOrder, me: { unit: string; roles: readonly string[] }): Act[] {
  const own = me.unit === order.unit;
  if (own && me.roles.includes("HEAD") && order.state !== "settled") return ["answer"];
  const gives = ["OFF", "EFF", "LEAD", "TOP"].some((role) => me.roles.includes(role));
  return gives && !own && order.state === "answered" ? ["return", "settle"] : [];
}
