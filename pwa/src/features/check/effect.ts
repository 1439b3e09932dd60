/** What a lead sees of a decision before the server has answered. */
import type { Effects } from "../../sync/api";

export const effects: Effects = {
  "plan.replace": ({ rid, a }, rows) => {
    const plan = rows.get("plan", rid);
    return plan ? [{ kind: "plan", rid, body: { ...plan, replaced: { ...plan.replaced, [a.unit]: a.text } } }] : [];
  },
  "plan.drop": ({ rid, a }, rows) => {
    const plan = rows.get("plan", rid);
    return plan ? [{ kind: "plan", rid, body: { ...plan, state: "dropped", text: a.text } }] : [];
  },
};
