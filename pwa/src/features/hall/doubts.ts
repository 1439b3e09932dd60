/** What the lead of a check passes over with a reason only, one by one: the twin of `doubts` in server/domain/visit/team.py. */
import type { VisitTeam } from "../../sync/types.gen";

export type Hint = NonNullable<VisitTeam["hints"]>[string][number];
const GRAVE: readonly Hint[] = ["hours", "day", "ahead", "tie", "conflict", "revealed", "drawn", "window"];

export const isDoubtful = (team: VisitTeam | undefined): boolean => Object.values(team?.hints ?? {}).some((hints) => hints.some((hint) => GRAVE.includes(hint)));
