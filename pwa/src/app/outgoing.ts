/** Questions about the outbox that several screens ask. */
import type { OutboxItem } from "../sync/api";
import { WAITS } from "../sync/fate";

/** Stands in 需处理: refused, or held for a person, and not dealt with yet. */
export function needsPerson(item: OutboxItem): boolean {
  if (item.settled) return false;
  return item.state === "refused" || (item.state === "held" && !WAITS.has(item.reason ?? ""));
}

export function isUnsent(item: OutboxItem): boolean {
  return item.state === "saved" || item.state === "sending";
}
