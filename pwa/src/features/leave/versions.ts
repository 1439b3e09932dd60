/** Dated data: which version of a type or a table of approvers is in force on a day (LVT-02). */
import type { LeaveChain } from "../../sync/types.gen";
import type { Rows } from "../hall/names";

/** The last version that has begun by `day`, or the first that will. */
export function inForce<V extends { valid_from: string }>(versions: readonly V[], day: string): V | undefined {
  const ordered = [...versions].sort((x, y) => (x.valid_from < y.valid_from ? -1 : 1));
  return ordered.filter((one) => one.valid_from <= day).at(-1) ?? ordered[0];
}

/** Of every table of approvers the version in force on `day`. */
export function chainsOn(chains: Rows<"leave.chain">, day: string): LeaveChain[] {
  const all = [...chains.values()].map(({ body }) => body);
  return [...new Set(all.map((one) => one.name))].flatMap((name) => inForce(all.filter((one) => one.name === name), day) ?? []);
}
