/** What the own device shows before the server has answered: the twin of server/domain/patrol/{ties,points,video}.py. */
import type { Effects } from "../../sync/api";
import { zoneOf } from "../hall/zone-code";

export const effects: Effects = {
  "patrol.tie": ({ rid, a, at }) => [{ kind: "tie", rid, body: { ...a, at } }],

  "patrol.point": ({ rid, a }, rows) => {
    const round = rows.get("round", rid);
    const zone = zoneOf(a.code);
    if (!round || !zone) return [];
    return [{ kind: "round", rid, body: { ...round, points: [...new Set([...(round.points ?? []), zone])].sort() } }];
  },

  "patrol.video": ({ rid, a, at, uid }) => [
    { kind: "video", rid, body: { ...a, at: Math.min(a.at, at), received_at: at, grade: a.at > at ? "C" : "B", by: uid } },
  ],

  "irregular.drop": ({ rid, a }, rows) => {
    const plan = rows.get("irregular", rid);
    return plan ? [{ kind: "irregular", rid, body: { ...plan, state: "dropped", text: a.text } }] : [];
  },
};
