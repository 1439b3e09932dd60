/** The pure half of inspections and repairs: the draft, what is missing, and who may do what next (FAC-05). */
import type { Checklist, Fault, Inspect, RepairTask } from "../../sync/types.gen";
import { answersOf, nextOpen, withoutProof, type Answers } from "../hall/answering";
import { itemsOf, scoreOf } from "../hall/checklist";

/** What is kept on the device at every change. Times ms. */
export interface Draft {
  answers: Answers;
  faults: Record<string, Fault>;
  place: string;
  text: string;
  from_at: number;
}

export type Missing = "items" | "proof" | "all_na";

/** What still keeps an inspection from being handed in, in the order a person mends it. */
export function missingOf(checklist: Checklist, draft: Draft): Missing | null {
  if (nextOpen(checklist, draft.answers)) return "items";
  if (withoutProof(checklist, draft.answers).length > 0) return "proof";
  return itemsOf(checklist).every((item) => draft.answers[item.id]?.mark === "na") ? "all_na" : null;
}

/** The arguments of `facility.inspect`; what was said about a fault that is none any more is left out. */
export function inspectOf(id: string, checklist: Checklist, draft: Draft, now: number): Inspect {
  const answers = answersOf(checklist, draft.answers);
  const failed = new Set(answers.filter(({ mark }) => mark === "fail").map(({ item }) => item));
  const faults = Object.fromEntries(Object.entries(draft.faults).filter(([item]) => failed.has(item)));
  return {
    checklist: id,
    from_at: draft.from_at,
    to_at: now,
    answers,
    said_tenths: scoreOf(checklist, answers).tenths,
    ...(draft.place ? { place: draft.place } : {}),
    ...(Object.keys(faults).length > 0 ? { faults } : {}),
    ...(draft.text.trim() ? { text: draft.text.trim() } : {}),
  };
}

/** Every failed or half answer marked well: where a round begins for someone who looks for what is wrong. */
export function allWell(checklist: Checklist, answers: Answers, group: string): Answers {
  const items = checklist.groups.find((one) => one.id === group)?.items ?? [];
  return { ...answers, ...Object.fromEntries(items.filter((item) => !answers[item.id]?.mark).map((item) => [item.id, { ...answers[item.id], mark: "full" as const }])) };
}

/** Whose word that something broken closes a window of a unit goes on the board (FAC-07). */
export function mayClose(me: { unit: string; roles: readonly string[] } | undefined, unit: string): boolean {
  return !!me && ((!!me.unit && me.unit === unit) || ["INS", "EFF", "OFF", "LEAD"].some((role) => me.roles.includes(role)));
}

/** Whether what closes a window still does: once a word that it works was returned, until another has seen that it does (the twin of `is_shut`). */
export function isShut(repair: RepairTask): boolean {
  const returned = repair.steps.some(({ step }) => step === "returned");
  return !!repair.closes && (["reported", "assigned"].includes(repair.state) || (repair.state === "repaired" && returned));
}

export type Act = "assign" | "done" | "drop" | "return" | "accept";
const KEEPERS = ["OFF", "EFF", "LEAD", "TOP"];

/** Who was to repair it or said to have done so: none of them checks it. */
export function isRepairer(repair: RepairTask, uid: string): boolean {
  return repair.owner === uid || repair.steps.some((step) => step.step === "repaired" && step.by === uid);
}

/** The steps open to this person now; the likeliest last. */
export function actsOf(repair: RepairTask, uid: string, me: { unit: string; roles: readonly string[] } | undefined): Act[] {
  const has = (...roles: string[]) => roles.some((role) => me?.roles.includes(role));
  const heads = has("HEAD") && !!me?.unit && me.unit === repair.unit;
  const acts: Act[] = [];
  const own = isRepairer(repair, uid) || (heads && !!repair.inspection);
  if ((has(...KEEPERS) || heads) && !own && repair.state !== "checked" && repair.state !== "dropped") acts.push("drop");
  const assigns = (has(...KEEPERS) || heads) && ["reported", "assigned", "dropped"].includes(repair.state);
  const repairs = (repair.owner === uid || heads || has("OFF")) && ["reported", "assigned"].includes(repair.state);
  if (assigns && repair.owner === uid) acts.push("assign");
  if (repairs) acts.push("done");
  if (assigns && repair.owner !== uid) acts.push("assign");
  if ((has("INS", ...KEEPERS) || heads) && repair.state === "repaired" && !isRepairer(repair, uid)) acts.push("return", "accept");
  return acts;
}
