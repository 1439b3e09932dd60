/** The public label of an absence and of a person: twins of away_label and person_label in server/domain/presence/rules.py (AWY-09). */
import type { AwayOffice, PostPublic } from "../../sync/types.gen";

type Label = PostPublic["label"];

const LABELS: Record<AwayOffice["reason"], Label> = {
  step_away: "step_away", trip: "official_out", site_visit: "official_out", errand: "official_out", meeting: "meeting_training", training: "meeting_training", off_today: "off_today",
};

/** Nobody serves there, and not because the hall is closed. */
export const UNATTENDED: ReadonlySet<Label> = new Set(["step_away", "official_out", "meeting_training", "off_today", "suspended"]);

/** What the public reads of an absence for which nobody stands in, in the lobby and on paper. */
export const awayLabel = (reason: AwayOffice["reason"], whole_unit: boolean, overdue: boolean): Label => (whole_unit || overdue ? "suspended" : LABELS[reason]);

/** What a board says of somebody: the absence, else what the lobby says of the posts that are this person's, as far as none of them is kept. */
export function personLabel(away: Label | null, posts: readonly Label[]): Label {
  const kept = posts.length === 0 || posts.some((label) => label === "on_post" || label === "closed");
  return away ?? (kept ? "on_post" : (posts[0] ?? "on_post"));
}
