/**
 * When database and journal do not tell the same (laws I1, I34): each gives the other what it lacks. Loaded only
 * then.
 *
 * What continues this chain is put back as it was. What belongs to a chain whose key is gone, or stands behind a hole, is signed anew after the
 * head. Numbers that nothing holds any more are named, and never used again: the device begins a new chain, and the site says which of them it has.
 */
import { nextLink } from "./chain.ts";
import { resigned } from "./chain-move.ts";
import type { Env } from "./env.ts";
import type { Entry, Journal, Mark } from "./journal.ts";
import { troubleOf } from "./lost.ts";
import { getMeta, putMeta, type Lost, type Encrypted, type Store, type StoredOp, type SyncState, type Tx } from "./store.ts";
import type { Before, Head } from "./types.gen.ts";

interface RecoverContext {
  env: Env;
  store: Store;
  journal: Journal;
  /** A device the site knew on this browser before, as of the sign-in. */
  before: Before | null;
}

interface State {
  dev: string;
  head: Head;
  sync: SyncState;
  ops: StoredOp[];
}

/** An op of the journal, with its words. */
interface Found extends Entry {
  text: string;
}

/** Makes both places agree. True when the database changed. */
export async function recover(context: RecoverContext): Promise<boolean> {
  const { env, store, journal } = context;
  for (;;) {
    const kept = await journal.read();
    const last = await journal.last();
    const at = await store.tx(["meta", "outbox"], { mode: "readonly" }, readState);
    const before = at.sync.handled === context.before?.dev ? null : context.before;
    const { found, encrypted } = await opened(store, missing(kept.entries, at.ops));
    const put = await restored(store, at, found);
    const witness = markOf(env.note(store.name));
    const marks = [...kept.entries, ...kept.marks, ...(witness ? [witness] : [])];
    const lost = lostNumbers([...kept.entries, ...encrypted.map((entry) => ({ ...entry, gone: true }))], marks, at, before);
    const changed = put.ops.length > 0 || lost !== null;
    if ((changed || before) && !(await write(store, at, put, lost, before?.dev ?? at.sync.handled))) continue;
    env.note(store.name, `${at.dev} ${put.head.seq}`);
    // The journal is the database's twin again, without what neither chain nor person needs any more.
    const ops = await store.tx(["outbox"], { mode: "readonly" }, (tx) => tx.objectStore("outbox").getAll());
    const agrees = !kept.damaged && !changed && same(kept.entries, at.dev, ops) && (last?.link ?? at.head.hash) === at.head.hash;
    if (encrypted.length) await journal.setAside().catch(() => undefined);
    if (!agrees) await journal.replace(at.dev, ops).catch(() => undefined);
    return changed;
  }
}

async function readState(tx: Tx): Promise<State> {
  const { dev } = (await getMeta(tx, "device"))!;
  return { dev, head: (await getMeta(tx, "head"))!, sync: (await getMeta(tx, "sync"))!, ops: await tx.objectStore("outbox").getAll() };
}

/** What the journal has and the database does not. An intent is known by its id, whatever number it has by now. */
function missing(entries: readonly Entry[], ops: readonly StoredOp[]): Entry[] {
  const ids = new Set(ops.map((op) => op.id));
  return entries.filter((entry) => !ids.has(entry.id) && ids.add(entry.id));
}

/** Entries with their words; those whose key is gone stay encrypted. */
async function opened(store: Store, entries: readonly Entry[]): Promise<{ found: Found[]; encrypted: Entry[] }> {
  const [found, encrypted]: [Found[], Entry[]] = [[], []];
  for (const entry of entries) {
    try {
      found.push({ ...entry, text: (await store.open([entry.body]))[0]! });
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      encrypted.push(entry);
    }
  }
  return { found, encrypted };
}

interface Put {
  ops: StoredOp[];
  head: Head;
  /** The chain whose key is gone: the site closes it. */
  after: string | null;
  /** Something could not be put back where it was: its number may be with the site. */
  moved: boolean;
}

/** The ops to put after the head: as they were while they continue the chain, signed anew otherwise. */
async function restored(store: Store, at: State, found: readonly Found[]): Promise<Put> {
  let head = at.head;
  const ops: StoredOp[] = [];
  let after: string | null = null;
  let moved = false;
  const add = (entry: Found, body: Encrypted, link: string) => {
    head = { seq: head.seq + 1, hash: link };
    ops.push({ seq: head.seq, id: entry.id, body, link, code: entry.code, saved_at: entry.saved_at, open: 1 });
  };
  for (const entry of found) {
    const continues = entry.dev === at.dev && entry.seq === head.seq + 1 && nextLink(head.hash, entry.text) === entry.link;
    if (continues) {
      add(entry, entry.body, entry.link);
      continue;
    }
    moved ||= entry.dev === at.dev;
    if (entry.dev !== at.dev) after = entry.dev;
    const text = resigned(entry.text, { dev: entry.dev, seq: entry.seq, link: entry.link }, at.dev, head);
    add(entry, (await store.seal([text]))[0]!, nextLink(head.hash, text));
  }
  return { ops, head, after, moved };
}

/** Numbers of the last chain that were used and that nothing here holds: those the site cannot have for sure are left out later. */
function lostNumbers(entries: readonly (Entry & { gone?: true })[], marks: readonly Mark[], at: State, before: Before | null): Lost | null {
  const dev = before && before.dev !== at.dev ? before.dev : (marks.find((mark) => mark.dev !== at.dev)?.dev ?? at.dev);
  const last = Math.max(0, ...marks.filter((mark) => mark.dev === dev).map((mark) => mark.seq), before?.dev === dev ? before.told : 0);
  const held = new Set(entries.filter((entry) => entry.dev === dev && !entry.gone).map((entry) => entry.seq));
  if (dev === at.dev) for (const op of at.ops) held.add(op.seq);
  // What was taken out of both places before was with the site, and safe there.
  const arrived = before?.dev === dev ? before.last : dev === at.dev ? at.sync.sent.seq : Math.min(...held, last + 1) - 1;
  const numbers: number[] = [];
  for (let seq = arrived + 1; seq <= last; seq++) if (!held.has(seq)) numbers.push(seq);
  return numbers.length ? { dev, numbers, checked: before?.dev === dev } : null;
}

/** One strict transaction, if nothing was saved meanwhile. */
function write(store: Store, at: State, put: Put, lost: Lost | null, handled: string | null): Promise<boolean> {
  return store.tx(["meta", "outbox"], { durability: "strict" }, async (tx) => {
    if ((await getMeta(tx, "head"))!.hash !== at.head.hash) return false;
    const sync = (await getMeta(tx, "sync"))!;
    for (const op of put.ops) void tx.objectStore("outbox").put(op);
    await putMeta(tx, "head", put.head);
    const broken = sync.broken || put.moved || lost?.dev === at.dev;
    const after = put.after ?? (lost && lost.dev !== at.dev ? lost.dev : sync.after);
    await putMeta(tx, "sync", { ...sync, broken, after, handled, lost: lost ?? sync.lost, trouble: lost?.checked ? troubleOf(lost) : sync.trouble });
    return true;
  });
}

function same(entries: readonly Entry[], dev: string, ops: readonly StoredOp[]): boolean {
  const links = new Set(entries.filter((entry) => entry.dev === dev).map((entry) => entry.link));
  return links.size === entries.length && links.size === ops.length && ops.every((op) => links.has(op.link));
}

/** The note beside both places: `dev seq`. */
function markOf(note: string | null): Mark | null {
  const [dev, seq] = (note ?? "").split(" ");
  return dev && seq ? { dev, seq: Number(seq), link: "" } : null;
}
