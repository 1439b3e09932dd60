/** What of a plan can be published together. Pure. */
import type { View } from "../../sync/api";
import type { Mission, Plan, Visit, VisitTeam, VisitUnit } from "../../sync/types.gen";
import { isDoubtful } from "../hall/doubts";

type Rows<T> = ReadonlyMap<string, View<T>>;

/** Why a result is not published with the others: as the server says it (`sync/errors.py`). */
export type Why = "" | "NO_RIGHT" | "STALE" | "GONE" | "CASE_OPEN" | "ANSWER_TIME" | "ITEMS_OPEN" | "UNCHECKED";

/** A result of a plan that is not published: the sheet that stands for it, and whose. `why`: what this device knows against it;
 * `guard`: versions read, of the sheet and of the sheets of the team as one, by rid. */
export interface Waiting {
  visit: string;
  guard: Record<string, number>;
  mission: string;
  why: Why;
}

/** Results that wait, one for every mission with a sheet; a day that has come belongs to the unit until it is over (EVD-12). */
export function waitingOf(
  plan: Pick<Plan, "missions">,
  rows: { missions: Rows<Mission>; visits: Rows<Visit>; teams: Rows<VisitTeam>; results: Rows<VisitUnit> },
  today: string,
): Waiting[] {
  return (plan.missions ?? []).flatMap((mission): Waiting[] => {
    const sheets = [...rows.visits].filter(([, { body }]) => body.mission === mission && body.state !== "void").sort(([a], [b]) => (a < b ? -1 : 1));
    const first = sheets[0];
    if (!first || sheets.some(([, { body }]) => body.state === "published")) return [];
    const [visit, view] = first;
    const result = sheets.map(([rid]) => rows.results.get(rid)?.body).find((one) => one !== undefined);
    const { body: team, ver: teamVer = 0 } = rows.teams.get(mission) ?? {};
    const open = (team?.items ?? 0) > (team?.answered ?? 0) || isDoubtful(team);
    // A sheet that came since is none the head has checked.
    const added = sheets.some(([, { body }]) => body.state === "recorded");
    return [{ visit, guard: { [visit]: view.ver, ...(teamVer ? { [mission]: teamVer } : {}) }, mission, why: open ? "ITEMS_OPEN" : added ? "UNCHECKED" : whyOf(result, today) }];
  });
}

function whyOf(result: VisitUnit | undefined, today: string): Why {
  if (result?.state !== "checking") return "UNCHECKED";
  const said = (result.answers?.length ?? 0) > 0;
  return !said && today <= (result.answer_until ?? "") ? "ANSWER_TIME" : "";
}
