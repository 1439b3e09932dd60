/** What a device shows of its own steps before the server has answered: the twin of server/domain/campaign/rules.py, as far as it goes. */
import type { Effects, ReadRows } from "../../sync/api";
import type { Problem, ProblemStep } from "../../sync/types.gen";

function step(rows: ReadRows, rid: string, next: ProblemStep, state: (problem: Problem) => Problem["state"], more: Partial<Problem> = {}) {
  const problem = rows.get("problem", rid);
  return problem ? [{ kind: "problem" as const, rid, body: { ...problem, ...more, state: state(problem), steps: [...problem.steps, next] } }] : [];
}

/** What is verified or lifted stays so; what was closed is reopened by proof within the term alone (CON-36). */
function claimed({ state, due_at }: Problem, at: number): Problem["state"] {
  return state === "verified" || state === "lifted" || (state === "not_done" && at > (due_at || Infinity)) ? state : "claimed";
}

const found = (a: { unit: string; code: string; text: string; level?: Problem["level"]; campaign?: string }, source: Problem["source"], by: string, at: number): Problem => ({
  unit: a.unit,
  source,
  code: a.code,
  text: a.text,
  level: a.level ?? "minor",
  state: "found",
  steps: [{ step: "found", by, at }],
  found_at: at,
  ...(a.campaign ? { campaign: a.campaign } : {}),
});

export const effects: Effects = {
  "problem.find": ({ rid, a, at, uid }) => [{ kind: "problem", rid, body: found(a, a.source, uid, at) }],
  "camp.self_check": ({ a, at, uid }) =>
    a.problems.map((one) => {
      const body = found({ ...one, unit: a.unit, campaign: a.campaign }, "self_check", uid, at);
      const fixed: ProblemStep = { step: "claimed", by: uid, at, text: one.fixed ?? "" };
      return { kind: "problem" as const, rid: one.rid, body: one.fixed ? { ...body, state: "claimed" as const, steps: [...body.steps, fixed] } : body };
    }),
  "camp.output": ({ rid, a, uid }) => [{ kind: "camp.output", rid, body: { ...a, by: uid } }],
  "camp.duty": ({ rid, a, at, uid }, rows) => {
    const campaign = rows.get("campaign", rid);
    if (!campaign) return [];
    const { [a.duty]: _, ...others } = campaign.done ?? {};
    return [{ kind: "campaign", rid, body: { ...campaign, done: a.done === false ? others : { ...others, [a.duty]: { by: uid, at, ...(a.text ? { text: a.text } : {}) } } } }];
  },
  "camp.file": ({ rid, a, at, uid, blobs }) => (a.gone ? [{ kind: "camp.file", rid, body: null }] : [{ kind: "camp.file", rid, body: { campaign: a.campaign, title: a.title, by: uid, at, blobs: [...blobs] } }]),
  "problem.answer": ({ rid, a, at, uid }, rows) => step(rows, rid, { step: a.dispute ? "disputed" : "answered", by: uid, at, text: a.text }, ({ state }) => state, a.dispute ? { disputed: true } : {}),
  "problem.measures": ({ rid, a, at, uid }, rows) => step(rows, rid, { step: "measures", by: uid, at, text: a.text }, ({ state }) => (["found", "ordered", "returned"].includes(state) ? "rectifying" : state)),
  "problem.claim": ({ rid, a, at, uid, blobs }, rows) => {
    const was = rows.get("problem", rid);
    const shown = { before: a.before?.length ? a.before : (was?.before ?? []), after: a.after?.length || was?.state !== "claimed" ? (a.after ?? []) : (was.after ?? []) };
    return step(rows, rid, { step: "claimed", by: uid, at, text: a.text }, (problem) => claimed(problem, at), { ...shown, blobs: [...(was?.blobs ?? []), ...blobs] });
  },
};
