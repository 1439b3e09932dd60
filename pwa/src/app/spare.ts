/** The switch that keeps pictures off the mobile network. Most browsers do not tell what network they use: then pictures wait to be sent by hand. */
import { signal } from "@preact/signals";
import { SPARE_KEY } from "../sync/spare";

function kept(): boolean {
  try {
    return localStorage.getItem(SPARE_KEY) === "on";
  } catch {
    return false;
  }
}

export const spare = signal(kept());

export function setSpare(on: boolean): void {
  spare.value = on;
  try {
    localStorage.setItem(SPARE_KEY, on ? "on" : "off");
  } catch {
    // The choice then lasts as long as the page.
  }
}

/** Whether the browser tells a mobile network from another. */
export function knowsNetwork(): boolean {
  return (navigator as { connection?: { type?: string } }).connection?.type !== undefined;
}
