/** What the screens show of supervisors and reports before the server has answered. */
import type { Effects } from "../../sync/api";
import type { SupervisorReport } from "../../sync/types.gen";

export const effects: Effects = {
  "sup.nominate": ({ rid, a }, rows) => {
    const known = rows.get("supervisor", rid);
    return [{ kind: "supervisor", rid, body: { state: "nominated", unit_names: {}, ...known, ...a, units: a.units ?? [] } }];
  },
  "sup.appoint": ({ rid, a }, rows) => {
    const known = rows.get("supervisor", rid);
    return known ? [{ kind: "supervisor", rid, body: { ...known, ...a, state: "appointed" } }] : [];
  },
  "sup.end": ({ rid, a }, rows) => {
    const known = rows.get("supervisor", rid);
    return known ? [{ kind: "supervisor", rid, body: { ...known, state: a.why, text: a.text } }] : [];
  },
  "sup.report": ({ rid, a, at, uid, blobs }, rows) => {
    const own = rows.get("sup.own", uid);
    const unit = a.unit ?? "";
    // The day by which it is answered is the server's to say.
    const body: SupervisorReport = { ...a, by: uid, by_name: own?.name ?? "", grade: "C", received_at: at, due_day: "", unit, unit_names: own?.unit_names[unit] ?? {}, blobs: [...blobs] };
    return [{ kind: "sup.report", rid, body }];
  },
  "sup.answer": ({ rid, a, at, uid }, rows) => {
    const known = rows.get("sup.report", rid);
    return known ? [{ kind: "sup.report", rid, body: { ...known, answer: a.text, answered_by: uid, answered_at: at } }] : [];
  },
};
