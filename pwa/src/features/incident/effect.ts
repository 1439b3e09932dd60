/** What the reporter's own device shows of an incident op before the server has answered: the twin of server/domain/incident/handlers.py. */
import type { Effects, ReadRows } from "../../sync/api";
import type { Done, Incident } from "../../sync/types.gen";
import { DUTIES } from "./duties";

/** The first responsible of a place: the head of the post's unit; a zone is the office's, which the server names (EMG-01). */
function responderOf(rows: ReadRows, place: string): string {
  const unit = rows.get("post", place)?.unit;
  return (unit && rows.get("unit", unit)?.head) || "";
}

export const effects: Effects = {
  "incident.report": ({ rid, a, at, uid, blobs }, rows) => {
    const body: Incident = {
      kind: a.kind,
      place: a.place,
      found_at: a.found_at,
      received_at: at,
      level: a.level,
      reporter: uid,
      responder: responderOf(rows, a.place),
      people: a.people ?? 0,
      text: a.text ?? "",
      done: [],
      escalated: "",
      state: "reported",
      blobs: [...blobs],
      drill: a.drill ?? false,
      paper: a.paper ?? "",
    };
    return [{ kind: "incident", rid, body }];
  },

  "incident.tick": ({ rid, a, uid }, rows) => {
    const incident = rows.get("incident", rid);
    if (!incident) return [];
    // Of several ticks of one duty the earliest counts.
    const earlier = incident.done.find((one) => one.duty === a.duty && one.at <= a.at);
    const mine: Done = { duty: a.duty, by: uid, at: a.at, text: a.text ?? "" };
    const done = DUTIES.flatMap((duty) => (duty === a.duty ? [earlier ?? mine] : incident.done.filter((one) => one.duty === duty)));
    return [{ kind: "incident", rid, body: { ...incident, done, state: "handling" } }];
  },

  "incident.note": ({ rid, a, uid }, rows) => {
    const incident = rows.get("incident", rid);
    return incident ? [{ kind: "incident", rid, body: { ...incident, log: [...(incident.log ?? []), { ...a, by: uid }] } }] : [];
  },
};
