/** A state's shape: readable without its colour. Drawn, because fonts differ in what they call a triangle. */
import type { PostPublic } from "../sync/types.gen";

const PATHS: Record<PostPublic["label"], string> = {
  on_post: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18z",
  covered: "M12 2l10 10l-10 10l-10-10z",
  step_away: "M12 3l10.5 18h-21z",
  official_out: "M3 4h11l8 8l-8 8h-11z",
  meeting_training: "M3 4h18v16h-18z",
  off_today: "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18zm0 4a5 5 0 1 1 0 10a5 5 0 1 1 0-10z",
  suspended: "M6 2.5l6 6l6-6l3.5 3.5l-6 6l6 6l-3.5 3.5l-6-6l-6 6l-3.5-3.5l6-6l-6-6z",
  closed: "M3 10h18v4h-18z",
};

export function Shape({ label }: { label: PostPublic["label"] }) {
  return (
    <svg class="shape" viewBox="0 0 24 24" aria-hidden="true">
      <path fill="currentColor" fill-rule="evenodd" d={PATHS[label]} />
    </svg>
  );
}
