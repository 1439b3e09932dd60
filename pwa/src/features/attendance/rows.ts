/** The rows attendance screens read, live. */
import { useMe, useNow, useSync } from "../../app/feature";
import { dayOf } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Hall, Me } from "../../sync/types.gen";
import type { Rows } from "../hall/names";

export interface Attendance {
  sync: Sync;
  now: number;
  today: string;
  me: Me | undefined;
  hall: Hall | undefined;
  people: Rows<"person">;
  units: Rows<"unit">;
  posts: Rows<"post">;
  days: Rows<"att.day">;
  sheets: Rows<"att.sheet">;
  exceptions: Rows<"att.exc">;
  corrections: Rows<"att.correction">;
}

export function useAttendance(): Attendance {
  const sync = useSync();
  const me = useMe();
  useNow();
  // The timer only redraws; rows that have just changed are read at the time of now.
  const now = sync.now();
  return {
    sync,
    now,
    today: dayOf(now),
    me,
    hall: sync.rows("hall").value.get("hall")?.body,
    people: sync.rows("person").value,
    units: sync.rows("unit").value,
    posts: sync.rows("post").value,
    days: sync.rows("att.day").value,
    sheets: sync.rows("att.sheet").value,
    exceptions: sync.rows("att.exc").value,
    corrections: sync.rows("att.correction").value,
  };
}
