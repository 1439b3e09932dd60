import { describe, expect, it } from "vitest";
import { deviceRows, ended, safety, unsentOf } from "../../src/features/hall/fleet";
import { feature } from "../../src/features/hall";
import type { Sync } from "../../src/sync/api";
import type { DeviceState, OpHeld } from "../../src/sync/types.gen";
import { base, op, screen } from "./world";

const NOW = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

function device(of: Partial<DeviceState>): DeviceState {
  return { dev: "d", label: "", uid: "u", name: "演甲子", unit: "u1", ...of };
}

/** Only what `deviceRows` reads of an engine. */
function fleet(state: Record<string, DeviceState>, sealed: Record<string, DeviceState> = {}): Sync {
  const views = (of: Record<string, DeviceState>) => new Map(Object.entries(of).map(([rid, body]) => [rid, { rid, ver: 1, body, pending: false }]));
  return { rows: (kind: string) => ({ value: views(kind === "device.state" ? state : sealed) }) } as unknown as Sync;
}

describe("is it safe to disable a device?", () => {
  it.each<[string, Partial<DeviceState>, string]>([
    ["yes: it held nothing an hour ago", { contact_at: NOW - HOUR_MS }, "yes"],
    ["not certain: that was two days ago", { contact_at: NOW - 48 * HOUR_MS }, "old"],
    ["not certain: it has never been heard", {}, "never"],
    ["no: records wait on it", { contact_at: NOW, unsent: 2 }, "unsent"],
    ["no: a photo waits on it", { contact_at: NOW, blobs: 1 }, "unsent"],
    ["it is disabled already", { contact_at: NOW, unsent: 2, revoked: true }, "ended"],
    ["another device goes on for it", { contact_at: NOW, closed: true }, "ended"],
  ])("%s", (_, of, answer) => {
    expect(safety(device(of), NOW)).toBe(answer);
  });

  it("counts records and photos alike", () => {
    expect(unsentOf(device({ unsent: 2, blobs: 3 }))).toBe(5);
    expect(ended(device({}))).toBe(false);
  });
});

describe("the list of devices", () => {
  it("begins with the oldest unsent work and ends with what is disabled", () => {
    const rows = deviceRows(
      fleet({
        gone: device({ revoked: true, unsent: 9, oldest_at: 1 }),
        quiet: device({ contact_at: NOW - HOUR_MS }),
        fresh: device({ contact_at: NOW }),
        young: device({ unsent: 1, oldest_at: NOW - HOUR_MS }),
        old: device({ unsent: 1, oldest_at: NOW - 9 * HOUR_MS }),
      }),
    );
    expect(rows.map(({ rid }) => rid)).toEqual(["old", "young", "fresh", "quiet", "gone"]);
  });

  it("tells whoever may know of sealed devices which they are", () => {
    const rows = deviceRows(fleet({ a: device({}) }, { b: device({ unsent: 1, oldest_at: NOW }) }));
    expect(rows.map(({ rid, sealed }) => [rid, sealed])).toEqual([["b", true], ["a", false]]);
  });
});

describe("a decision about a held record", () => {
  const held: OpHeld = { k: "incident.report", rid: "i1", uid: "bob", dev: "d", code: "REVOKED", owner: "ADM", at: NOW, grade: "A", received_at: NOW, due_at: NOW, args: "{}" };

  it.each(["held.accept", "held.reject"] as const)("%s takes it out of the queue before the server has answered", (kind) => {
    const decided = op(kind, "h1", { text: "已核实" }, NOW);
    const read = screen(base({ "op.held": { h1: held, h2: held } }), [decided], feature.effects, "ann");
    expect([...read("op.held").keys()]).toEqual(["h2"]);
  });
});
