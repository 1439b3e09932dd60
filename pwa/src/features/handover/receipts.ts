/** Receipts a phone gives by itself: it has the notice that asks this person to stand in, or the sheet (AWY-08, CON-11, CON-12), or the end
 * that somebody else gave this person's own notice: before that it protects (EVD-02).
 *
 * The office's phones say so of a unit that is wholly away (AWY-02). Nothing else is told: neither when it was read nor where.
 */
import { effect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Sync } from "../../sync/api";

export interface Due {
  k: "away.received" | "handover.received";
  rid: string;
}

/** What has come to this phone and has not been receipted yet. Pure over the rows. */
export function duesOf(sync: Pick<Sync, "uid" | "rows">): Due[] {
  const office = sync.rows("me").value.get(sync.uid)?.body.roles.includes("OFF") === true;
  const told = sync.rows("away.told").value;
  const dues: Due[] = [];
  for (const [rid, { body: notice }] of sync.rows("away.office").value) {
    const known = told.get(rid)?.body;
    if (notice.person === sync.uid && known?.ended_by && !known.ended_told_at) dues.push({ k: "away.received", rid });
    if (notice.state !== "active" && notice.state !== "overdue") continue;
    const asked = notice.stand_in === sync.uid && !known?.told_at && (notice.cover === "told" || notice.cover === "silent");
    if (asked || (office && notice.whole_unit && !known?.office_told_at)) dues.push({ k: "away.received", rid });
  }
  for (const [rid, { body: sheet }] of sync.rows("handover").value) {
    if (sheet.b === sync.uid && sheet.state === "prepared" && !sheet.delivered_at) dues.push({ k: "handover.received", rid });
  }
  return dues;
}

/** Gives them while the app is open, each once. */
export function useReceipts(sync: Sync): void {
  useEffect(() => {
    const given = new Set<string>();
    return effect(() => {
      for (const { k, rid } of duesOf(sync)) {
        const key = `${k}:${rid}`;
        if (given.has(key) || sync.outbox.peek().some((item) => item.k === k && item.rid === rid)) continue;
        given.add(key);
        // Not kept: the next start finds it due again.
        void sync.save(k, {}, { rid }).catch(() => given.delete(key));
      }
    });
  }, [sync]);
}
