/** Vite plugin: `virtual:catalogue/<locale>` is `locales/<locale>/LC_MESSAGES/messages.po` as a JS module {key: text}.
 *
 * A key is the msgid, with its context before U+0004 where it has one (gettext's own convention).
 * Only messages whose msgid stands in the client's sources are taken, so server-only ones cost the phone nothing.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const PREFIX = "virtual:catalogue/";

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

/** `messages` as the object a locale's module exports, without what `used` refuses and what says the msgid again. */
export function catalogue(messages: Message[], used: (id: string) => boolean): Record<string, string> {
  const taken = messages.filter((m) => used(m.id) && (m.context !== "" || m.text !== m.id));
  return Object.fromEntries(taken.map((m) => [m.context ? `${m.context}\u0004${m.id}` : m.id, m.text]));
}

/** All text under `folder`, where a literal msgid can be looked for. */
function sources(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
  return files.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
}

/** The plugin. `locales`: folder of the catalogues; `client`: folder whose sources say which messages are needed. */
export function catalogues(locales: string, client: string): Plugin {
  let text: string | undefined;
  const used = (id: string) => (text ??= sources(client)).includes(JSON.stringify(id).slice(1, -1));
  return {
    name: "zaigang-catalogues",
    buildStart() {
      text = undefined;
    },
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      const file = join(locales, id.slice(PREFIX.length + 1), "LC_MESSAGES", "messages.po");
      const messages = existsSync(file) ? parsePo(readFileSync(file, "utf8")) : [];
      if (existsSync(file)) this.addWatchFile(file);
      return `export default ${JSON.stringify(catalogue(messages, used))};`;
    },
  };
}
