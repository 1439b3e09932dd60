/** 突发事件: where it may have happened, how grave it usually is, who is called next. Pure. */
import { dayOf } from "../../i18n";
import type { Call, Done, Hall, Incident } from "../../sync/types.gen";
import { walkingOrder, type Rows } from "../hall/names";
import { minutesMs } from "../hall/rules";

export { DUTIES } from "./duties";

export type Kind = Incident["kind"];
export type Duty = Done["duty"];

export const KINDS: readonly Kind[] = ["dispute", "crowd", "system", "power", "medical", "fire", "security", "media", "opinion", "other"];

/** The level a first report opens with, 1 gravest: danger to people before loss of service before a quarrel. */
export function presetLevel(kind: Kind): number {
  if (kind === "fire") return 1;
  if (kind === "medical" || kind === "security") return 2;
  return kind === "dispute" || kind === "other" ? 4 : 3;
}

/** A place offered for the report: a post of one's own, or a zone. */
export interface Place {
  id: string;
  kind: "post" | "zone";
}

/** Own posts of today first, then the zones in walking order. */
export function placesFor(hall: Hall | undefined, posts: Rows<"post">, duties: Rows<"duty">, uid: string, now: number): Place[] {
  const today = dayOf(now);
  const mine = new Set([...duties.values()].filter(({ body }) => body.day === today && body.a === uid).map(({ body }) => body.post));
  const own = walkingOrder(posts, hall?.zones ?? []).filter((id) => mine.has(id));
  return [...own.map((id): Place => ({ id, kind: "post" })), ...(hall?.zones ?? []).map((zone): Place => ({ id: zone.id, kind: "zone" }))];
}

/** The tick of `duty`, or null while it is open. */
export function doneOf(incident: Incident, duty: Duty): Done | null {
  return incident.done.find((one) => one.duty === duty) ?? null;
}

export interface NextCall {
  who: "responder" | "head" | "lead";
  at: number;
}

/** Who is called next and when, unless somebody handles it (EMG-07); null when all have been called. */
export function nextCall(incident: Incident, hall: Hall | undefined): NextCall | null {
  if (incident.state === "mistaken" || doneOf(incident, "handling")) return null;
  const steps = ["responder", "head", "lead"] as const;
  const called = incident.escalated === "" ? 0 : steps.indexOf(incident.escalated) + 1;
  const who = steps[called];
  return who ? { who, at: incident.received_at + minutesMs(hall, `emg.${who}_min`) } : null;
}

/** The last step of the ladder that called this person (EMG-07). */
export function lastCall(incident: Incident, uid: string): Call | undefined {
  return incident.calls?.filter(({ people }) => people.includes(uid)).at(-1);
}

/** What waits for this person: to handle it, for whom it names or has called; to sum it up, for the first responsible (EMG-01, EMG-05). */
export function waitsFor(incident: Incident, uid: string): "handle" | "sum_up" | null {
  if (incident.drill) return null;
  if (incident.state === "resolved") return incident.responder === uid ? "sum_up" : null;
  if (incident.state === "closed" || incident.state === "mistaken" || doneOf(incident, "handling")) return null;
  return (incident.responder === uid && incident.reporter !== uid) || lastCall(incident, uid) ? "handle" : null;
}

const LATER: Record<Incident["state"], number> = { reported: 0, handling: 0, resolved: 1, closed: 2, mistaken: 2 };

/** Incidents in the order they ask for attention: open before closed, graver before lighter, newer first. */
export function inOrder(incidents: Rows<"incident">): { rid: string; body: Incident; pending: boolean }[] {
  return [...incidents]
    .map(([rid, { body, pending }]) => ({ rid, body, pending }))
    .sort((x, y) => LATER[x.body.state] - LATER[y.body.state] || x.body.level - y.body.level || y.body.found_at - x.body.found_at);
}

/** True when `uid` may tick a duty: those who see it and can do something about it. */
export function mayTick(incident: Incident, uid: string, roles: readonly string[], unit: string, posts: Rows<"post">): boolean {
  if (incident.reporter === uid || incident.responder === uid || lastCall(incident, uid)) return true;
  if (roles.some((role) => ["INS", "EFF", "OFF", "LEAD", "TOP"].includes(role))) return true;
  return roles.includes("HEAD") && posts.get(incident.place)?.body.unit === unit;
}
