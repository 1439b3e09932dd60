import { describe, expect, it } from "vitest";
import { oldestUnsent, roomOf } from "../../src/app/room.ts";
import type { OpState, OutboxItem } from "../../src/sync/api.ts";

const item = (state: OpState, saved_at: number): OutboxItem => ({ id: "1", seq: 1, k: "away.return", rid: "r", a: { back_at: 0 }, bytes: 500, saved_at, code: "ABCD2345", state });

describe("the storage page", () => {
  it("tells what is used, what is left and whether the browser keeps it", async () => {
    const told = { estimate: () => Promise.resolve({ usage: 3_000, quota: 10_000 }), persisted: () => Promise.resolve(true) };
    expect(await roomOf(told)).toEqual({ used: 3_000, left: 7_000, persistent: true });
  });

  it("makes up nothing a browser does not tell", async () => {
    const nothing = { used: undefined, left: undefined, persistent: undefined };
    expect(await roomOf(undefined)).toEqual(nothing);
    expect(await roomOf({})).toEqual(nothing);
    expect(await roomOf({ estimate: () => Promise.resolve({ usage: 5 }) })).toEqual({ ...nothing, used: 5 });
  });

  it("names the oldest record that was not sent, and none of those that were", () => {
    expect(oldestUnsent([item("applied", 1), item("saved", 30), item("sending", 20), item("held", 2)])).toBe(20);
    expect(oldestUnsent([item("applied", 1), item("refused", 2)])).toBeNull();
  });
});
