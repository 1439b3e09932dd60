/** What the person's own device shows of a leave op before the server has answered: the twin of server/domain/leave/handlers.py. */
import type { Change, Effects, ReadRows } from "../../sync/api";
import type { Leave } from "../../sync/types.gen";
import { countDays, typeOn } from "./model";
import { dayOf } from "../../i18n";

function patch(rows: ReadRows, rid: string, change: Partial<Leave>): Change[] {
  const leave = rows.get("leave", rid);
  return leave ? [{ kind: "leave", rid, body: { ...leave, ...change } }] : [];
}

/** The types as a map of rows, for the model. */
const typesOf = (rows: ReadRows) => new Map([...rows.all("leave.type")].map(([rid, body]) => [rid, { rid, ver: 0, body, pending: false }]));

export const effects: Effects = {
  "leave.request": ({ rid, a, at, uid }, rows) => {
    const unit = rows.get("person", a.person)?.unit ?? "";
    const rule = typeOn(typesOf(rows), a.type, dayOf(a.from_at))?.rule;
    const medical = rule?.privacy === "P3" || rule?.privacy === "P4";
    const known = rows.get("leave", rid);
    const body: Leave = {
      ...known,
      person: a.person,
      unit,
      type: a.type,
      from_at: a.from_at,
      to_at: a.to_at,
      centidays: countDays(rows.get("hall", "hall"), rule, a.from_at, a.to_at),
      state: "pending",
      asked_at: at,
      received_at: at,
      grade: "B",
      by: uid,
      text: medical ? "" : (a.text ?? ""),
      stand_in: a.stand_in ?? null,
      extension_of: a.extension_of ?? null,
      event: a.event ?? "",
      late: at > a.from_at,
      steps: [],
    };
    return [{ kind: "leave", rid, body }];
  },
  "leave.told": ({ rid, a, at, uid }, rows) => {
    if (rows.get("leave", rid)) return [];
    const unit = rows.get("person", a.person)?.unit ?? "";
    const times = { from_at: a.from_at, to_at: a.to_at, asked_at: at, received_at: at, told_at: a.told_at };
    return [{ kind: "leave", rid, body: { person: a.person, unit, type: "", centidays: 0, state: "told", grade: "B", by: uid, text: a.text ?? "", ...times } }];
  },
  // A decision closes the step that waits; whether others follow is told by the server.
  "leave.decide": ({ rid, a, uid }, rows) => {
    const leave = rows.get("leave", rid);
    const waits = leave?.steps?.findIndex((step) => step.st === "waits") ?? -1;
    if (!leave?.steps || waits < 0) return [];
    const steps = leave.steps.map((step, index) => {
      if (index === waits) return { ...step, st: a.accept ? ("yes" as const) : ("no" as const), by: uid };
      return index === waits + 1 && a.accept ? { ...step, st: "waits" as const } : step;
    });
    const last = waits === leave.steps.length - 1;
    const state = a.accept ? (last ? "approved" : "pending") : "refused";
    return [{ kind: "leave", rid, body: { ...leave, steps, state } }];
  },
  "leave.withdraw": ({ rid, at }, rows) => {
    const leave = rows.get("leave", rid);
    return leave ? patch(rows, rid, at <= leave.from_at ? { state: "withdrawn" } : { state: "returned", returned_at: at }) : [];
  },
  "leave.return": ({ rid, a }, rows) => patch(rows, rid, { state: "returned", returned_at: a.back_at }),
  "leave.recall": ({ rid, a }, rows) => patch(rows, rid, { recalled_at: a.from_at }),
  "leave.cover": ({ rid, a }, rows) => patch(rows, rid, { stand_in: a.person }),
  "leave.convert": ({ rid, a }, rows) => patch(rows, rid, { type: a.type }),
  "leave.merge": ({ rid, a }, rows) => patch(rows, rid, { state: "merged", into: a.into }),
  "leave.proof": ({ rid, blobs, a }, rows) => {
    const leave = rows.get("leave", rid);
    return patch(rows, rid, { proofs: (leave?.proofs ?? 0) + blobs.length, proof_days: Math.max(leave?.proof_days ?? 0, a.days), proof_due: false });
  },
};
