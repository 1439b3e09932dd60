/** The offer of a PIN, put off: thirty days of the site's time, whatever the phone's clock says. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { isPutOff, putOff } from "../../src/app/pin-offer.tsx";

const DAY_MS = 86_400_000;
const NOW = 1_800_000_000_000;

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([0, 3_652, -3_652])("comes again after thirty days, and not before, though the clock has jumped %i days", (days) => {
  expect(isPutOff(NOW)).toBe(false);
  putOff(NOW);
  vi.setSystemTime(NOW + days * DAY_MS);
  expect(isPutOff(NOW + 29 * DAY_MS)).toBe(true);
  expect(isPutOff(null)).toBe(true);
  expect(isPutOff(NOW + 31 * DAY_MS)).toBe(false);
});

it("comes again though an earlier release put it off while the clock stood ten years ahead", () => {
  localStorage.setItem("zg.pin.later", String(NOW + 3_652 * DAY_MS));
  expect(isPutOff(NOW)).toBe(false);
});
