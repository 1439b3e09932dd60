/** What the screens show of results and cases before the server has answered. */
import type { Effects, ReadRows } from "../../sync/api";
import type { Case, CaseStep, VisitAnswer, VisitOwn, VisitUnit } from "../../sync/types.gen";

const SAID_AT_THE_END = { real: ["finished", "withdrawn"], test: ["withdrawn", "marked"] } as const;

/** The rows of a result as this device has them: as the unit sees it, and as the person does. */
function resultOf(rows: ReadRows, rid: string): { unit: VisitUnit | undefined; own: [string, VisitOwn] | undefined } {
  return { unit: rows.get("visit.unit", rid), own: [...rows.all("visit.own")].find(([, body]) => body.visit === rid) };
}

export const effects: Effects = {
  "visit.check": ({ rid }, rows) => stateOf(rows, rid, "checking"),
  "visit.withdraw": ({ rid, uid }, rows) => stateOf(rows, rid, rows.get("visit", rid)?.visitor === uid ? "void" : "withdrawn"),
  "visit.settle": ({ rid, a }, rows) => {
    const team = rows.get("visit.team", rid);
    if (!team) return [];
    const differs = team.differs.map((one) => (one.item === a.item ? { ...one, mark: a.mark, ...(a.text ? { text: a.text } : {}) } : one));
    return [{ kind: "visit.team", rid, body: { ...team, differs, undecided: differs.filter((one) => !one.mark).length } }];
  },
  "visit.tell": ({ rid, a }, rows) => {
    const unit = rows.get("visit.unit", rid);
    return unit ? [{ kind: "visit.unit", rid, body: { ...unit, told: [...new Set([...(unit.told ?? []), a.person])].sort() } }] : [];
  },
  "visit.answer": ({ rid, a, at, uid }, rows) => {
    const said: VisitAnswer = { by: uid, at, text: a.text, ...(a.review ? { review: true } : {}) };
    const { unit, own } = resultOf(rows, rid);
    return [
      ...(unit ? [{ kind: "visit.unit" as const, rid, body: { ...unit, answers: [...(unit.answers ?? []), said], ...(a.review ? { asked: true } : {}) } }] : []),
      ...(own ? [{ kind: "visit.own" as const, rid: own[0], body: { ...own[1], answers: [...(own[1].answers ?? []), said] } }] : []),
    ];
  },
  "visit.review": ({ rid, a, at, uid }, rows) => {
    const unit = rows.get("visit.unit", rid);
    if (!unit) return [];
    const reviews = [...(unit.reviews ?? []), { by: uid, at, text: a.text, changed: a.changed ?? {} }];
    return [{ kind: "visit.unit", rid, body: { ...unit, reviews, asked: false } }];
  },
  "case.permit": ({ rid, a }) => [{ kind: "case.permit", rid, body: { ...a } }],
  "case.open": ({ rid, a, uid }, rows) => {
    const permitted = a.kind === "real" || [...rows.all("case.permit")].some(([, one]) => one.mission === a.mission && one.number === a.permit);
    const body: Case = { ...a, by: uid, steps: [], open: true, permitted };
    return [{ kind: "case", rid, body }];
  },
  "case.step": ({ rid, a, uid, blobs }, rows) => {
    const known = rows.get("case", rid);
    if (!known) return [];
    const step: CaseStep = { ...a, by: uid, grade: "C", blobs: [...blobs] };
    const ended = (SAID_AT_THE_END[known.kind] as readonly string[]).includes(a.kind);
    const steps = [...known.steps, step].sort((x, y) => x.at - y.at);
    return [{ kind: "case", rid, body: { ...known, steps, open: known.open && !ended, ...(a.due_day ? { due_day: a.due_day } : {}) } }];
  },
};

function stateOf(rows: ReadRows, rid: string, state: "checking" | "withdrawn" | "void") {
  const visit = rows.get("visit", rid);
  return visit ? [{ kind: "visit" as const, rid, body: { ...visit, state } }] : [];
}
