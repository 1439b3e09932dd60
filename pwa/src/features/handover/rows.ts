/** The rows handover screens read, live. */
import { useMe, useNow, useSync } from "../../app/feature";
import type { Sync } from "../../sync/api";
import type { Me } from "../../sync/types.gen";
import { sheetsOf, type HandoverRows, type Sheet } from "./model";

export interface Handovers {
  sync: Sync;
  now: number;
  uid: string;
  me: Me | undefined;
  rows: HandoverRows;
  sheets: readonly Sheet[];
}

function handoverRows(sync: Sync): HandoverRows {
  return {
    hall: sync.rows("hall").value.get("hall")?.body,
    sheets: sync.rows("handover").value,
    posts: sync.rows("post").value,
    people: sync.rows("person").value,
    duties: sync.rows("duty").value,
    covers: sync.rows("cover").value,
  };
}

export function useHandovers(): Handovers {
  const sync = useSync();
  const me = useMe();
  useNow();
  const rows = handoverRows(sync);
  return { sync, now: sync.now(), uid: sync.uid, me, rows, sheets: sheetsOf(rows.sheets) };
}

/** True for the head of the unit the sheet belongs to. */
export function leadsUnit(me: Me | undefined, unit: string): boolean {
  return me !== undefined && me.roles.includes("HEAD") && me.unit === unit;
}
