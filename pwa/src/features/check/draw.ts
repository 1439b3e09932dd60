/** The provable draw, repeated on this device from what was published (CHK-04): twin of server/domain/visit/draw.py, held to its vectors. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { DrawPublic, Drawn, Inputs, Replacement } from "../../sync/types.gen";

const FORMAT = "zaigang-draw-1";

/** What a draw rests on and what it gave, as it is published. */
export type Said = Pick<DrawPublic, "inputs" | "secret" | "entry" | "commitment" | "drawn"> & { replaced?: Omit<Replacement, "at">[] };
/** One visit that does not follow; `instead`: it stands in the place of the one to `unit`. `said`, `found`: as text, "" for none. */
interface Difference {
  unit: string;
  instead?: true;
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
  const again = drawing(said.inputs, sha256(concatBytes(utf8ToBytes(`${FORMAT}\nseed\n`), digest, secret, hexToBytes(said.entry))));
  const drawn = said.entry ? again.draw() : [];
  const found = new Map(drawn.map((one) => [one.unit, textOf(one)]));
  const there = new Map<string, string>();
  for (const one of said.drawn) there.set(one.unit, (there.get(one.unit) ?? "") + textOf(one));
  const units = [...new Set([...found.keys(), ...there.keys()])].sort();
  const differences = units.flatMap((unit) => {
    const both = { unit, said: there.get(unit) ?? "", found: found.get(unit) ?? "" };
    return both.said === both.found ? [] : [both];
  });
  const replaced = said.replaced ?? [];
  const made = again.substitutes(drawn, replaced);
  const others = replaced.flatMap(({ unit, visit }, n) => {
    const [text, follows] = [visit, made[n]].map((one) => (one ? [one.unit, textOf(one)].join("\u00a0· ") : ""));
    return text === follows ? [] : [{ unit, instead: true as const, said: text!, found: follows! }];
  });
  return { bound, differences: [...differences, ...others] };
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

/** The draw of some inputs by one seed, and what it gives in the place of visits that came to nothing. */
function drawing(inputs: Inputs, seed: Uint8Array) {
  const lot = (...about: string[]): string => bytesToHex(hmac(sha256, seed, utf8ToBytes(about.join("\n"))));
  const lots = (question: string, ids: Iterable<string>): string[] => inOrder([...ids], (id) => [lot(question, id)]);
  const strata = new Map<string, string[]>();
  for (const unit of inputs.units) strata.set(unit.category, [...(strata.get(unit.category) ?? []), unit.id]);
  const every = new Map<string, { day: string; slot: string }>(inputs.days.flatMap((day) => inputs.slots.map((slot) => [`${day}\n${slot}`, { day, slot }] as const)));
  const free = (unit: string) => inputs.visitors.filter(({ recused }) => !recused.includes(unit)).map(({ id }) => id);
  const units = new Map(inputs.units.map((unit) => [unit.id, unit]));
  const share = (given: ReadonlyMap<string, number>) => nextShare(strata, given, (name) => lot("stratum", name));
  const visit = (unit: string, time: { day: string; slot: string }, gone: ReadonlyMap<string, number>): Drawn => {
    const ready = inOrder(free(unit), (id) => [counted(gone, id), lot("team", unit, id)]);
    return { unit, window: lots(`window\n${unit}`, units.get(unit)!.windows)[0]!, ...time, team: ready.slice(0, inputs.team_size).sort(points) };
  };

  function draw(): Drawn[] {
    const given = new Map<string, number>();
    for (let n = 0; n < needed(inputs.units.length, inputs.coverage_percent); n++) addTo(given, share(given));
    const chosen = [...strata].flatMap(([name, ids]) => lots("unit", ids).slice(0, given.get(name) ?? 0));
    const cycle = lots("slot", every.keys());
    const when = new Map(lots("time", chosen).map((unit, i) => [unit, every.get(cycle[i % cycle.length]!)!]));
    const gone = new Map<string, number>();
    const drawn = [...chosen]
      .sort((a, b) => free(a).length - free(b).length || points(a, b))
      .map((unit) => {
        const one = visit(unit, when.get(unit)!, gone);
        for (const id of one.team) addTo(gone, id);
        return one;
      });
    return drawn.sort((a, b) => points(a.unit, b.unit));
  }

  /** Ends early where there is no such visit, or nothing left. */
  function substitutes(drawn: readonly Drawn[], replaced: readonly { unit: string; day: string }[]): Drawn[] {
    const visits = new Map(drawn.map((one) => [one.unit, one]));
    const standing = new Set(visits.keys());
    const made: Drawn[] = [];
    for (const { unit, day } of replaced) {
      const times = [...every].filter(([, time]) => time.day > day).map(([key]) => key);
      if (!standing.delete(unit) || times.length === 0 || visits.size === units.size) break;
      const given = new Map<string, number>();
      const gone = new Map<string, number>();
      const used = new Map<string, number>();
      for (const one of visits.values()) {
        addTo(given, units.get(one.unit)!.category);
        for (const id of one.team) addTo(gone, id);
        if (standing.has(one.unit)) addTo(used, `${one.day}\n${one.slot}`);
      }
      const own = units.get(unit)!.category;
      const name = given.get(own)! < strata.get(own)!.length ? own : share(given);
      const next = lots("unit", strata.get(name)!.filter((id) => !visits.has(id)))[0]!;
      const [time] = inOrder(times, (key) => [counted(used, key), lot("slot", key)]);
      made.push(visit(next, every.get(time!)!, gone));
      visits.set(next, made.at(-1)!);
      standing.add(next);
    }
    return made;
  }

  return { draw, substitutes };
}

const addTo = (counts: Map<string, number>, id: string): unknown => counts.set(id, (counts.get(id) ?? 0) + 1);
/** A count as text that sorts as the number does. */
const counted = (counts: ReadonlyMap<string, number>, id: string): string => String(counts.get(id) ?? 0).padStart(9, "0");

/** Which gives one more, of those that have one left: a visit each as long as they last, then where size / (2 × given + 1) is largest;
 *  products instead of fractions. */
function nextShare(strata: ReadonlyMap<string, string[]>, given: ReadonlyMap<string, number>, lot: (name: string) => string): string {
  const size = (name: string) => strata.get(name)!.length;
  const has = (name: string) => given.get(name) ?? 0;
  const before = (a: string, b: string): boolean => {
    if (has(a) > 0 !== has(b) > 0) return has(a) === 0;
    const [left, right] = [size(a) * (2 * has(b) + 1), size(b) * (2 * has(a) + 1)];
    return left === right ? lot(a) < lot(b) : left > right;
  };
  const open = [...strata.keys()].filter((name) => has(name) < size(name));
  return open.reduce((best, name) => (before(name, best) ? name : best));
}

/** Sorted by hex texts of one length, compared one after another. */
function inOrder(ids: string[], keys: (id: string) => string[]): string[] {
  return ids
    .map((id) => ({ id, key: keys(id).join("") }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : points(a.id, b.id)))
    .map(({ id }) => id);
}
