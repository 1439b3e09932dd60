/** The rows of this device as documents read them, and the device's own account. */
import { useMe, useNow, useSync } from "../../app/feature";
import type { RowKind, Sync } from "../../sync/api";
import { browserEnv } from "../../sync/env";
import { withKeyring, type Account } from "../../sync/keyring";
import type { RowBody } from "../../sync/types.gen";
import { FORMS } from "./checks";
import type { Reader } from "./reader";
import { PAPERS } from "./templates";

/** What this person's device holds, live; null until the hall's row is here. */
export function useReader(): Reader | null {
  const sync = useSync();
  const me = useMe();
  useNow();
  const hall = sync.rows("hall").value.get("hall")?.body;
  if (!hall || !me) return null;
  return {
    uid: sync.uid,
    unit: me.unit,
    roles: me.roles,
    hall,
    now: sync.now(),
    get: <K extends RowKind>(kind: K, rid: string) => sync.rows(kind).value.get(rid)?.body,
    all: <K extends RowKind>(kind: K) => [...sync.rows(kind).value].map(([rid, { body }]): [string, RowBody[K]] => [rid, body]),
  };
}

const LISTED_MAX = 40;

/** Records a kind of document can be printed of, the newest first. */
export function recordsOf(reader: Reader, kind: string): string[] {
  if (kind === "whereabouts") return [reader.unit, "hall"].filter(Boolean);
  // Every sheet is one of its own, so that what is typed in later can name it.
  if (kind === "outage_form") return FORMS.map((form) => `${form}-${crypto.randomUUID().slice(0, 8)}`);
  const rids = PAPERS[kind]?.rows.flatMap((row) => [...reader.all(row)].map(([rid]) => rid)) ?? [];
  return [...new Set(rids)].sort().reverse().slice(0, LISTED_MAX);
}

/** This person's account on this device: the key that stamps, the key of the site that checks. */
export function ownAccount(sync: Sync): Promise<Account | undefined> {
  return withKeyring(browserEnv(), (db) => db.get("accounts", [sync.site, sync.uid]));
}
