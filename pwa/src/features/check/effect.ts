/** What a lead sees of a decision before the server has answered. */
import { dayOf } from "../../i18n";
import type { Effects } from "../../sync/api";
import { addDays } from "../hall/terms";

export const effects: Effects = {
  "check.appoint": ({ rid, a }, rows) => {
    const known = rows.get("check.lead", rid) ?? rows.get("person", rid);
    if (!known) return [];
    const { name, unit } = known;
    const before = rows.get("check.lead", rid)?.from_day ?? "";
    return [{ kind: "check.lead", rid, body: a.ends ? { name, unit, from_day: before, to_day: addDays(a.from_day, -1) } : { name, unit, from_day: a.from_day } }];
  },
  "check.visitor": ({ rid, a, at }, rows) => {
    const known = rows.get("check.visitor", rid);
    const { name, unit } = known ?? rows.get("person", rid) ?? { name: "", unit: "" };
    const said = { ...known, name: a.name || name, unit };
    return [{ kind: "check.visitor", rid, body: a.ends ? { ...said, ended: true } : { ...said, from_day: dayOf(at), to_day: a.last_day ?? "", ended: false } }];
  },
  "plan.replace": ({ rid, a }, rows) => {
    const plan = rows.get("plan", rid);
    return plan ? [{ kind: "plan", rid, body: { ...plan, replaced: { ...plan.replaced, [a.unit]: a.text } } }] : [];
  },
  "plan.hand_over": ({ rid, a }, rows) => {
    const plan = rows.get("plan", rid);
    return plan ? [{ kind: "plan", rid, body: { ...plan, lead: a.to } }] : [];
  },
  "plan.drop": ({ rid, a }, rows) => {
    const plan = rows.get("plan", rid);
    return plan ? [{ kind: "plan", rid, body: { ...plan, state: "dropped", text: a.text } }] : [];
  },
};
