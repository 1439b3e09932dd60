/** The hours of today and what became of each; who is on a round now. Pure: from rows, for the monitor (PTL-01, PTL-06). */
import { dayOf } from "../../i18n";
import type { Hall, Round, Slot } from "../../sync/types.gen";
import type { Rows } from "../hall/names";
import { minutesMs } from "../hall/rules";
import { hoursOf } from "../hall/hours";

export type SlotState = "done" | "partial" | "late" | "running" | "now" | "missed" | "ahead";

export interface Hour {
  slot: string;
  from: number;
  to: number;
  state: SlotState;
  /** The round it is completed by, or the one that runs. */
  round: Round | null;
}

interface Walk {
  rid: string;
  round: Round;
  /** Posts that were looked at; those of an exception may be among the cleared ones. */
  seen: number;
  zones: number;
}

/** What became of every hour of today, as far as this device knows; what is missed may still arrive until the daily close. */
export function today(hall: Hall, rounds: Rows<"round">, slots: Rows<"slot">, now: number): Hour[] {
  const hourly = [...rounds].map(([, { body }]) => body).filter((round) => round.type === "hourly");
  return hoursOf(hall, dayOf(now)).map((hour) => {
    const mine = hourly.filter((round) => round.slot === hour.slot).sort((a, b) => a.started_at - b.started_at);
    const done = mine.filter((round) => round.state === "done").sort((a, b) => (a.missing ?? 0) - (b.missing ?? 0))[0];
    const told = slots.get(hour.slot)?.body;
    return { ...hour, ...stateOf(hall, hour, done, mine[0], told, now) };
  });
}

function stateOf(hall: Hall, { from, to }: { from: number; to: number }, done: Round | undefined, first: Round | undefined, told: Slot | undefined, now: number): { state: SlotState; round: Round | null } {
  if (done?.missing) return { state: "partial", round: done };
  if (done) return { state: told?.state === "late" ? "late" : "done", round: done };
  const over = now >= to + minutesMs(hall, "ptl.tolerance_min");
  // Nobody ended it; its looks count all the same.
  if (first && told && told.state !== "wide") return { state: told.state, round: first };
  if (first) return { state: over && first.looked && first.looked >= (first.due ?? Infinity) ? "done" : "running", round: first };
  if (now < from) return { state: "ahead", round: null };
  return { state: over ? "missed" : "now", round: null };
}

/** Rounds that run, the newest first; one of yesterday was forgotten and is left out. */
export function walking(rounds: Rows<"round">, now: number): Walk[] {
  return [...rounds]
    .filter(([, { body }]) => body.state === "running" && dayOf(body.started_at) === dayOf(now))
    .sort(([, a], [, b]) => b.body.started_at - a.body.started_at)
    .map(([rid, { body }]) => ({ rid, round: body, seen: lookedAt(body), zones: body.zones.length }));
}

/** Posts looked at on a round; what the server has counted, once it has. */
export function lookedAt(round: Round): number {
  if (round.looked) return round.looked;
  return new Set(round.zones.flatMap((zone) => zone.posts)).size + round.exceptions;
}
