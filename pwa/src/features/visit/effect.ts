/** What the screens show of a visit before the server has answered. */
import type { Effects } from "../../sync/api";
import type { Visit } from "../../sync/types.gen";
import { scoreOf } from "./score";

/** A visit handed in stands as recorded, its score a preview; a decision shows at once and is taken back when refused. */
export const effects: Effects = {
  "visit.record": ({ rid, a, at, uid, blobs }, rows) => {
    const mission = rows.get("mission", a.mission);
    const checklist = rows.get("checklist", a.checklist);
    if (!mission || !checklist) return [];
    const visit: Visit = {
      ...a,
      unit: mission.unit,
      visitor: uid,
      received_at: at,
      grade: "C",
      score: scoreOf(checklist, a.answers),
      state: "recorded",
      blobs: [...blobs],
    };
    return [
      { kind: "visit", rid, body: visit },
      { kind: "mission", rid: a.mission, body: { ...mission, state: "recorded" } },
    ];
  },
  "visit.publish": ({ rid, a, at }, rows) => {
    const visit = rows.get("visit", rid);
    if (!visit) return [];
    const mission = rows.get("mission", visit.mission);
    return [
      { kind: "visit", rid, body: { ...visit, state: "published", published_at: at, text: a.text ?? "" } },
      ...(mission ? [{ kind: "mission" as const, rid: visit.mission, body: { ...mission, state: "published" as const } }] : []),
    ];
  },
  "visit.void": ({ rid, a }, rows) => {
    const visit = rows.get("visit", rid);
    if (!visit) return [];
    const mission = rows.get("mission", visit.mission);
    const other = [...rows.all("visit")].some(([id, one]) => id !== rid && one.mission === visit.mission && one.state !== "void");
    return [
      { kind: "visit", rid, body: { ...visit, state: "void", text: a.text } },
      ...(mission && !other ? [{ kind: "mission" as const, rid: visit.mission, body: { ...mission, state: "void" as const } }] : []),
    ];
  },
};
