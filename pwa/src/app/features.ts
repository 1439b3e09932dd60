/** The institutions of this client. Those a person meets first are part of the first load; the others follow it (more.ts).
 *
 * A new one is a folder under `features/` and a line in more.ts.
 */
import { signal } from "@preact/signals";
import { feature as display } from "../display/feature";
import { feature as hall } from "../features/hall";
import { feature as incident } from "../features/incident";
import { feature as patrol } from "../features/patrol";
import { feature as presence } from "../features/presence";
import { feature as visit } from "../features/visit";
import { loadParts } from "../i18n/catalogue";
import type { Feature } from "./feature";

const FIRST: readonly Feature[] = [presence, patrol, incident, visit, hall, display];

/** Every institution that is there by now. */
export const features = signal(FIRST);
let coming: Promise<void> | undefined;

/** Brings the others with their words, once; again after a failure. */
export function loadMore(): Promise<void> {
  return (coming ??= Promise.all([import("./more"), loadParts("more", "watch")]).then(
    ([{ MORE }]) => void (features.value = [...FIRST, ...MORE]),
    (error: unknown) => {
      coming = undefined;
      throw error;
    },
  ));
}
