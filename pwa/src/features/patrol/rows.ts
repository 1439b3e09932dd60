/** The rows patrol screens read, live. */
import { useMe, useNow, useSync } from "../../app/feature";
import type { Sync } from "../../sync/api";
import type { Me } from "../../sync/types.gen";
import type { Rows } from "../hall/names";
import type { PatrolRows } from "./model";

export interface Patrol {
  sync: Sync;
  uid: string;
  me: Me | undefined;
  now: number;
  rows: PatrolRows;
  units: Rows<"unit">;
  /** Server time of the last contact, ms. */
  synced_at: number | null;
}

export function usePatrol(): Patrol {
  const sync = useSync();
  const me = useMe();
  useNow();
  // The timer only redraws; rows that have just changed are read at the time of now.
  const now = sync.now();
  const rows: PatrolRows = {
    hall: sync.rows("hall").value.get("hall")?.body,
    posts: sync.rows("post").value,
    people: sync.rows("person").value,
    duties: sync.rows("duty").value,
    notices: sync.rows("away.ins").value,
    covers: sync.rows("cover").value,
    leaves: sync.rows("leave.ins").value,
    sheets: sync.rows("handover.cover").value,
    rounds: sync.rows("round").value,
    observations: sync.rows("obs").value,
    asks: sync.rows("video.ask").value,
    ties: sync.rows("tie").value.get(sync.uid)?.body,
    unit: me?.unit ?? "",
  };
  return { sync, uid: sync.uid, me, now, rows, units: sync.rows("unit").value, synced_at: sync.status.value.contact_at };
}
