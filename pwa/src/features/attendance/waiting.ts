/** What waits for a head's or the office's decision about attendance. Pure over the rows this device has. */
import { dayOf } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { AttAdjustment, AttCorrection, AttException, AttList, Me } from "../../sync/types.gen";

interface Line {
  rid: string;
  ver: number;
  at: number;
  person: string;
}
export type Waiting =
  | (Line & { what: "exception"; body: AttException })
  | (Line & { what: "correction"; body: AttCorrection })
  | (Line & { what: "list"; body: AttList })
  | (Line & { what: "adjustment"; body: AttAdjustment });

/** True when nobody has said anything to it within the term; somebody else decides then, and silence is no confession (EVD-12). */
export const isUnanswered = (body: AttException, today: string): boolean => body.state === "detected" && (body.answer_until ?? "") !== "" && (body.answer_until ?? "") < today;

/** The office may settle what nobody answered in time for any unit, when it comes to it by name. */
export function unansweredAt(sync: Sync, me: Pick<Me, "uid" | "roles">, rid: string | null): Waiting | undefined {
  const row = rid === null ? undefined : sync.rows("att.exc").value.get(rid);
  if (!row || rid === null || !me.roles.includes("OFF") || row.body.person === me.uid || !isUnanswered(row.body, dayOf(sync.now()))) return undefined;
  return { what: "exception", rid, ver: row.ver, at: row.body.due_at, person: row.body.person, body: row.body };
}

/** Newest last; never about the person himself. The office is asked for its own unit, for appeals, and for what heads may not decide. */
export function waitingFor(sync: Sync, me: Pick<Me, "uid" | "unit" | "roles">): Waiting[] {
  const office = me.roles.includes("OFF");
  const head = me.roles.includes("HEAD");
  if (!office && !head) return [];
  const heads = new Set([...sync.rows("person").value].filter(([, { body }]) => body.roles.includes("HEAD")).map(([uid]) => uid));
  /** HEAD's own unit; the office besides: the people nobody else may decide about. */
  const mine = (person: string, unit: string) => person !== me.uid && ((head && unit === me.unit) || (office && heads.has(person)));
  const today = dayOf(sync.now());
  const found: Waiting[] = [];
  for (const [rid, { body, ver }] of sync.rows("att.exc").value) {
    const appeal = body.state === "appealed";
    if (appeal ? office && body.person !== me.uid && body.decided_by !== me.uid : (body.state === "answered" || isUnanswered(body, today) || (body.state === "pending" && clockDoubt(body))) && mine(body.person, body.unit)) {
      found.push({ what: "exception", rid, ver, at: body.received_at || body.due_at, person: body.person, body });
    }
  }
  for (const [rid, { body, ver }] of sync.rows("att.correction").value) {
    if ((body.state ?? "waiting") === "waiting" && mine(body.person, body.unit)) found.push({ what: "correction", rid, ver, at: body.received_at, person: body.person, body });
  }
  for (const [rid, { body, ver }] of sync.rows("att.list").value) {
    if (body.state === "waiting" && body.by !== me.uid && (office || body.unit === me.unit)) found.push({ what: "list", rid, ver, at: body.received_at, person: body.by, body });
  }
  for (const [rid, { body, ver }] of sync.rows("att.adjustment").value) {
    const open = (body.approved ?? null) === null && body.by !== me.uid && body.person !== me.uid;
    if (open && (body.by ? office || body.unit === me.unit : office)) found.push({ what: "adjustment", rid, ver, at: body.at, person: body.person, body });
  }
  return found.sort((a, b) => a.at - b.at);
}

/** A punch somebody has to believe or not; what else waits has a decision of its own. */
const clockDoubt = (body: AttException) => /^att\.(clock_|outside|too_early)/.test(body.explain.key);
