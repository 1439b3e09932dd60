/** The rows presence screens read, live, with the view models made of them. */
import { useMe, useNow, useSync } from "../../app/feature";
import type { Sync } from "../../sync/api";
import type { Hall, Me, Unit } from "../../sync/types.gen";
import type { Rows } from "../hall/names";
import { postsNow, type PostNow, type PresenceRows } from "./model";
import { noticesOf, type Notice } from "./notice";

export interface Presence {
  sync: Sync;
  now: number;
  uid: string;
  me: Me | undefined;
  hall: Hall | undefined;
  rows: PresenceRows;
  units: Rows<"unit">;
  notices: ReadonlyMap<string, Notice>;
  posts: readonly PostNow[];
}

/** What this person's device holds: the office reads every notice, others those of their own unit. */
function presenceRows(sync: Sync, me: Me | undefined): PresenceRows {
  return {
    hall: sync.rows("hall").value.get("hall")?.body,
    posts: sync.rows("post").value,
    people: sync.rows("person").value,
    duties: sync.rows("duty").value,
    covers: sync.rows("cover").value,
    labels: sync.rows("post.pub").value,
    office: sync.rows("away.office").value,
    unit: sync.rows("away.unit").value,
    inspector: sync.rows("away.ins").value,
    told: sync.rows("away.told").value,
    leaves: sync.rows("leave.unit").value,
    emergencies: sync.rows("emergency").value,
    knows: me?.roles.some((role) => role === "OFF" || role === "INS" || role === "EFF") ? null : new Set(me ? [me.unit] : []),
  };
}

export function usePresence(): Presence {
  const sync = useSync();
  const me = useMe();
  useNow();
  // The timer only redraws; rows that have just changed are read at the time of now.
  const now = sync.now();
  const rows = presenceRows(sync, me);
  return { sync, now, uid: sync.uid, me, hall: rows.hall, rows, units: sync.rows("unit").value, notices: noticesOf(rows), posts: postsNow(rows, now) };
}

/** The unit this person heads, if any. */
export function headedUnit(presence: Presence): Unit | undefined {
  const { me, units } = presence;
  return me?.roles.includes("HEAD") ? units.get(me.unit)?.body : undefined;
}
