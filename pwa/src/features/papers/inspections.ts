/** DOC-14 场所检查表 and 暗访记录表, from the rows of this device (FAC-06, CHK-07). Twin of kinds/inspections.py. */
import type { Attached, Checklist, ItemAnswer, RepairTask, Score } from "../../sync/types.gen";
import { nameOf, postOf, type Data, type Reader } from "./reader";
import { span, word, type Cells, type Value, type Values } from "./values";

const UNSEALED: readonly string[] = ["published", "withdrawn", "void"];

export const facilityCheck: Data = (reader, rid) => {
  const seen = reader.get("facility", rid);
  const checklist = seen && reader.get("checklist", seen.checklist);
  if (!seen || !checklist) return null;
  const repairs = new Map([...reader.all("repair")].flatMap(([, one]) => (one.inspection === rid ? [[one.item ?? "", one] as const] : [])));
  const faults = seen.failed.flatMap((item) => repairs.get(item) ?? []).map((one) => fault(reader, one));
  return {
    place: place(reader, seen.place),
    when: span(seen.from_at, seen.to_at),
    inspector: nameOf(reader, seen.by),
    ...head(checklist, seen.score),
    text: seen.text || null,
    items: items(checklist, seen.answers, seen.blobs),
    faults: faults.length > 0 ? faults : null,
    sign_inspector: nameOf(reader, seen.by),
    sign_office: null,
  };
};

export const visitRecord: Data = (reader, rid) => {
  const seen = reader.get("visit", rid);
  const checklist = seen && reader.get("checklist", seen.checklist);
  if (!seen || !checklist) return null;
  const mission = reader.get("mission", seen.mission);
  const visitor = mission?.team_names[mission.team.indexOf(seen.visitor)] ?? nameOf(reader, seen.visitor);
  return {
    ...(UNSEALED.includes(seen.state) ? {} : { class: "P5" }),
    unit: mission ? { names: mission.unit_names } : null,
    window: mission ? word("post.window", { number: mission.window }) : null,
    when: span(seen.arrived_at, seen.left_at),
    visitor,
    badge: seen.badge || null,
    ...head(checklist, seen.score),
    story: seen.story || null,
    said: seen.said || null,
    revealed: word(seen.revealed ? "yes" : "no_word"),
    conflict: seen.conflict || word("none"),
    items: items(checklist, seen.answers, seen.blobs),
    result: seen.text || null,
    sign_visitor: visitor,
    sign_second: null,
    sign_lead: null,
  };
};

function head(checklist: Checklist, score: Score): Values {
  return {
    checklist: word("list_of", { name: { names: checklist.names }, n: String(checklist.version) }),
    score: word(score.capped ? "capped_of" : "score_of", { n: tenths(score.tenths) }),
    grade: word(`grade.${score.grade}`),
  };
}

const tenths = (n: number): string => (n % 10 ? `${Math.floor(n / 10)}.${n % 10}` : String(n / 10));

/** Every item of the list with the kinds of its evidence; one without an answer has a place to write. */
function items(checklist: Checklist, answers: readonly ItemAnswer[], blobs: readonly Attached[] = []): Cells[] {
  const sounds = new Set(blobs.flatMap((one) => (one.mime.startsWith("audio/") ? [one.sha256] : [])));
  const given = new Map(answers.map((answer) => [answer.item, answer]));
  return checklist.groups.flatMap((group) =>
    group.items.map((item) => {
      const answer = given.get(item.id);
      return {
        group: word("group_of", { id: group.id, name: { names: group.names } }),
        no: item.id,
        item: { names: item.names },
        points: item.points ? String(item.points) : null,
        verdict: answer ? word(`mark.${answer.mark}`) : null,
        note: note(answer, sounds),
      };
    }),
  );
}

function note(answer: ItemAnswer | undefined, sounds: ReadonlySet<string>): Value {
  const blobs = answer?.photos ?? [];
  const heard = blobs.filter((one) => sounds.has(one)).length;
  const kinds = { photos_of: blobs.length - heard, sounds_of: heard };
  const said = [...(answer?.note ? [answer.note] : []), ...Object.entries(kinds).flatMap(([kind, n]) => (n ? [word(kind, { n: String(n) })] : []))];
  return said.length > 0 ? said : null;
}

function fault(reader: Reader, repair: RepairTask): Cells {
  return {
    fault: repair.item ?? "",
    what: word("what_of", { kind: word(`kind.${repair.kind}`), severity: word(`severity.${repair.severity}`) }),
    where: place(reader, repair.place),
    state: word(`state.${repair.state}`),
    owner: nameOf(reader, repair.owner),
  };
}

/** A window, a zone, or the whole hall. */
function place(reader: Reader, id: string): Value {
  if (!id) return word("whole_hall");
  const zone = reader.hall.zones.find((one) => one.id === id);
  return zone ? { names: zone.names } : (postOf(reader, id) ?? id);
}
