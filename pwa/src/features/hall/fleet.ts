/** The devices of a hall as rows tell of them, and whether one may be disabled without losing anything. Pure. */
import type { Sync } from "../../sync/api";
import type { DeviceState } from "../../sync/types.gen";

export interface DeviceRow {
  rid: string;
  body: DeviceState;
  /** Told only to the lead of the check team. */
  sealed: boolean;
}

/** Unsent work older than a working day is worth a word. */
export const OLD_MS = 8 * 3_600_000;
/** What a device said longer ago than this may no longer be so. */
const FRESH_MS = 24 * 3_600_000;

/** What this person may know of devices: those with unsent work first, the oldest at the top, ended ones last. */
export function deviceRows(sync: Sync): DeviceRow[] {
  const open = [...sync.rows("device.state").value].map(([rid, { body }]) => ({ rid, body, sealed: false }));
  const sealed = [...sync.rows("device.sealed").value].map(([rid, { body }]) => ({ rid, body, sealed: true }));
  return [...sealed, ...open].sort((a, b) => weight(a.body) - weight(b.body) || (b.body.contact_at ?? 0) - (a.body.contact_at ?? 0));
}

function weight(body: DeviceState): number {
  if (ended(body)) return Infinity;
  return unsentOf(body) > 0 ? -(1e15 - (body.oldest_at ?? 0)) : 0;
}

export function unsentOf(body: DeviceState): number {
  return (body.unsent ?? 0) + (body.blobs ?? 0);
}

/** Disabled, or replaced by another device of the same person. */
export function ended(body: DeviceState): boolean {
  return body.revoked === true || body.closed === true;
}

/** Safe to disable? `yes`: at its last contact, not long ago, it held nothing; `old`: that was long ago; `never`: it has never been heard. */
type Safety = "yes" | "unsent" | "old" | "never" | "ended";

export function safety(body: DeviceState, now: number): Safety {
  if (ended(body)) return "ended";
  if (unsentOf(body) > 0) return "unsent";
  if (!body.contact_at) return "never";
  return now - body.contact_at > FRESH_MS ? "old" : "yes";
}
