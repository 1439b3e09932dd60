/** The leave book: what leave screens read, live. */
import { useMe, useNow, useSync } from "../../app/feature";
import type { Sync } from "../../sync/api";
import type { Me } from "../../sync/types.gen";
import type { Rows } from "../hall/names";
import type { LeaveRows } from "./model";

export interface LeaveBook {
  sync: Sync;
  now: number;
  uid: string;
  me: Me | undefined;
  rows: LeaveRows;
  deputies: Rows<"leave.deputy">;
}

export function rowsOf(sync: Sync): LeaveRows {
  return {
    hall: sync.rows("hall").value.get("hall")?.body,
    types: sync.rows("leave.type").value,
    leaves: sync.rows("leave").value,
    unit: sync.rows("leave.unit").value,
    accounts: sync.rows("leave.account").value,
    duties: sync.rows("duty").value,
    posts: sync.rows("post").value,
    people: sync.rows("person").value,
  };
}

export function useLeave(): LeaveBook {
  const sync = useSync();
  const me = useMe();
  useNow();
  return { sync, me, now: sync.now(), uid: sync.uid, rows: rowsOf(sync), deputies: sync.rows("leave.deputy").value };
}
