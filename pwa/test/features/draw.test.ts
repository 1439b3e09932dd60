import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canonical, needed, verify, type Said } from "../../src/features/check/draw.ts";

const VECTORS = JSON.parse(readFileSync(new URL("../../../server/domain/visit/draw_vectors.json", import.meta.url), "utf8")) as Said[];
const copy = (said: Said): Said => structuredClone(said);

describe("repeating a draw", () => {
  it.each(VECTORS.map((said) => [said.inputs.units.length, said] as const))("gives what the server drew from %i units", (_, said) => {
    expect(verify(said)).toEqual({ bound: true, differences: [] });
  });

  it.each([
    [34, 30, 11],
    [33, 30, 10],
    [10, 30, 3],
    [1, 30, 1],
    [100, 7, 7],
  ])("rounds %i units at %i %% up to %i", (units, percent, want) => expect(needed(units, percent)).toBe(want));

  it("does not mind the order of the inputs", () => {
    const said = copy(VECTORS.at(-1)!);
    const before = canonical(said.inputs);
    said.inputs.units.reverse();
    said.inputs.visitors.reverse();
    expect(canonical(said.inputs)).toBe(before);
    expect(verify(said).differences).toEqual([]);
  });

  it("orders ids by code points, as the server does", () => {
    const unit = (id: string) => ({ id, category: "c", windows: ["w"] });
    const inputs = { ...VECTORS[0]!.inputs, units: [unit("\u{20000}"), unit("\uFF5E")] };
    expect(canonical(inputs).indexOf("\uFF5E")).toBeLessThan(canonical(inputs).indexOf("\u{20000}"));
  });

  it("names the unit whose visit was changed", () => {
    const said = copy(VECTORS.at(-1)!);
    said.drawn[0]!.window = "elsewhere";
    expect(verify(said).differences.map(({ unit }) => unit)).toEqual([said.drawn[0]!.unit]);
  });

  it("names the substitute that was changed, and by whose place it stands", () => {
    const said = copy(VECTORS.find(({ replaced }) => replaced && replaced.length > 1)!);
    const [first, second] = said.replaced!;
    second!.visit.window = "elsewhere";
    expect(verify(said).differences).toMatchObject([{ unit: second!.unit, instead: true }]);
    second!.unit = first!.unit;
    expect(verify(said).differences.map(({ found }) => found)).toEqual(said.replaced!.slice(1).map(() => ""));
  });

  it("says when the secret is not the one committed to", () => {
    const said = { ...copy(VECTORS.at(-1)!), secret: "00".repeat(32) };
    expect(verify(said).bound).toBe(false);
    expect(verify(said).differences).not.toEqual([]);
  });
});
