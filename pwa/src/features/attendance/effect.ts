/** What the person's own device shows of an attendance op before the server has answered: the twin of server/domain/attendance. */
import type { Change, Effects, ReadRows } from "../../sync/api";
import type { AttCorrection, AttException, AttList, PunchShown, Spell } from "../../sync/types.gen";
import { edgeKind, slotsOf } from "./model";

/** An exception with `patch` laid over it. */
function patchException(rows: ReadRows, rid: string, patch: Partial<AttException>): Change[] {
  const body = rows.get("att.exc", rid);
  return body ? [{ kind: "att.exc", rid, body: { ...body, ...patch } }] : [];
}

export const effects: Effects = {
  "att.punch": ({ a, at, uid }, rows) => {
    const rid = `${a.day}:${uid}`;
    const hall = rows.get("hall", "hall");
    const known = rows.get("att.day", rid);
    // Unproven until the server has judged the clock.
    const made: PunchShown = { session: a.session, way: a.way, at, received_at: at, grade: "C", method: a.method ?? "phone", in_hall: a.in_hall ?? null };
    const slots = hall ? slotsOf(hall, a.day) : [];
    const spells = slots.map((slot, index): Spell => {
      const spell: Spell = { in_kind: "waiting", out_kind: "waiting", ...known?.spells[index] };
      if (!hall || slot.number !== a.session) return spell;
      if (a.way === "in") return spell.in_at ? spell : { ...spell, in_at: at, in_kind: edgeKind(hall, "in", slot.from, at) };
      return { ...spell, out_at: at, out_kind: edgeKind(hall, "out", slot.to, at) };
    });
    const unit = rows.get("person", uid)?.unit ?? "";
    return [{ kind: "att.day", rid, body: { person: uid, unit, day: a.day, state: "open", ...known, spells, punches: [...(known?.punches ?? []), made] } }];
  },

  "att.hand_list": ({ rid, a, at, uid }) => {
    const body: AttList = { ...a, by: uid, at, received_at: at, state: "waiting" };
    return [{ kind: "att.list", rid, body }];
  },

  "att.correct": ({ rid, a, at, uid }, rows) => {
    const month = a.day.slice(0, 7);
    const others = [...rows.all("att.correction")].filter(([, one]) => one.person === uid && one.day.startsWith(month) && one.state !== "refused");
    const body: AttCorrection = { ...a, person: uid, unit: rows.get("person", uid)?.unit ?? "", at, received_at: at, grade: "C", nth: others.length + 1, state: "waiting" };
    return [{ kind: "att.correction", rid, body }];
  },

  "att.answer": ({ rid, a }, rows) => {
    const known = rows.get("att.exc", rid);
    if (a.appeal) return patchException(rows, rid, { appeal: a.text, state: "appealed" });
    return patchException(rows, rid, { answers: [...(known?.answers ?? []), a.text], ...(known?.state === "detected" ? { state: "answered" } : {}) });
  },

  "att.decide": ({ rid, a, at, uid }, rows) => {
    const known = rows.get("att.exc", rid);
    const state = known?.state === "appealed" ? (a.accept ? "withdrawn" : "upheld") : a.accept ? "explained" : "confirmed";
    return patchException(rows, rid, { state, decided_at: at, decided_by: uid, decision: a.text ?? "" });
  },

  "att.decide_correction": ({ rid, a, at, uid }, rows) => {
    const body = rows.get("att.correction", rid);
    return body ? [{ kind: "att.correction", rid, body: { ...body, state: a.accept ? "accepted" : "refused", decided_at: at, decided_by: uid, decision: a.text ?? "" } }] : [];
  },

  "att.decide_list": ({ rid, a, at, uid }, rows) => {
    const body = rows.get("att.list", rid);
    return body ? [{ kind: "att.list", rid, body: { ...body, state: a.accept ? "accepted" : "refused", decided_at: at, decided_by: uid, decision: a.text ?? "" } }] : [];
  },

  "att.confirm": ({ rid, a, at }, rows) => {
    const body = rows.get("att.sheet", rid);
    return body ? [{ kind: "att.sheet", rid, body: { ...body, state: a.agree ? "confirmed" : "disputed", text: a.text ?? "", ...(a.agree ? { confirmed_at: at } : {}) } }] : [];
  },

  "att.confirm_unit": ({ rid, at, uid }, rows) => {
    const body = rows.get("att.unit", rid);
    return body ? [{ kind: "att.unit", rid, body: { ...body, state: "confirmed", confirmed_at: at, confirmed_by: uid } }] : [];
  },

  "att.excuse": ({ rid, a, at, uid }) => [{ kind: "att.excuse", rid, body: { ...a, by: uid, at } }],

  "att.end_excuse": ({ rid, a }, rows) => {
    const body = rows.get("att.excuse", rid);
    return body ? [{ kind: "att.excuse", rid, body: { ...body, ended: a.text } }] : [];
  },

  "att.approve": ({ rid, a, at, uid }, rows) => {
    const body = rows.get("att.adjustment", rid);
    return body ? [{ kind: "att.adjustment", rid, body: { ...body, approved: a.accept, approved_by: uid, approved_at: at } }] : [];
  },
};
