/** DOC-13 巡查记录表, 巡查周报 and 月报, DOC-15 检查通报, from the rows of this device. Twin of kinds/{rounds,bulletins}.py. */
import type { RowKind } from "../../sync/api";
import type { BulletinCase, BulletinDetail, BulletinIssued, BulletinLine, Observation } from "../../sync/types.gen";
import { codeName } from "./checks";
import { nameOf, postOf, unitOf, type Data, type Reader } from "./reader";
import { at, day, span, word, type Cells, type Value } from "./values";

const some = <T>(list: readonly T[]): readonly T[] | null => (list.length > 0 ? list : null);

/** An issued bulletin as this reader has it; `row`: of which version. */
const bulletin = (row: RowKind & ("bulletin.in" | "bulletin.pub")): Data => (reader, rid) => {
  const body = reader.get(row, rid);
  if (!body || body.withdrawn) return null;
  const [year = "", n = ""] = body.number.split("-");
  return {
    name: body.title,
    kind: word(`kind.${body.kind}`),
    issue: word("issue_of", { year, n }),
    period: word("period_of", { from: day(body.from_day), to: day(body.to_day) }),
    issued: at(body.issued_at),
    method: body.method || null,
    overall: body.overall || null,
    numbers: numbers(body),
    good: some((body.good ?? []).map((one) => caseLine(reader, one))),
    units: some(body.lines.map((one) => unitLine(reader, one))),
    cases: some((body.cases ?? []).map((one) => caseLine(reader, one))),
    demands: body.demands || null,
    terms: body.terms || null,
    annex: body.annex || null,
    details: some((body.details ?? []).map((one) => detail(reader, one))),
    sign_office: null,
  };
};

export const bulletinIn = bulletin("bulletin.in");
export const bulletinPub = bulletin("bulletin.pub");

function numbers({ kind, numbers: n }: BulletinIssued): Cells[] {
  const of = (part = 0, whole = 0) => word("of", { part: String(part), whole: String(whole) });
  const said: Record<string, Value> = {
    slots: of(n.slots_done, n.slots_due),
    late: String(n.slots_late ?? 0),
    partial: String(n.slots_partial ?? 0),
    rounds: String(n.rounds ?? 0),
    gap: String(n.gap_min ?? 0),
    served: of(n.served, n.looks),
    reminders: String(n.reminders ?? 0),
    findings: String(n.findings ?? 0),
    problems: String(n.problems ?? 0),
    results: String(n.results ?? 0),
    covered: of(n.reached, n.scope),
  };
  const shown = kind === "check" ? ["results", "covered", "problems"] : ["slots", "partial", "rounds", "late", "gap", "served", "reminders", "findings", "problems"];
  return shown.map((key) => ({ what: word(`n.${key}`), count: said[key] ?? null }));
}

const code = (reader: Reader, one: string): Value => (one === "other" ? word("code.other") : codeName(reader, one));

function unitLine(reader: Reader, line: BulletinLine): Cells {
  const codes = Object.entries(line.codes ?? {}).map(([one, n]) => word("code_of", { what: code(reader, one), n: String(n) }));
  const parts = { n: String(line.results ?? 0), score: ((line.tenths ?? 0) / 10).toFixed(1) };
  const results = line.vetoes ? word("veto_of", { m: String(line.vetoes), ...parts }) : word("result_of", parts);
  return {
    unit: unitOf(reader, line.unit),
    findings: line.findings ? String(line.findings) : null,
    problems: some(codes),
    results: line.results ? results : null,
  };
}

const caseLine = (reader: Reader, one: BulletinCase): Cells => ({ unit: unitOf(reader, one.unit), case: one.title, story: one.text || null });

function detail(reader: Reader, one: BulletinDetail): Cells {
  return {
    unit: unitOf(reader, one.unit),
    post: one.post ? postOf(reader, one.post) : null,
    at: at(one.at, "short"),
    fact: one.what === "unattended" ? word("fact.unattended") : code(reader, one.what),
    minutes: one.minutes ? String(one.minutes) : null,
  };
}

/** Codes that only repeat what was seen (catalogue §6.3). */
const OF_SEEN: ReadonlySet<string> = new Set(["P1", "P2", "P3", "P4", "P5", "P6"]);

/** A round that is over; what its author took back is not in it. */
export const patrolRound: Data = (reader, rid) => {
  const one = reader.get("round", rid);
  if (!one?.finished_at) return null;
  const seen = [...reader.all("obs")].map(([, body]) => body).filter((body) => body.round === rid && !body.withdrawn);
  const looked = new Set([...one.zones.flatMap((zone) => zone.posts), ...seen.map((body) => body.post)]);
  const zone = (id: string): Value => {
    const found = reader.hall.zones.find((known) => known.id === id);
    return found ? { names: found.names } : id;
  };
  return {
    type: word(`type.${one.type}`),
    slot: word("slot_of", { day: day(one.slot.slice(0, 10)), hour: one.slot.slice(11) }),
    inspector: nameOf(reader, one.inspector),
    span: span(one.started_at, one.finished_at),
    posts: one.due ? word("of_due", { n: String(looked.size), m: String(one.due) }) : word("count_of", { n: String(looked.size) }),
    points: some((one.points ?? []).map(zone)),
    reminders: word("times_of", { n: String(seen.filter((body) => body.reminded).length) }),
    queue: one.queue_len == null ? null : word("people_of", { n: String(one.queue_len) }),
    remark: one.remark || null,
    zones: one.zones.map((done) => ({ zone: zone(done.zone), at: at(done.at, "time"), present: done.posts.map((post) => postOf(reader, post)) })),
    records: seen.sort((a, b) => a.at - b.at || (a.post < b.post ? -1 : 1)).map((body) => record(reader, body)),
    sign_inspector: nameOf(reader, one.inspector),
  };
};

function record(reader: Reader, one: Observation): Cells {
  return {
    post: postOf(reader, one.post),
    at: at(one.at, "time"),
    seen: word(`seen.${one.seen}`),
    codes: some((one.codes ?? []).filter((code) => !OF_SEEN.has(code)).map((code) => word(`code.${code}`))),
    reminded: one.reminded ? word("reminded.yes") : null,
    note: one.note || null,
  };
}
