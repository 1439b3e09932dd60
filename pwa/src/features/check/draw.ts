/** The provable draw, repeated on this device from what was published (CHK-04): twin of server/domain/visit/draw.py, held to its vectors. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { DrawPublic, Drawn, Inputs } from "../../sync/types.gen";

const FORMAT = "zaigang-draw-1";

/** What a draw rests on and what it gave, as it is published. */
export type Said = Pick<DrawPublic, "inputs" | "secret" | "entry" | "commitment" | "drawn">;
/** One visit that does not follow. `said`, `found`: as text, "" for none. */
export interface Difference {
  unit: string;
  said: string;
  found: string;
}
export interface Verdict {
  /** The commitment is the hash of these inputs and this secret. */
  bound: boolean;
  differences: Difference[];
}

/** Draws again; equal when `bound` and nothing differs. Without a minute of the log nothing is drawn. Throws on text that is no hex. */
export function verify(said: Said): Verdict {
  const digest = sha256(utf8ToBytes(canonical(said.inputs)));
  const secret = hexToBytes(said.secret);
  const bound = bytesToHex(sha256(concatBytes(utf8ToBytes(`${FORMAT}\ncommit\n`), digest, secret))) === said.commitment;
  const seed = sha256(concatBytes(utf8ToBytes(`${FORMAT}\nseed\n`), digest, secret, hexToBytes(said.entry)));
  const found = new Map((said.entry ? draw(said.inputs, seed) : []).map((one) => [one.unit, textOf(one)]));
  const there = new Map<string, string>();
  for (const one of said.drawn) there.set(one.unit, (there.get(one.unit) ?? "") + textOf(one));
  const units = [...new Set([...found.keys(), ...there.keys()])].sort();
  const differences = units.flatMap((unit) => {
    const both = { unit, said: there.get(unit) ?? "", found: found.get(unit) ?? "" };
    return both.said === both.found ? [] : [both];
  });
  return { bound, differences };
}

const textOf = (one: Drawn): string => [one.window, one.day, one.slot, ...one.team].join("\u00a0· ");

/** The exact bytes that are hashed, as text: keys in order, no spaces, ids in the order of their code points. */
export function canonical(inputs: Inputs): string {
  const byId = <T extends { id: string }>(all: readonly T[]): T[] => [...all].sort((a, b) => points(a.id, b.id));
  return JSON.stringify({
    coverage_percent: inputs.coverage_percent,
    days: [...inputs.days].sort(points),
    format: FORMAT,
    slots: [...inputs.slots].sort(points),
    team_size: inputs.team_size,
    units: byId(inputs.units).map(({ category, id, windows }) => ({ category, id, windows: [...windows].sort(points) })),
    visitors: byId(inputs.visitors).map(({ id, recused }) => ({ id, recused: [...recused].sort(points) })),
  });
}

/** By code points, as Python sorts; JavaScript's own order is by UTF-16 units, another one beyond the first plane. */
function points(a: string, b: string): number {
  const [left, right] = [Array.from(a, (c) => c.codePointAt(0)!), Array.from(b, (c) => c.codePointAt(0)!)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
  return left.length - right.length;
}

/** How many distinct units a coverage asks for: always rounded up (CHK-02). */
export const needed = (count: number, percent: number): number => Math.ceil((count * percent) / 100 - 1e-9);

function draw(inputs: Inputs, seed: Uint8Array): Drawn[] {
  const lot = (...about: string[]): string => bytesToHex(hmac(sha256, seed, utf8ToBytes(about.join("\n"))));
  const lots = (question: string, ids: Iterable<string>): string[] => inOrder([...ids], (id) => [lot(question, id)]);
  const strata = new Map<string, string[]>();
  for (const unit of inputs.units) strata.set(unit.category, [...(strata.get(unit.category) ?? []), unit.id]);
  const given = shares(strata, needed(inputs.units.length, inputs.coverage_percent), (name) => lot("stratum", name));
  const chosen = [...strata].flatMap(([name, ids]) => lots("unit", ids).slice(0, given.get(name)));

  const every = new Map<string, { day: string; slot: string }>(inputs.days.flatMap((day) => inputs.slots.map((slot) => [`${day}\n${slot}`, { day, slot }] as const)));
  const cycle = lots("slot", every.keys());
  const when = new Map(lots("time", chosen).map((unit, i) => [unit, every.get(cycle[i % cycle.length]!)!]));

  const free = (unit: string) => inputs.visitors.filter(({ recused }) => !recused.includes(unit)).map(({ id }) => id);
  const windows = new Map(inputs.units.map((unit) => [unit.id, unit.windows]));
  const gone = new Map<string, number>();
  const drawn = [...chosen]
    .sort((a, b) => free(a).length - free(b).length || points(a, b))
    .map((unit) => {
      const ready = inOrder(free(unit), (id) => [String(gone.get(id) ?? 0).padStart(9, "0"), lot("team", unit, id)]);
      const team = ready.slice(0, inputs.team_size).sort(points);
      for (const id of team) gone.set(id, (gone.get(id) ?? 0) + 1);
      return { unit, window: lots(`window\n${unit}`, windows.get(unit)!)[0]!, ...when.get(unit)!, team };
    });
  return drawn.sort((a, b) => points(a.unit, b.unit));
}

/** A visit each as long as they last, then where size / (2 × given + 1) is largest; products instead of fractions. */
function shares(strata: ReadonlyMap<string, string[]>, total: number, lot: (name: string) => string): Map<string, number> {
  const given = new Map([...strata.keys()].map((name) => [name, 0]));
  const size = (name: string) => strata.get(name)!.length;
  const has = (name: string) => given.get(name)!;
  const before = (a: string, b: string): boolean => {
    if (has(a) > 0 !== has(b) > 0) return has(a) === 0;
    const [left, right] = [size(a) * (2 * has(b) + 1), size(b) * (2 * has(a) + 1)];
    return left === right ? lot(a) < lot(b) : left > right;
  };
  for (let n = 0; n < total; n++) {
    const open = [...strata.keys()].filter((name) => has(name) < size(name));
    const next = open.reduce((best, name) => (before(name, best) ? name : best));
    given.set(next, has(next) + 1);
  }
  return given;
}

/** Sorted by hex texts of one length, compared one after another. */
function inOrder(ids: string[], keys: (id: string) => string[]): string[] {
  return ids
    .map((id) => ({ id, key: keys(id).join("") }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : points(a.id, b.id)))
    .map(({ id }) => id);
}
