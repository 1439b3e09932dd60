/** The code that hangs in a zone (PTL-09): printed as a link, read by any camera, typed where none is at hand, kept for the round that runs. */
import { signal } from "@preact/signals";
import { describe, expect, it } from "vitest";
import { effects as patrol } from "../../src/features/patrol/effect";
import { shortCode, typedCode, zoneCodeIn, zoneLink } from "../../src/features/hall/zone-code";
import { takePoint } from "../../src/features/patrol/zone-point";
import type { RowKind, Sync } from "../../src/sync/api";
import type { Round } from "../../src/sync/types.gen";
import { at, base, DAY, screen } from "./world";

const CODE = "zaigang-zone:A:ABCDEFGHIJ";

describe("the code of a zone (PTL-09)", () => {
  const wall = `https://hall.test/time-code?b=yunting.x.1.y&z=${encodeURIComponent(CODE)}`;

  it("is a link that a phone's own camera opens in the app; one printed before stays readable", () => {
    const link = zoneLink("https://hall.test", CODE);
    expect(link).toBe(`https://hall.test/zone?z=${CODE}`);
    expect(new URL(link).searchParams.get("z")).toBe(CODE);
    expect(zoneCodeIn(link)).toEqual({ code: CODE, zone: "A", wall: false });
    expect(zoneCodeIn(zoneLink("https://hall.test", "zaigang-zone:二楼&b=1:ABCDEFGHIJ"))).toMatchObject({ zone: "二楼&b=1", wall: false });
    expect(zoneCodeIn(` ${CODE} `)).toEqual({ code: CODE, zone: "A", wall: false });
  });

  it("in the time code of a screen that hangs there must be of now", () => {
    expect(zoneCodeIn(wall)).toEqual({ code: CODE, zone: "A", wall: true });
  });

  it("is in no other link", () => {
    for (const text of ["12", "A", "zaigang-zone:A", "zaigang-zone:A:abc", "https://hall.test/time-code?b=yunting.x.1.y", "https://hall.test/?z=12", "https://hall.test/?post=12"]) expect(zoneCodeIn(text)).toBeNull();
  });

  it("is typed as it is printed below, in either case, with what is easily mistaken put right", () => {
    expect(shortCode(CODE)).toBe("ABCDE FGHIJ");
    for (const text of ["ABCDE FGHIJ", " abcde-fghij ", "abcdefghij", "ABCDEFGH1J"]) expect(typedCode("A", text)).toBe(CODE);
    expect(typedCode("A", "08CDE FGHIJ")).toBe("zaigang-zone:A:OBCDEFGHIJ");
    for (const text of ["", "ABCDE", "ABCDE FGHIJ K", "ABCDE FGHI9"]) expect(typedCode("A", text)).toBeNull();
    expect(typedCode("", "ABCDE FGHIJ")).toBeNull();
  });
});

describe("what becomes of it", () => {
  const round = (more: Partial<Round>): Round => ({ slot: `${DAY}T10`, type: "hourly", inspector: "ins", started_at: at("10:00"), zones: [], exceptions: 0, state: "running", ...more });

  async function taken(rounds: Record<string, Round>, code = CODE): Promise<[string, unknown[]]> {
    const saved: unknown[] = [];
    const read = screen(base({ round: rounds }), [], patrol, "ins");
    const part = { uid: "ins", now: () => at("10:05"), rows: (kind: RowKind) => signal(read(kind)), save: (...said: unknown[]) => Promise.resolve(void saved.push(said)) };
    return [await takePoint(part as unknown as Sync, code), saved];
  }

  it("is kept once for the round that runs, and for none of another or one that is over", async () => {
    expect(await taken({ r1: round({}) })).toEqual(["kept", [["patrol.point", { code: CODE, at: at("10:05") }, { rid: "r1" }]]]);
    expect(await taken({ r1: round({ points: ["A"] }) })).toEqual(["known", []]);
    expect(await taken({ r1: round({ state: "done", finished_at: at("10:03") }), r2: round({ inspector: "cat" }) })).toEqual(["idle", []]);
    expect(await taken({ r1: round({}) }, "A")).toEqual(["none", []]);
  });
});
