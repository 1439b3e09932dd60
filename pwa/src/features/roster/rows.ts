/** The rows roster screens read, live. */
import { useMe, useNow, useSync } from "../../app/feature";
import { dayOf } from "../../i18n";
import type { RowKind, Sync } from "../../sync/api";
import type { Me, RowBody } from "../../sync/types.gen";
import type { GridRows } from "./grid";

export interface Roster {
  sync: Sync;
  me: Me | undefined;
  today: string;
  rows: GridRows | null;
}

const GRANTED: ReadonlySet<RowBody["leave"]["state"]> = new Set(["approved", "running", "ended", "overdue", "returned", "extended", "recalled"]);

export function bodies<K extends RowKind>(sync: Sync, kind: K): ReadonlyMap<string, RowBody[K]> {
  return new Map([...sync.rows(kind).value].map(([rid, { body }]) => [rid, body]));
}

export function useRoster(): Roster {
  const sync = useSync();
  const me = useMe();
  useNow();
  const hall = sync.rows("hall").value.get("hall")?.body;
  const rows: GridRows | null = hall
    ? {
        hall,
        posts: bodies(sync, "post"),
        people: bodies(sync, "person"),
        units: bodies(sync, "unit"),
        duties: bodies(sync, "duty"),
        drafts: bodies(sync, "duty.draft"),
        skills: bodies(sync, "qualification"),
        consents: bodies(sync, "roster.consent"),
        leaves: [...bodies(sync, "leave").values()].filter(({ state }) => GRANTED.has(state)).map(({ person, from_at, to_at, ends_at }) => ({ person, from_at, to_at: ends_at ?? to_at })),
      }
    : null;
  return { sync, me, rows, today: dayOf(sync.now()) };
}

/** Posts this person may write down, in walking order: all for the office, those of the own unit for a head. */
export function mayWrite(me: Me | undefined, unit: string): boolean {
  return Boolean(me && (me.roles.includes("OFF") || me.roles.includes("ADM") || (me.roles.includes("HEAD") && me.unit === unit)));
}
