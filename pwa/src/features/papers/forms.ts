/** DOC-10 工作移交单, DOC-11 请假单 and 销假单, DOC-12 考勤月报 and 补签单, from the rows of this device. Twin of kinds/{handover,leaves,attendance}.py. */
import { dayOf } from "../../i18n";
import type { AttException, DayLine, Leave, LeaveStep, LeaveTypeRule, Spell } from "../../sync/types.gen";
import { nameOf, postOf, unitOf, type Data, type Reader } from "./reader";
import { at, day, span, word, type Cells, type Value, type Values } from "./values";

export const handover: Data = (reader, rid) => {
  const sheet = reader.get("handover", rid);
  if (!sheet || sheet.state === "declined" || sheet.state === "withdrawn") return null;
  const open = (sheet.open_items ?? []).flatMap((n) => sheet.items[n]?.matter ?? []);
  return {
    a: nameOf(reader, sheet.a),
    b: nameOf(reader, sheet.b) ?? "",
    post: postOf(reader, sheet.post),
    unit: unitOf(reader, sheet.unit),
    span: span(sheet.from_at, sheet.to_at),
    reason: word(`reason.${sheet.reason}`),
    made: at(sheet.made_at, "short"),
    planned: word(sheet.planned ? "planned.yes" : "planned.no"),
    why: sheet.why || null,
    keys: sheet.keys?.length ? sheet.keys : null,
    notes: sheet.notes || null,
    items: sheet.items.map((item, n) => ({
      n: String(n + 1),
      matter: item.matter,
      state: word(`state.${item.state ?? "open"}`),
      due: item.due ? day(item.due, "short") : null,
      appointment: item.appointment ? at(item.appointment, "short") : null,
      materials: item.materials || null,
    })),
    sign_a: nameOf(reader, sheet.a),
    sign_b: nameOf(reader, sheet.b),
    sign_head: null,
    back: sheet.back_at ? at(sheet.back_at) : "",
    report: sheet.report ?? "",
    open: sheet.back_at ? (open.length > 0 ? open : word("none")) : "",
    sign_back_b: null,
    sign_back_a: null,
  };
};

const NO_RETURN: readonly Leave["state"][] = ["told", "pending", "refused", "withdrawn", "merged", "extended"];

export const leaveSlip: Data = (reader, rid) => {
  const leave = reader.get("leave", rid);
  if (!leave || leave.state === "merged" || leave.state === "told") return null;
  const cover = (leave.cover ?? []).map((slot) => ({
    post: postOf(reader, slot.post),
    when: span(slot.from_at, slot.to_at),
    by: nameOf(reader, slot.stand_in) ?? word("cover.none"),
  }));
  const left = leave.left_centidays ?? null;
  return {
    ...leaveHead(reader, leave),
    left: left === null ? null : days(left),
    text: leave.sealed ? word("sealed") : (leave.text ?? ""),
    stand_in: nameOf(reader, leave.stand_in),
    out_of_city: leave.out_of_city || null,
    asked: at(leave.asked_at, "short"),
    filed_by: leave.by === leave.person ? null : nameOf(reader, leave.by),
    steps: (leave.steps ?? []).map((step) => stepLine(reader, leave, step)),
    cover: cover.length > 0 ? cover : null,
    sign_person: nameOf(reader, leave.person),
  };
};

export const leaveReturn: Data = (reader, rid) => {
  const leave = reader.get("leave", rid);
  if (!leave || NO_RETURN.includes(leave.state)) return null;
  const how = leave.late_return ? "result.late" : leave.back_unproven ? "result.unproven" : "result.on_time";
  const said = leave.returned_at ? word(how) : "";
  return {
    ...leaveHead(reader, leave),
    back_by: leave.back_by ? at(leave.back_by) : null,
    returned: leave.returned_at ? at(leave.returned_at) : "",
    result: leave.state === "recalled" ? word("result.recalled") : said,
    confirmed_by: nameOf(reader, leave.confirmed_by) ?? "",
    sign_person: nameOf(reader, leave.person),
  };
};

function leaveHead(reader: Reader, leave: Leave): Values {
  const title = reader.get("person", leave.person)?.title;
  const rule = ruleOf(reader, leave);
  return {
    class: rule?.privacy === "P3" ? "P3" : "P2",
    person: nameOf(reader, leave.person),
    unit: unitOf(reader, leave.unit),
    post_title: title && Object.keys(title).length > 0 ? { names: title } : null,
    type: rule ? { names: rule.names } : leave.type,
    span: span(leave.from_at, leave.to_at),
    days: days(leave.centidays),
  };
}

/** The type's rule on the day the leave begins (LVT-02). */
function ruleOf(reader: Reader, leave: Leave): LeaveTypeRule | undefined {
  const found = [...reader.all("leave.type")].filter(([, one]) => one.code === leave.type).map(([, one]) => one.rule);
  const valid = found.filter((rule) => rule.valid_from <= dayOf(leave.from_at));
  return (valid.length > 0 ? valid : found).reduce<LeaveTypeRule | undefined>((best, rule) => (best && best.valid_from >= rule.valid_from ? best : rule), undefined);
}

const days = (centidays: number): Value => word("days_of", { n: (centidays / 100).toFixed(2).replace(/\.?0+$/, "") });

function stepLine(reader: Reader, leave: Leave, step: LeaveStep): Cells {
  const by = step.by ?? "";
  const made = (leave.decisions ?? []).find((one) => one.counts !== false && one.role === step.role && one.by === by);
  const name = nameOf(reader, by);
  return {
    role: word(`role.${step.role}`),
    who: made?.for_uid && name ? word("deputy_for", { who: name, for: nameOf(reader, made.for_uid) ?? "" }) : name,
    decision: word(`st.${step.st}`),
    at: made ? at(made.at, "short") : null,
    opinion: made?.text || null,
  };
}

const SHOWN_SESSIONS = 2;
const QUIET: readonly string[] = ["ok", "waiting"];

export const attMonth: Data = (reader, rid) => {
  const sheet = reader.get("att.sheet", rid);
  if (!sheet) return null;
  const [y = "", m = ""] = sheet.month.split("-");
  const mine = [...reader.all("att.exc")].map(([, one]) => one).filter((e) => e.person === sheet.person && e.day.startsWith(sheet.month) && e.state !== "cleared");
  mine.sort((a, b) => (a.day === b.day ? a.session - b.session || Number(a.way === "out") - Number(b.way === "out") : a.day < b.day ? -1 : 1));
  const total = sheet.totals;
  const inDays = (n = 0) => word("days_of", { n: String(n) });
  const times = (n = 0) => word("times_of", { n: String(n) });
  return {
    person: nameOf(reader, sheet.person),
    unit: unitOf(reader, sheet.unit),
    month: word("month_of", { y, m: String(Number(m)) }),
    state: word(`state.${sheet.state}`),
    days: inDays(total.days),
    leave: inDays(total.leave),
    official: inDays(total.official),
    late: times(total.late),
    early: times(total.early),
    half_days: times(total.half_days),
    missing: times(total.missing),
    absent: times(total.absent),
    lines: sheet.days.map((line) => dayLine(sheet.month, line)),
    exceptions: mine.length > 0 ? mine.map(exception) : null,
    confirmed: sheet.confirmed_at ? at(sheet.confirmed_at) : "",
    said: sheet.text || null,
    sign_person: nameOf(reader, sheet.person),
  };
};

function dayLine(month: string, { day: number, spells, shut }: DayLine): Cells {
  const times = spells.slice(0, SHOWN_SESSIONS).flatMap((spell, n): [string, Value][] => [
    [`in_${n}`, spell.in_at ? at(spell.in_at, "time") : null],
    [`out_${n}`, spell.out_at ? at(spell.out_at, "time") : null],
  ]);
  return { day: day(`${month}-${String(number).padStart(2, "0")}`, "short"), ...Object.fromEntries(times), note: shut ? word("shut") : note(spells) };
}

/** What was not in order that day, said once when it is the same all day (leave, official). */
function note(spells: readonly Spell[]): Value {
  const edges = spells.flatMap((spell, n) => [
    { n, way: "in", kind: spell.in_kind ?? "ok" },
    { n, way: "out", kind: spell.out_kind ?? "ok" },
  ]);
  const kinds = new Set(edges.map((edge) => edge.kind));
  const [first] = edges;
  if (first && kinds.size === 1 && !QUIET.includes(first.kind)) return word(`kind.${first.kind}`);
  const odd = edges.filter((edge) => !QUIET.includes(edge.kind));
  return odd.length > 0 ? odd.map(({ n, way, kind }) => word("note_of", { session: word(`session.${n}`), way: word(`way.${way}`), kind: word(`kind.${kind}`) })) : null;
}

function exception(e: AttException): Cells {
  const kind = word(`kind.${e.kind}`);
  const said = [...(e.answers ?? []), ...(e.appeal ? [e.appeal] : [])];
  return {
    day: day(e.day, "short"),
    edge: edge(e.session, e.way),
    kind: e.minutes ? word("kind_of", { kind, n: String(e.minutes) }) : kind,
    excuse: said.length > 0 ? said : null,
    outcome: word(`outcome.${e.state}`),
  };
}

const edge = (session: number, way: string): Value => word("edge_of", { session: word(`session.${session}`), way: word(`way.${way}`) });

export const attCorrection: Data = (reader, rid) => {
  const asked = reader.get("att.correction", rid);
  if (!asked) return null;
  const decided = (asked.state ?? "waiting") !== "waiting";
  return {
    person: nameOf(reader, asked.person),
    unit: unitOf(reader, asked.unit),
    day: day(asked.day),
    edge: edge(asked.session, asked.way),
    claim: at(asked.claim_at),
    nth: word("nth_of", { n: String(asked.nth) }),
    text: asked.text,
    asked: at(asked.at),
    state: word(`state.${asked.state ?? "waiting"}`),
    decided_by: decided ? nameOf(reader, asked.decided_by) : "",
    decided: decided ? at(asked.decided_at ?? 0) : "",
    opinion: decided ? (asked.decision ?? "") : "",
    sign_person: nameOf(reader, asked.person),
  };
};
