/** The blocks of a document with every text said. Twin of server/papers/template.py; both read the templates under locales/papers. */
import type { Locale } from "../../i18n";
import { Speaker, type Cells, type Value, type Values, type Words } from "./values";

interface BlockSpec {
  type: string;
  key?: string;
  keys?: string[];
  word?: string;
  size?: string;
  group?: string;
  columns?: { key: string; width: number; align?: string }[];
  lines?: number;
  when?: string;
}

export interface Template {
  version: number;
  look: string;
  class: string;
  sizes: string[];
  blocks: BlockSpec[];
  words: Record<Locale, Words>;
}

/** A block with its texts: `rows` of `fields` are name and text; of a table its cells, a row of one cell is a group's line. */
export interface Block {
  type: string;
  text?: string;
  size?: string;
  rows?: string[][];
  head?: string[];
  widths?: number[];
  aligns?: string[];
}

/** Every block that has something to say. */
export function compose(template: Template, values: Values, says: Speaker): Block[] {
  return template.blocks.filter((spec) => !spec.when || there(values[spec.when])).flatMap((spec) => MAKERS[spec.type]?.(spec, values, says) ?? []);
}

/** The class mark: the template's, or a stricter one that the values ask for. */
export function markOf(template: Template, values: Values): string {
  const own = typeof values["class"] === "string" ? values["class"] : "P0";
  return own > template.class ? own : template.class;
}

const there = (value: unknown): boolean => value !== null && value !== undefined;
const full = (value: unknown): boolean => there(value) && value !== "" && !(Array.isArray(value) && value.length === 0);
const field = (values: Values, key: string): Value => (values[key] ?? null) as Value;

const MAKERS: Record<string, (spec: BlockSpec, values: Values, says: Speaker) => Block[]> = {
  headline(spec, values, says) {
    const texts = (spec.keys ?? []).filter((key) => full(values[key])).map((key) => says.say(field(values, key)));
    return texts.length > 0 ? [{ type: "headline", rows: [texts] }] : [];
  },
  big(spec, values, says) {
    return full(values[spec.key ?? ""]) ? [{ type: "big", text: says.say(field(values, spec.key ?? "")) }] : [];
  },
  fields(spec, values, says) {
    const rows = (spec.keys ?? []).filter((key) => there(values[key])).map((key) => [says.word(key), says.say(field(values, key))]);
    return rows.length > 0 ? [{ type: "fields", rows, ...(spec.size ? { size: spec.size } : {}) }] : [];
  },
  table(spec, values, says) {
    const columns = spec.columns ?? [];
    const rows: string[][] = [];
    let group: string | undefined;
    for (const row of (values[spec.key ?? ""] ?? []) as readonly Cells[]) {
      const own = spec.group ? JSON.stringify(row[spec.group] ?? null) : undefined;
      if (own !== group) rows.push([says.say(row[spec.group ?? ""])]);
      group = own;
      rows.push(columns.map(({ key }) => says.say(row[key])));
    }
    while (rows.length < (spec.lines ?? 0)) rows.push(columns.map(() => ""));
    const text = spec.word ? (says.words[spec.word] ?? "") : "";
    const made = { head: columns.map(({ key }) => says.word(key)), widths: columns.map(({ width }) => width), aligns: columns.map(({ align }) => align ?? "start") };
    return [{ type: "table", ...(text ? { text } : {}), ...(rows.length > 0 ? { rows } : {}), ...made }];
  },
  text(spec, values, says) {
    const parts = Object.fromEntries((spec.keys ?? []).map((key) => [key, says.say(field(values, key))]));
    return [{ type: "text", text: says.word(spec.word ?? "", parts), ...(spec.size ? { size: spec.size } : {}) }];
  },
  sign(spec, values, says) {
    return [{ type: "sign", rows: (spec.keys ?? []).map((key) => [says.word(key), says.say(field(values, key))]) }];
  },
};
