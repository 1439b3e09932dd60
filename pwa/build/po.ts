/** Vite plugin: the .po files as JS modules. `virtual:catalogue/zh_Hans`, the source, is {key: text}; it holds only what differs from its msgid.
 * `virtual:keys/first` lists the keys once, and each other language is its texts in that order: msgids travel once, not once a language.
 * What only institutions that come later say is in parts of its own: `virtual:keys/more`, `virtual:catalogue/en.more`.
 *
 * A key is the msgid, with its context before U+0004 where it has one (gettext's own convention).
 * Only messages whose msgid stands in the client's sources are taken, so server-only ones cost the phone nothing.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const PREFIX = "virtual:catalogue/";
const KEYS = "virtual:keys/";
const SOURCE = "zh_Hans";

export interface Message {
  context: string;
  id: string;
  text: string;
}

/** The complete messages of a PO file. Fuzzy, obsolete and empty ones are left out: an untranslated msgid shows itself. */
export function parsePo(source: string): Message[] {
  return source.split(/\r?\n\s*\r?\n/).flatMap((block) => {
    const message = parseBlock(block.split(/\r?\n/));
    return message ? [message] : [];
  });
}

function parseBlock(lines: string[]): Message | null {
  const fields: Record<string, string> = {};
  let field = "";
  for (const line of lines) {
    if (/^#,.*\bfuzzy\b/.test(line)) return null;
    if (line.startsWith("#")) continue;
    const match = /^(?:(msgctxt|msgid|msgstr)\s+)?(".*")\s*$/.exec(line);
    if (!match) continue;
    if (match[1]) field = match[1];
    fields[field] = (fields[field] ?? "") + (JSON.parse(match[2] ?? '""') as string);
  }
  const id = fields["msgid"];
  const text = fields["msgstr"];
  return id && text ? { context: fields["msgctxt"] ?? "", id, text } : null;
}

const keyOf = ({ context, id }: Message): string => (context ? `${context}\u0004${id}` : id);
/** Whether the message says something its msgid does not. */
const differs = (m: Message): boolean => m.context !== "" || m.text !== m.id;

/** The source language as its module exports it: what differs from its msgid, of the messages that are `used`. */
export function catalogue(messages: Message[], used: (id: string) => boolean): Record<string, string> {
  return Object.fromEntries(messages.filter((m) => used(m.id) && differs(m)).map((m) => [keyOf(m), m.text]));
}

/** The keys of the messages that are `used`, in the order of the file. */
export function keysOf(messages: Message[], used: (id: string) => boolean): string[] {
  return messages.filter((m) => used(m.id)).map(keyOf);
}

/** A language as its module exports it: its text for each key, 0 where the msgid says it. */
export function textsOf(messages: Message[], keys: string[]): (string | 0)[] {
  const texts = new Map(messages.filter(differs).map((m) => [keyOf(m), m.text]));
  return keys.map((key) => texts.get(key) ?? 0);
}

/** Which sources a part speaks for; a message goes with the first part that says it. The first screens know a few folders of features,
 * the others travel with app/more.ts: those of supervision apart, so that no chunk grows too large. */
const PARTS: readonly (readonly [string, RegExp])[] = [
  ["first", /^(?!features\/|app\/(?:draft|rescued|signout)\.)|^features\/(?:presence|patrol\/(?!coded|decide|times|found|findings|records|take-back|zone-)|incident\/(?!list\.|log\.|plan\.)|hall\/(?!categories|devices|explain|first-password|held|rescued)|visit\/(?!later|cases|own|results|review|answering|team|decide))/],
  ["more", /^app\/|^features\/(?!presence|patrol|incident|visit|hall|bulletin|campaign|check|rounds|supervisor)/],
  ["watch", /^features\/(?:visit|bulletin|campaign|check|rounds|supervisor)\/|^features\/(?:incident|patrol)\/|^features\/hall\/(?:categories|devices|explain|first-password|held|rescued)/],
];

/** All text under `folder` of files that are `wanted`, where a literal msgid can be looked for. */
function sources(folder: string, wanted: (name: string) => boolean): string {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  const files = names.filter((name) => /\.tsx?$/.test(name) && wanted(name));
  return files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}

/** The plugin. `locales`: folder of the catalogues; `client`: folder whose sources say which messages are needed. */
export function catalogues(locales: string, client: string): Plugin {
  let texts: string[] | undefined;
  const read = (locale: string) => parsePo(readFileSync(fileOf(locale), "utf8"));
  const fileOf = (locale: string) => join(locales, locale, "LC_MESSAGES", "messages.po");
  /** The number of the part that says this, -1 when none does. */
  const partOf = (id: string): number => {
    texts ??= PARTS.map(([, whose]) => sources(client, (name) => whose.test(name)));
    return texts.findIndex((text) => text.includes(JSON.stringify(id).slice(1, -1)));
  };
  const module = (name: string): unknown => {
    if (name === SOURCE) return catalogue(read(SOURCE), (id) => partOf(id) !== -1);
    const [locale = "", part = "first"] = name.split(".");
    const keys = keysOf(read(SOURCE), (id) => PARTS[partOf(id)]?.[0] === part);
    return locale === "keys" ? keys : textsOf(read(locale), keys);
  };
  return {
    name: "zaigang-catalogues",
    buildStart() {
      texts = undefined;
    },
    resolveId: (id) => (id.startsWith(PREFIX) || id.startsWith(KEYS) ? `\0${id}` : undefined),
    load(id) {
      const name = id.startsWith(`\0${KEYS}`) ? `keys.${id.slice(KEYS.length + 1)}` : id.startsWith(`\0${PREFIX}`) ? id.slice(PREFIX.length + 1) : "";
      if (!name) return undefined;
      this.addWatchFile(fileOf(name.startsWith("keys.") ? SOURCE : (name.split(".")[0] ?? SOURCE)));
      return `export default ${JSON.stringify(module(name))};`;
    },
  };
}
