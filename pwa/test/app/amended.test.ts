import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { amendedOf } from "../../src/app/amended.ts";
import type { OutboxItem } from "../../src/sync/api.ts";

const report: OutboxItem<"incident.report"> = {
  id: "r1", seq: 1, k: "incident.report", rid: "i1", a: { kind: "fire", place: "p1", found_at: 5, level: 2, text: "烟" },
  bytes: 90, saved_at: 5, code: "ABCD1234", state: "refused",
};
const at = (address: string) => new URLSearchParams(address);
const outbox = (...items: OutboxItem[]) => ({ outbox: signal(items) });

describe("a form opened to say again what was not accepted", () => {
  it("begins with what the record said", () => expect(amendedOf(outbox(report), "incident.report", at("amends=r1"))?.a).toEqual(report.a));

  it("begins empty without an address that names a record, or one of another kind", () => {
    expect(amendedOf(outbox(report), "incident.report", at(""))).toBeUndefined();
    expect(amendedOf(outbox(report), "incident.report", at("amends=r2"))).toBeUndefined();
    expect(amendedOf(outbox(report), "away.announce", at("amends=r1"))).toBeUndefined();
  });

  it("begins empty again once the record is dealt with", () => {
    const settled = { ...report, settled: { way: "amended", reason: "WXYZ", at: 9 } } as const;
    expect(amendedOf(outbox(settled), "incident.report", at("amends=r1"))).toBeUndefined();
  });
});
