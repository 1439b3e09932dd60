/**
 * The outbox's second place: a file that only grows, one line an op, each with a checksum. It holds what the
 * database holds, encrypted alike. A browser may hand back an emptied database without a word; then this tells, and gives back.
 *
 *     LF {id, code, at, body} TAB dev seq link sum LF
 */
import { toHex, utf8 } from "./bytes.ts";
import type { Disk, Env } from "./env.ts";
import { sha256 } from "./sha256.ts";
import { journalName, type Encrypted, type StoredOp } from "./store.ts";

/** An op as a line keeps it. */
export interface Entry {
  dev: string;
  seq: number;
  link: string;
  id: string;
  code: string;
  saved_at: number;
  body: Encrypted;
}

/** A place in a chain. */
export type Mark = Pick<Entry, "dev" | "seq" | "link">;

/** What a whole journal says. `marks`: places its damaged lines still name. */
export interface Kept {
  entries: Entry[];
  marks: Mark[];
  damaged: number;
}

const LINE = /^(\{.*\})\t([0-9a-f]{32}) (\d+) ([0-9a-f]{64}) ([0-9a-f]{16})$/;
const END = /([0-9a-f]{32}) (\d+) ([0-9a-f]{64}) [0-9a-f]{16}$/;
/** More than the longest end of a line. */
const END_BYTES = 160;
/** A writer of a tab that was frozen may hold the turn: the record is in one place already, and the next start sees to the other. */
const PATIENCE_MS = 2_000;

export class Journal {
  private readonly file: string;

  constructor(
    private readonly env: Env,
    private readonly disk: Disk,
    database: string,
  ) {
    this.file = journalName(database);
  }

  /** Adds an op; false when the disk did not take it. */
  async add(dev: string, op: StoredOp): Promise<boolean> {
    let late = (): void => undefined;
    const timeout = new Promise<boolean>((resolve) => (late = this.env.after(PATIENCE_MS, () => resolve(false))));
    const added = this.disk.append(this.file, lineOf(dev, op)).then(
      () => true,
      () => false,
    );
    return Promise.race([added, timeout]).finally(() => late());
  }

  /** The last place written, by a small read; null for an empty file or an end that makes no sense. */
  async last(): Promise<Mark | null> {
    const end = END.exec(((await this.disk.tail(this.file, END_BYTES)) ?? "").trimEnd());
    return end && { dev: end[1]!, seq: Number(end[2]), link: end[3]! };
  }

  async read(): Promise<Kept> {
    return parseJournal((await this.disk.read(this.file)) ?? "");
  }

  /** Keeps the file as it is beside a new one: what nobody can open now may be opened one day. */
  async setAside(): Promise<void> {
    await this.disk.replace(`${this.file}.lost`, (await this.disk.read(this.file)) ?? "");
  }

  /** Writes the file anew. */
  replace(dev: string, ops: readonly StoredOp[]): Promise<void> {
    return this.disk.replace(this.file, ops.map((op) => lineOf(dev, op)).join(""));
  }
}

/** Reads lines, each by itself: a damaged one takes no other with it. A line twice (a cut rewriting) is one. */
export function parseJournal(text: string): Kept {
  const entries = new Map<string, Entry>();
  const marks: Mark[] = [];
  let damaged = 0;
  for (const line of text.split("\n")) {
    if (!line) continue;
    const entry = parseLine(line);
    if (entry) entries.set(entry.link, entry);
    else {
      damaged += 1;
      const end = END.exec(line);
      if (end) marks.push({ dev: end[1]!, seq: Number(end[2]), link: end[3]! });
    }
  }
  return { entries: [...entries.values()].sort((a, b) => a.seq - b.seq), marks, damaged };
}

function parseLine(line: string): Entry | undefined {
  const found = LINE.exec(line);
  if (!found || sumOf(line.slice(0, -17)) !== found[5]) return undefined;
  const { id, code, at, body } = JSON.parse(found[1]!) as { id: string; code: string; at: number; body: Encrypted };
  return { dev: found[2]!, seq: Number(found[3]), link: found[4]!, id, code, saved_at: at, body };
}

function lineOf(dev: string, { seq, link, id, code, saved_at, body }: StoredOp): string {
  const text = `${JSON.stringify({ id, code, at: saved_at, body })}\t${dev} ${seq} ${link}`;
  // A line begins anew, whatever a cut has left at the end of the file.
  return `\n${text} ${sumOf(text)}\n`;
}

function sumOf(text: string): string {
  return toHex(sha256(utf8(text)).subarray(0, 8));
}
