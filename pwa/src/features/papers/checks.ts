/** DOC-16 整改通知书 and 整改回执, DOC-20 突发事件报告单, DOC-23 专项行动总结, DOC-24 补录用纸质表, from the rows of this device.
 * Twin of kinds/{rectification,incidents,campaigns,outage}.py.
 */
import type { CheckCoverage, Covered, CodeRule, Incident, Noted, OutputRow, Problem, ProblemStep, Progress } from "../../sync/types.gen";
import { nameOf, postOf, today, unitOf, type Data, type Reader } from "./reader";
import { at, day, word, type Cells, type Value } from "./values";

const RESULTS: readonly string[] = ["verified", "returned", "not_done"];

/** What a code is called today; the code itself when this device knows of none. */
export function codeName(reader: Reader, code: string): Value {
  const known = [...reader.all("code")].map(([, one]) => one).filter((one) => one.code === code && one.rule.valid_from <= today(reader));
  const rule = known.map((one) => one.rule).reduce<CodeRule | undefined>((best, one) => (best && best.valid_from >= one.valid_from ? best : one), undefined);
  return rule ? { names: rule.names } : code;
}

const last = (problem: Problem, ...steps: readonly ProblemStep["step"][]): ProblemStep | undefined => [...problem.steps].reverse().find(({ step }) => steps.includes(step));

export const rectifyOrder: Data = (reader, rid) => {
  const problem = reader.get("problem", rid);
  if (!problem?.demand) return null;
  const campaign = problem.campaign ? reader.get("campaign", problem.campaign) : undefined;
  return {
    unit: unitOf(reader, problem.unit),
    source: word(`source.${problem.source}`),
    campaign: campaign?.title ?? null,
    problem: codeName(reader, problem.code),
    level: word(`level.${problem.level}`),
    facts: problem.text,
    recurs: problem.recurs ? word("recurs.yes") : null,
    basis: word(campaign ? "basis.campaign" : "basis.rules"),
    demand: problem.demand,
    owner: nameOf(reader, problem.owner),
    due: day(problem.due_day ?? ""),
    first_due: firstDue(problem),
    contact: reader.hall.phone || null,
    sign_head: null,
    sign_office: null,
  };
};

/** Until when it was to be rectified at first, where more time was given since (RCT-01). */
const firstDue = (problem: Problem): Value => (problem.first_due_day ? day(problem.first_due_day) : null);

export const rectifyReply: Data = (reader, rid) => {
  const problem = reader.get("problem", rid);
  const claim = problem && last(problem, "claimed");
  if (!problem || !claim || !["claimed", ...RESULTS].includes(problem.state)) return null;
  const judged = RESULTS.includes(problem.state) ? last(problem, "verified", "returned", "not_done") : undefined;
  return {
    unit: unitOf(reader, problem.unit),
    problem: codeName(reader, problem.code),
    demand: problem.demand || null,
    due: problem.due_day ? day(problem.due_day) : null,
    first_due: firstDue(problem),
    owner: nameOf(reader, problem.owner),
    measures: last(problem, "measures")?.text ?? "",
    done: claim.text ?? "",
    proof: word("proof_of", { before: String(problem.before?.length ?? 0), after: String(problem.after?.length ?? 0) }),
    claimed: at(claim.at),
    responsible: nameOf(reader, claim.by),
    result: word(`result.${RESULTS.includes(problem.state) ? problem.state : "waits"}`),
    opinion: [judged?.text, judged?.unshown].filter(Boolean).join(" · "),
    verified_by: judged ? nameOf(reader, judged.by) : "",
    verified: judged ? at(judged.at) : "",
    sign_owner: nameOf(reader, problem.owner),
    sign_head: null,
    sign_verifier: judged ? nameOf(reader, judged.by) : null,
  };
};

const DUTIES = ["handling", "report", "feedback"] as const;

export const incidentReport: Data = (reader, rid) => {
  const one = reader.get("incident", rid);
  if (!one || one.main) return null;
  const log = one.log ?? [];
  const texts = (step: Noted["step"]): Value => {
    const said = log.filter((entry) => entry.step === step).map((entry) => entry.text);
    return said.length > 0 ? said : "";
  };
  const when = (step: Noted["step"]): Value => {
    const entry = log.find((other) => other.step === step);
    return entry ? at(entry.at) : "";
  };
  const duties = DUTIES.map((duty): [string, Value] => {
    const done = one.done.find((other) => other.duty === duty);
    if (!done) return [duty, ""];
    const parts = { at: at(done.at), name: nameOf(reader, done.by) ?? "" };
    return [duty, done.text ? word("done_text", { ...parts, text: done.text }) : word("done_by", parts)];
  });
  const zone = reader.hall.zones.find(({ id }) => id === one.place);
  return {
    stage: word(`stage.${one.state}`),
    kind: word(`kind.${one.kind}`),
    level: word(`level.${one.level}`),
    place: zone ? { names: zone.names } : postOf(reader, one.place),
    found: at(one.found_at),
    reported: at(one.first_at || one.received_at),
    reporter: nameOf(reader, one.reporter),
    responder: nameOf(reader, one.responder) ?? "",
    people: one.people ? String(one.people) : null,
    reports: (one.reports ?? 1) > 1 ? String(one.reports) : null,
    drill: one.drill ? word("drill.yes") : null,
    paper: one.paper || null,
    text: one.text,
    lines: log.map((entry) => logLine(reader, entry)),
    ...Object.fromEntries(duties),
    restored: when("restored"),
    cause: texts("cause"),
    improve: texts("improve"),
    truthful: when("truthful"),
    told: texts("told"),
    media: media(one),
    sign_reporter: nameOf(reader, one.reporter),
    sign_head: nameOf(reader, one.responder),
    sign_lead: null,
  };
};

function logLine(reader: Reader, entry: Noted): Cells {
  const what = word(`step.${entry.step}`);
  return { at: at(entry.at, "short"), what: entry.to ? word("what_to", { what, to: entry.to }) : what, said: entry.text, who: nameOf(reader, entry.by) };
}

/** Whether an interview was permitted; nothing when nobody asked (EMG-04). */
function media(one: Incident): Value {
  const asked = (one.log ?? []).filter((entry) => entry.step === "media");
  if (asked.length === 0) return null;
  const decided = [...asked].reverse().find((entry) => entry.permitted != null);
  return decided ? word(decided.permitted ? "step.media_yes" : "step.media_no") : word("step.media");
}

const CODES_MAX = 12;
const TENTHS_A_POINT = 10;

export const campaignSummary: Data = (reader, rid) => {
  const campaign = reader.get("campaign", rid);
  const summary = reader.get("camp.summary", rid);
  const [begin, end] = [campaign?.phases[0], campaign?.phases.at(-1)];
  if (!campaign || !summary || !begin || !end) return null;
  const outputs = [...reader.all("camp.output")].filter(([, one]) => one.campaign === rid);
  outputs.sort(([a, x], [b, y]) => (x.day + a < y.day + b ? -1 : 1));
  const count = (n: number) => word("count_of", { n: String(n) });
  const share = (n: number, m: number) => word("of", { n: String(n), m: String(m) });
  const codes = summary.codes.slice(0, CODES_MAX).map(([code, n]) => ({ code: codeName(reader, code), count: String(n) }));
  const checks = [...(summary.coverage ? [summary.coverage] : []), ...summary.checks];
  const sources = summary.sources.map(([source, n]) => ({ source: word(`source.${source}`), count: String(n) }));
  return {
    campaign: campaign.title,
    period: word("period_of", { from: day(begin.from_day), to: day(end.to_day) }),
    scope: word("scope_of", { n: String(summary.units) }),
    first: nameOf(reader, campaign.first),
    deputy: nameOf(reader, campaign.deputy),
    targets: campaign.targets.length > 0 ? campaign.targets : null,
    reported: share(summary.reported, summary.units),
    found: count(summary.found),
    verified: share(summary.verified, summary.found),
    on_time: share(summary.on_time, summary.with_term),
    returned: count(summary.returned),
    recurred: count(summary.recurred),
    found_since: summary.found_since ? count(summary.found_since) : null,
    extended: summary.extended ? count(summary.extended) : null,
    units: String(summary.units),
    reached: String(summary.reported),
    verified_n: String(summary.verified),
    found_n: String(summary.found),
    units_rows: campaign.units.flatMap((unit) => unitLine(reader, unit, campaign.progress[unit])),
    codes: codes.length > 0 ? codes : null,
    sources: sources.length > 0 ? sources : null,
    checks: checks.length > 0 ? checks.flatMap(checked) : null,
    outputs: outputs.length > 0 ? outputs.map(([, one]) => outputLine(reader, one)) : null,
    sign_office: null,
    sign_first: nameOf(reader, campaign.first),
  };
};

function unitLine(reader: Reader, unit: string, one: Progress | undefined): Cells[] {
  if (!one) return [];
  const check = one.zero ? "zero" : one.reported ? "yes" : "no";
  return [{ unit: unitOf(reader, unit), check: word(`check.${check}`), n_found: String(one.found), n_rectified: String(one.rectified), n_verified: String(one.verified) }];
}

/** The kinds of units a hall begins with; one of its own is told as typed. */
const CATEGORIES = ["department", "utility", "town", ""];

/** An inspection plan, or all of them, in all, then by category (CHK-02, CHK-03). */
function checked({ title, needed, covered, categories }: CheckCoverage): Cells[] {
  const share = (n: number, m: number) => word("of", { n: String(n), m: String(m) });
  const row = (scope: Cells[string], need: string, one: Covered): Cells => ({ scope_of_plan: scope, need, units_seen: share(one.reached, one.units), windows_seen: share(one.windows_reached, one.windows) });
  const strata = Object.entries(categories).sort(([a], [b]) => (a < b ? -1 : 1));
  const said = (name: string) => (CATEGORIES.includes(name) ? word(`category.${name || "none"}`) : name);
  return [row(title || word("all_plans"), String(needed), covered), ...(strata.length > 1 ? strata.map(([name, one]) => row(said(name), "", one)) : [])];
}

function outputLine(reader: Reader, one: OutputRow): Cells {
  const points = one.figure == null ? "" : (one.figure / TENTHS_A_POINT).toFixed(1);
  return {
    kind: word(`kind.${one.kind}`),
    title_of: points ? word("scored", { title: one.title, points }) : one.title,
    unit: unitOf(reader, one.unit),
    day: day(one.day, "short"),
  };
}

/** Empty forms, by what they are for; each sheet has a mark of its own behind the name. */
export const FORMS: readonly string[] = ["away", "handover", "incident"];
const TO_WRITE = ["hall_unit", "kept_by", "from_time", "to_time", "kind", "place", "found", "level", "people", "reporter", "first"];

export const outageForm: Data = (reader, rid) => {
  const form = rid.split("-")[0] ?? "";
  if (!FORMS.includes(form) || reader.roles.every((role) => role === "TEAM" || role === "BOARD")) return null;
  return { form: word(`form.${form}`), ...Object.fromEntries(TO_WRITE.map((key) => [key, ""])), [form]: [], sign_keeper: null, sign_typist: null };
};
