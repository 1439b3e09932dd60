/** What became of an op, as screens ask: by its result, or by what was known of it in the chain it was in before. Pure. */
import type { OpState } from "./api.ts";
import type { Op } from "./store.ts";
import type { Head, Result } from "./types.gen.ts";

/** That many of the last ops stay on the device whatever became of them. */
export const KEEP_OPS_MIN = 200;

/** Held until another record arrives: settles itself and asks nothing of the person. */
export const WAITS = new Set(["REF_WAIT", "BEHIND_HELD"]);

/** What is known of an op, whatever it says. */
type Fate = Pick<Op, "result" | "was" | "settled">;

/** The last word on an op: a repeated one has the fate of its first sending. */
export function fateOf({ result, was }: Fate): Result | undefined {
  return result?.st === "dup" ? (was ?? result) : (result ?? was);
}

/** Where an op stands. */
export function outcome(op: Fate): Exclude<OpState, "saved" | "sending"> | undefined {
  const fate = fateOf(op);
  if (fate?.st !== "dup") return fate?.st;
  return fate.first && fate.first !== "dup" ? fate.first : "applied";
}

/** The op waits in 需处理: refused, or held for a person, and not yet dealt with. */
export function needsPerson(op: Fate): boolean {
  const st = outcome(op);
  if (op.settled) return false;
  return st === "refused" || (st === "held" && !WAITS.has(fateOf(op)?.code ?? ""));
}

/** The op's optimistic effect still stands in for rows that have not come: until its ack arrived with them, or it was refused (law I15). */
export function isPending(op: Fate & Pick<Op, "seq" | "shown">, acked: Head): boolean {
  return !op.shown && op.seq > acked.seq && outcome(op) !== "refused";
}
