/** What a device shows of its own steps before the server has answered: the twin of server/domain/facility, as far as it goes. */
import type { Change, Effects, ReadRows } from "../../sync/api";
import type { Inspect, RepairStep, RepairTask } from "../../sync/types.gen";
import { itemsOf, scoreOf } from "../hall/checklist";
import { mayClose } from "./model";

function unitOf(rows: ReadRows, place: string): string {
  return rows.get("post", place)?.unit ?? "";
}

/** Every item that failed becomes a repair (FAC-05). */
function opened(rows: ReadRows, rid: string, a: Inspect, uid: string): Change[] {
  const items = new Map(itemsOf(rows.get("checklist", a.checklist) ?? { names: {}, version: 0, groups: [] }).map((item) => [item.id, item]));
  return a.answers.flatMap((answer): Change[] => {
    if (answer.mark !== "fail") return [];
    const fault = a.faults?.[answer.item];
    const place = fault?.place || (a.place ?? "");
    const body: RepairTask = {
      place,
      unit: unitOf(rows, place),
      kind: fault?.kind ?? "fault",
      severity: fault?.severity ?? "minor",
      text: answer.note ?? "",
      state: "reported",
      steps: [{ step: "reported", by: uid, at: a.to_at }],
      reported_at: a.to_at,
      names: items.get(answer.item)?.names ?? {},
      inspection: rid,
      item: answer.item,
      closes: (fault?.closes ?? false) && mayClose(rows.get("me", uid), unitOf(rows, place)),
    };
    return [{ kind: "repair", rid: `${rid}.${answer.item}`, body }];
  });
}

function step(rows: ReadRows, rid: string, next: RepairStep, state: RepairTask["state"], more: Partial<RepairTask> = {}): Change[] {
  const repair = rows.get("repair", rid);
  return repair ? [{ kind: "repair", rid, body: { ...repair, ...more, state, steps: [...repair.steps, next] } }] : [];
}

export const effects: Effects = {
  "facility.inspect": ({ rid, a, at, uid, blobs }, rows) => {
    const checklist = rows.get("checklist", a.checklist);
    if (!checklist) return [];
    const failed = a.answers.filter(({ mark }) => mark === "fail").map(({ item }) => item);
    const { faults: _, said_tenths: __, ...said } = a;
    return [
      { kind: "facility", rid, body: { ...said, place: a.place ?? "", by: uid, received_at: at, grade: "C", score: scoreOf(checklist, a.answers), failed, blobs: [...blobs] } },
      ...opened(rows, rid, a, uid),
    ];
  },
  "repair.report": ({ rid, a, uid, blobs }, rows) => [
    {
      kind: "repair",
      rid,
      body: {
        place: a.place,
        unit: unitOf(rows, a.place),
        kind: a.kind ?? "fault",
        severity: a.severity ?? "minor",
        text: a.text,
        state: "reported",
        steps: [{ step: "reported", by: uid, at: a.at }],
        reported_at: a.at,
        closes: (a.closes ?? false) && mayClose(rows.get("me", uid), unitOf(rows, a.place)),
        blobs: [...blobs],
      },
    },
  ],
  "repair.assign": ({ rid, a, at, uid }, rows) => step(rows, rid, { step: "assigned", by: uid, at, text: a.text ?? "" }, "assigned", { owner: a.to, due_day: a.due_day ?? "" }),
  "repair.done": ({ rid, a, uid, blobs }, rows) =>
    step(rows, rid, { step: "repaired", by: uid, at: a.at, text: a.text }, "repaired", {
      after: blobs.map(({ sha256 }) => sha256),
      blobs: [...(rows.get("repair", rid)?.blobs ?? []), ...blobs],
    }),
  "repair.check": ({ rid, a, at, uid }, rows) => step(rows, rid, { step: a.accept ? "checked" : "returned", by: uid, at, text: a.text ?? "" }, a.accept ? "checked" : "assigned"),
  "repair.drop": ({ rid, a, at, uid }, rows) => step(rows, rid, { step: "dropped", by: uid, at, text: a.text }, "dropped"),
};
