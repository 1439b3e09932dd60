/** The pill's four words: what each of them needs, and what goes before what. */
import { describe, expect, test } from "vitest";
import type { Link } from "../../src/sync/engine.ts";
import { statusOf } from "../../src/sync/status.ts";
import type { Encrypted, StoredOp, SyncState } from "../../src/sync/store.ts";
import type { Result } from "../../src/sync/types.gen.ts";

const reachable: Link = { online: true, login: false, problem: null, stuck: false, sending: null };
const sync = (sent: number) => ({ sent: { seq: sent, hash: "" } }) as SyncState;

function op(seq: number, st?: Result["st"], code: string | null = null): StoredOp {
  const base = { seq, id: `${seq}`, body: "{}" as unknown as Encrypted, link: "", code: "", saved_at: 0 };
  return st ? { ...base, result: { seq, id: `${seq}`, k: "", rid: "", st, code, at: 0 } } : base;
}

function says(ops: StoredOp[], state: SyncState, link: Partial<Link> = {}): string {
  const status = statusOf(ops, state, null, { ...reachable, ...link });
  return `${status.state} ${status.count}`;
}

describe("the pill", () => {
  test.each([
    ["nothing was ever saved", says([], sync(0)), "synced 0"],
    ["everything is sent and applied", says([op(1, "applied")], sync(1)), "synced 0"],
    ["two wait", says([op(1, "applied"), op(2), op(3)], sync(1)), "pending 2"],
    ["two wait and nobody answers", says([op(1, "applied"), op(2), op(3)], sync(1), { online: false }), "offline 2"],
    ["two wait and nobody was heard yet", says([op(1, "applied"), op(2), op(3)], sync(1), { online: null }), "pending 2"],
    ["nothing waits and nobody answers", says([op(1, "applied")], sync(1), { online: false }), "offline 0"],
    ["one was refused while others wait", says([op(1, "refused", "STALE"), op(2)], sync(1)), "attention 1"],
    ["one is held for a person", says([op(1, "held", "INVALID")], sync(1)), "attention 1"],
    ["one is held until its parent arrives", says([op(1, "held", "REF_WAIT")], sync(1)), "synced 0"],
    ["a repeated one was applied the first time", says([op(1, "dup")], sync(1)), "synced 0"],
    ["the session has ended", says([], sync(0), { login: true, problem: "login_required" }), "attention 1"],
    ["the site says no for good", says([op(1)], sync(0), { problem: "device_revoked", stuck: true }), "attention 1"],
    ["the site is busy", says([op(1)], sync(0), { problem: "busy" }), "pending 1"],
  ])("when %s", (_, said, expected) => {
    expect(said).toBe(expected);
  });

  test("a refused record that the person has settled is out of the way, and a settled one never counts as sent", () => {
    const settled: StoredOp = { ...op(1, "refused"), settled: { way: "dropped", reason: "", at: 0 } };
    expect(says([settled], sync(1))).toBe("synced 0");
    expect(says([settled, op(2)], sync(1))).toBe("pending 1");
  });
});
