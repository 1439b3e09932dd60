import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { verify } from "../../src/features/check/draw.ts";
import { prove, type Published } from "../../src/features/check/prove.ts";
import type { DrawPublic } from "../../src/sync/types.gen.ts";

const VECTOR = JSON.parse(readFileSync(new URL("../../../server/domain/visit/proof_vector.json", import.meta.url), "utf8")) as { key: string; said: DrawPublic };
const dayOf = (at: number): string => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10);
const OTHER_KEY = `zaigang/elsewhere/0+00000000+${btoa(String.fromCharCode(1, ...new Uint8Array(32)))}`;

/** The published row with one thing changed. */
function changed(change: (said: DrawPublic & { log: NonNullable<DrawPublic["log"]> }) => void): Published {
  const said = structuredClone(VECTOR.said) as DrawPublic & { log: NonNullable<DrawPublic["log"]> };
  change(said);
  return said;
}

/** The proof with a byte of what it opens changed. */
function flipped(proof: string, at: number): string {
  const lines = proof.split("\n");
  const bytes = Uint8Array.from(atob(lines[1]!.slice(6)), (char) => char.charCodeAt(0));
  bytes[at]! ^= 1;
  lines[1] = `extra ${btoa(String.fromCharCode(...bytes))}`;
  return lines.join("\n");
}

describe("what the evidence log proves of a draw (CHK-04)", () => {
  it("holds offline with the key of the log", async () => {
    expect(await prove(VECTOR.said, VECTOR.key, dayOf)).toEqual({ faults: [], signed: true });
    expect(verify(VECTOR.said)).toEqual({ bound: true, differences: [] });
  });

  it("says that nobody's signature was checked where no key is at hand", async () => {
    expect(await prove(VECTOR.said, undefined, dayOf)).toEqual({ faults: [], signed: null });
  });

  it.each([
    ["bound", changed((said) => (said.commitment = "00".repeat(32)))],
    ["bound", changed((said) => (said.log.nonce = "00".repeat(32)))],
    ["bound", changed((said) => (said.committed_at -= 1))],
    ["record", changed((said) => (said.log.record = flipped(said.log.record, 60)))],
    ["record", changed((said) => (said.log.record = flipped(said.log.record, 300)))],
    ["minute", changed((said) => (said.entry = "00".repeat(32)))],
    ["minute", changed((said) => (said.log.minute = flipped(said.log.minute, 20)))],
    ["early", changed((said) => (said.log.minute = said.log.before))],
    ["first", changed((said) => (said.log.before = said.log.minute))],
    ["late", changed((said) => (said.from_day = "2026-11-22"))],
    ["period", changed((said) => (said.from_day = "2026-11-24"))],
    ["replaced", changed((said) => (said.replaced![0]!.text = "别的理由"))],
    ["replaced", changed((said) => (said.replaced![0]!.unit = said.drawn.find(({ unit }) => unit !== said.replaced![0]!.unit)!.unit))],
    ["replaced", changed((said) => (said.replaced![0]!.at -= 1))],
    ["replaced", changed((said) => (said.replaced = []))],
    ["replaced", changed((said) => (said.log.replaced![0]!.record = flipped(said.log.replaced![0]!.record, 300)))],
    ["signature", changed((said) => (said.log = JSON.parse(JSON.stringify(said.log).replaceAll("zaigang/", "zaigong/")) as typeof said.log))],
    ["unreadable", changed((said) => (said.log.record = "no proof"))],
  ] as const)("names what was changed: %s", async (fault, said) => {
    expect((await prove(said, VECTOR.key, dayOf)).faults).toContain(fault);
  });

  it("takes no other key", async () => {
    expect(await prove(VECTOR.said, OTHER_KEY, dayOf)).toEqual({ faults: ["signature"], signed: false });
  });
});
