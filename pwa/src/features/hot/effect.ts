/** What a device shows of an answer before the server has taken it: the twin of server/domain/hot/rules.py. */
import type { Effects } from "../../sync/api";

export const effects: Effects = {
  "hot.answer": ({ rid, a, at, uid }, rows) => {
    const order = rows.get("hot.order", rid);
    if (!order) return [];
    const state = order.state === "settled" ? order.state : "answered";
    return [{ kind: "hot.order", rid, body: { ...order, state, steps: [...order.steps, { step: "answered", by: uid, at, text: a.text }] } }];
  },
};
