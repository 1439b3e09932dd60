/** Numbers of a campaign and columns of the board. Pure. */
import type { View } from "../../sync/api";
import type { Batch, Campaign, CampaignDuty, DutyDone, Phase, Problem, Progress } from "../../sync/types.gen";

export interface UnitRow extends Progress {
  unit: string;
}

/** The units of a campaign, those with most to do first; who has reported nothing before who has. */
export function unitRows(campaign: Pick<Campaign, "progress">): UnitRow[] {
  return Object.entries(campaign.progress)
    .map(([unit, one]) => ({ unit, ...one }))
    .sort((a, b) => b.found - b.verified - (a.found - a.verified) || Number(a.reported) - Number(b.reported) || (a.unit < b.unit ? -1 : 1));
}

export function totals(rows: readonly UnitRow[]): { found: number; rectified: number; verified: number; reported: number } {
  const sum = (of: (row: UnitRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  return { found: sum((row) => row.found), rectified: sum((row) => row.rectified), verified: sum((row) => row.verified), reported: sum((row) => Number(row.reported)) };
}

/** A task with its phase, who answers for it, and by when. */
export interface Planned {
  duty: CampaignDuty;
  phase: Phase;
  who: string[];
  by_day: string;
  done: DutyDone | undefined;
  late: boolean;
}

/** The tasks of a campaign in order of their days (CAMP-01): who is named for one, else for its phase, else for the campaign. */
export function dutiesOf(campaign: Pick<Campaign, "phases" | "first" | "deputy" | "done">, today: string): Planned[] {
  const every = campaign.phases.flatMap((phase) =>
    (phase.duties ?? []).map((duty): Planned => {
      const named = duty.who || phase.who;
      const [by_day, done] = [duty.by_day || phase.to_day, campaign.done?.[duty.id]];
      return { duty, phase, who: named ? [named] : [campaign.first, campaign.deputy].filter(Boolean), by_day, done, late: !done && by_day < today };
    }),
  );
  return every.sort((a, b) => (a.by_day < b.by_day ? -1 : a.by_day > b.by_day ? 1 : 0));
}

/** A batch while a campaign is laid down: how many units, as typed, by which day; the last one takes the others (CAMP-02). */
export interface Share {
  size: string;
  by_day: string;
}

/** So many batches of nearly one size. */
export function evenly(units: number, count: number, by_day: string): Share[] {
  if (count < 2) return [];
  return Array.from({ length: count }, (_, at) => ({ size: at === count - 1 ? "" : String(Math.floor(units / count)), by_day }));
}

/** The units in their order, as the batches are sized: 10 + 10 + 14 of 34; null when they cannot be dealt out so. */
export function batchesOf(units: readonly string[], split: readonly Share[]): Batch[] | null {
  const sizes = split.slice(0, -1).map(({ size }) => Number(size));
  const left = units.length - sizes.reduce((sum, size) => sum + size, 0);
  if (split.length > 0 && ![...sizes, left].every((size) => Number.isInteger(size) && size > 0)) return null;
  const from = (at: number) => sizes.slice(0, at).reduce((sum, size) => sum + size, 0);
  return split.map(({ by_day }, at) => ({ units: units.slice(from(at), at === split.length - 1 ? undefined : from(at + 1)), by_day }));
}

export type ColumnId = "found" | "doing" | "claimed" | "returned" | "ended";
/** The columns of the board, in the order in which a problem goes through them. */
export const COLUMNS: readonly ColumnId[] = ["found", "doing", "claimed", "returned", "ended"];
const COLUMN_OF: Record<Problem["state"], ColumnId> = {
  found: "found",
  ordered: "doing",
  rectifying: "doing",
  claimed: "claimed",
  returned: "returned",
  verified: "ended",
  not_done: "ended",
  lifted: "ended",
};

export interface Wanted {
  campaign: string;
  unit: string;
  only: "all" | "overdue" | "back";
}

export interface OnBoard {
  rid: string;
  body: Problem;
}

/** The units somebody answers for in a campaign: the one he heads, and those he is named for (CAMP-01). */
export function answersFor({ units, heads }: Pick<Campaign, "units" | "heads">, uid: string, me: { unit: string; roles: readonly string[] } | undefined): string[] {
  return units.filter((unit) => heads?.[unit] === uid || (me?.roles.includes("HEAD") === true && me.unit === unit));
}

export type Act = "answer" | "order" | "measures" | "claim" | "accept" | "return" | "close" | "withdraw";
const SUPERVISES = ["INS", "EFF", "CHECK", "OFF", "LEAD"];
export const LEADS = ["EFF", "CHECK", "OFF", "LEAD", "TOP"];

/** Who has a part in a problem and does not verify it (RCT-02, PTL-10); twin of `involved`, as far as the row tells. */
function involved({ steps }: Problem, uid: string): boolean {
  const found = steps.some((one) => one.step === "found" && one.by === uid);
  return steps.some((one) => (one.step === "ordered" && (one.owner === uid || (found && one.by === uid))) || (["measures", "claimed"].includes(one.step) && one.by === uid));
}

/** The steps open to this person now. */
export function actsOf(problem: Problem, uid: string, me: { unit: string; roles: readonly string[] } | undefined): Act[] {
  const { state, steps } = problem;
  const has = (roles: readonly string[]) => roles.some((role) => me?.roles.includes(role));
  const named = problem.owner === uid || problem.named === uid;
  const own = me?.unit === problem.unit || named;
  const answers = named || (has(["HEAD"]) && me?.unit === problem.unit);
  const acts: Act[] = [];
  if (state === "lifted") return acts;
  if (!own && !problem.item && (has(LEADS) || (has(SUPERVISES) && steps[0]?.by === uid))) acts.push("withdraw");
  if (answers) acts.push("answer");
  if (state === "verified") return acts;
  if (has(SUPERVISES) && state !== "claimed") acts.push("order");
  if (answers) acts.push("measures", "claim");
  if (has(SUPERVISES) && !own && state === "claimed" && !involved(problem, uid)) acts.push("return", "accept");
  if (has(SUPERVISES) && ["ordered", "rectifying", "returned"].includes(state) && problem.overdue) acts.push("close");
  return acts;
}

/** What it takes to accept a claim as it is (RCT-02), "" nothing more; twin of `proof_missing`: what is only named shows nothing. */
export function wanting({ before, after, blobs, proof = "words" }: Pick<Problem, "before" | "after" | "blobs" | "proof">): NonNullable<Problem["proof"]> | "" {
  const come = (part: readonly string[] = []) => blobs?.some(({ sha256, st }) => st === "stored" && part.includes(sha256));
  return come(before) && come(after) ? "" : proof;
}

/** Whether some of what a claim names to show it is still on its way; what was refused is not waited for. */
export const isComing = ({ before = [], after = [], blobs }: Pick<Problem, "before" | "after" | "blobs">): boolean =>
  blobs?.some(({ sha256, st = "missing" }) => st === "missing" && [...before, ...after].includes(sha256)) ?? false;

/** Whether a zero report is signed with the own name (CAMP-03): spaces and the width of letters do not matter; twin of the server's `_plain`. */
export function isSigned(signed: string, name: string): boolean {
  const plain = (text: string) => text.normalize("NFKC").replace(/\s/g, "");
  return name !== "" && plain(signed) === plain(name);
}

/** Whether a phase ends only with everything verified: as laid down, else by its kind; the last one always (CAMP-04). */
export function needsAllVerified(phases: readonly Pick<Phase, "kind" | "all_verified">[], number: number): boolean {
  const phase = phases[number];
  return number === phases.length - 1 || (phase?.all_verified ?? (phase !== undefined && ["self_check", "acceptance", "other"].includes(phase.kind)));
}

/** Problems by column: what is overdue first, then what is graver, then by their term. */
export function board(problems: Iterable<[string, View<Problem>]>, wanted: Wanted): Record<ColumnId, OnBoard[]> {
  const columns: Record<ColumnId, OnBoard[]> = { found: [], doing: [], claimed: [], returned: [], ended: [] };
  for (const [rid, { body }] of problems) {
    if (wanted.campaign && body.campaign !== wanted.campaign) continue;
    if (wanted.unit && body.unit !== wanted.unit) continue;
    if (wanted.only === "overdue" && !body.overdue) continue;
    if (wanted.only === "back" && !body.recurs) continue;
    columns[COLUMN_OF[body.state]].push({ rid, body });
  }
  for (const column of COLUMNS) columns[column].sort(inOrder);
  return columns;
}

const WEIGHT: Record<Problem["level"], number> = { grave: 0, serious: 1, minor: 2 };
const NEVER = Number.MAX_SAFE_INTEGER;

function inOrder({ rid: a, body: x }: OnBoard, { rid: b, body: y }: OnBoard): number {
  return Number(y.overdue ?? false) - Number(x.overdue ?? false) || WEIGHT[x.level] - WEIGHT[y.level] || (x.due_at || NEVER) - (y.due_at || NEVER) || (a < b ? -1 : 1);
}
