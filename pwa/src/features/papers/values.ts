/** What a document says before any language, and how each value is said (I18N-04, I18N-06). Twin of server/papers/values.py.
 *
 * A value is plain JSON, so that it can be hashed and compared: a text as typed, null (the field is left out), "" (a line to write on),
 * a list, or one of the objects made here.
 */
import { clock, dayOf, type Locale } from "../../i18n";
import type { Names } from "../../i18n";

export type Form = "time" | "date" | "datetime" | "short";
export type Value =
  | string
  | null
  | readonly Value[]
  | { at: number; as: Form }
  | { day: string; as: "date" | "short" }
  | { names: Names }
  | { word: string; with?: Readonly<Record<string, Value>> };
export type Cells = Readonly<Record<string, Value>>;
/** Fields of a document; the rows of its tables. */
export type Values = Readonly<Record<string, Value | readonly Cells[]>>;
export type Words = Readonly<Record<string, string>>;

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const TAIWAN_YEARS_FROM = 1911;

export const at = (ms: number, as: Form = "datetime"): Value => ({ at: ms, as });
export const day = (iso: string, as: "date" | "short" = "date"): Value => ({ day: iso, as });
export const word = (key: string, parts?: Readonly<Record<string, Value>>): Value => (parts ? { word: key, with: parts } : { word: key });

/** From one moment to another; the day is said once when it is the same. */
export function span(from_at: number, to_at: number): Value {
  return word("span_of", { from: at(from_at), to: at(to_at, dayOf(from_at) === dayOf(to_at) ? "time" : "datetime") });
}

/** Says values in a locale. `words` of the document lie over the `common` ones. */
export class Speaker {
  constructor(
    readonly locale: Locale,
    readonly words: Words,
    private readonly common: Words,
    private readonly minguo = false,
  ) {}

  say(value: Value | undefined): string {
    if (value === null || value === undefined) return "";
    if (typeof value === "string") return value;
    if (isList(value)) return value.map((one) => this.say(one)).join(this.word("list"));
    if ("at" in value) return this.moment(value.at, value.as);
    if ("day" in value) return this.day(value.day, value.as);
    if ("names" in value) return value.names[this.locale] || value.names["zh_Hans"] || "";
    if (!("word" in value)) return "";
    return this.word(value.word, Object.fromEntries(Object.entries(value.with ?? {}).map(([key, part]) => [key, this.say(part)])));
  }

  /** A word with its {names} filled. */
  word(key: string, parts: Readonly<Record<string, string | number>> = {}): string {
    const found = this.words[key] || this.common[key];
    if (found === undefined) throw new Error(`no word ${key}`);
    return Object.entries(parts).reduce((text, [name, part]) => text.replaceAll(`{${name}}`, String(part)), found);
  }

  day(iso: string, form: Form = "date"): string {
    const [y = 0, m = 1, d = 1] = iso.split("-").map(Number);
    const month = MONTHS[m - 1] ?? "";
    const year = this.minguo ? this.word("minguo", { y: y - TAIWAN_YEARS_FROM }) : String(y);
    return this.word(form === "short" ? "short_date" : "date", { y: year, m, d, month, mon: month.slice(0, 3) });
  }

  moment(ms: number, form: Form): string {
    if (form === "time") return clock(ms);
    const on = this.day(dayOf(ms), form);
    return form === "date" ? on : this.word("datetime", { date: on, time: clock(ms) });
  }
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Compact JSON with sorted keys: the text that is hashed. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(",")}}`;
}
