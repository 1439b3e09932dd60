import { describe, expect, it } from "vitest";
import { waited } from "../../src/app/waited.ts";
import type { OpState, OutboxItem } from "../../src/sync/api.ts";

const HOUR = 3_600_000;
const item = (state: OpState, saved_at: number): OutboxItem => ({ id: "1", seq: 1, k: "away.return", rid: "r", a: { back_at: 0 }, bytes: 500, saved_at, code: "ABCD2345", state });

describe("records that wait (OFF-03)", () => {
  it.each([
    ["nothing yet", [], 0.5, true, null],
    ["on the first screen after an hour", ["STF"], 1, true, "warn"],
    ["elsewhere not before a day, for staff", ["STF", "HEAD"], 23, false, null],
    ["above every screen after a day", ["STF"], 24, false, "bad"],
    ["above every screen after four hours, for those who patrol", ["INS"], 4, false, "warn"],
    ["not before, for them either", ["INS"], 3.9, false, null],
    ["an alarm after a working day", ["INS"], 8, true, "bad"],
  ] as const)("%s", (_, roles, hours, home, tone) => {
    const now = 100 * HOUR;
    const found = waited([item("applied", 0), item("saved", now - hours * HOUR), item("sending", now)], now, roles, home);
    expect(found?.tone ?? null).toBe(tone);
    if (found) expect(found.ms).toBe(hours * HOUR);
  });
});
