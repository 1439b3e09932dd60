/**
 * The evidence log as a device keeps it (PROTOCOL.md section 8): the newest head it has seen, compared with what the site shows now. The twin
 * of `sync/witnessing.py` and of what it needs of `sync/merkle.py` and `sync/notes.py`, held to them by `sync/vectors/log.json`.
 */
import { utf8 } from "./bytes.ts";
import { signed } from "./ed25519.ts";
import type { Env } from "./env.ts";
import { askJson } from "./http.ts";
import { withKeyring } from "./keyring.ts";
import { asksSomebody, keptLog, keepLog, type KeptLog, type LocalStore } from "./kept-log.ts";
import { sha256 } from "./sha256.ts";
import type { LogView } from "./types.gen.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** How long a comparison is good for. */
const COMPARE_MS = 6 * 3_600_000;
const ED25519 = 1;

/** A head of the log. */
interface Checkpoint {
  origin: string;
  size: number;
  root: string;
}

/** A text that is not what it should be, or that the site has not signed. */
export class BadNote extends Error {}

/** The bytes of base64, in its own spelling only. Throws `BadNote`. */
export function bytesOf(base64: string): Bytes {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    if (textOf(bytes) === base64) return bytes;
  } catch {
    // As unusable as another spelling.
  }
  throw new BadNote("base64");
}

function textOf(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes));
}

function joined(...parts: Uint8Array[]): Bytes {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The parent of two nodes (RFC 6962). */
function parent(left: string, right: string): string {
  return textOf(sha256(joined(Uint8Array.of(1), bytesOf(left), bytesOf(right))));
}

/** Whether `proof` shows that the tree of `old` leaves is the beginning of that of `size` (RFC 9162, 2.1.4.2). Hashes are base64. */
export function continues(old: number, oldRoot: string, size: number, root: string, proof: readonly string[]): boolean {
  if (old < 1 || old > size) return false;
  if (old === size) return proof.length === 0 && oldRoot === root;
  const rest = (old & (old - 1)) === 0 ? [oldRoot, ...proof] : [...proof];
  const first = rest.shift();
  if (first === undefined) return false;
  let [here, last] = [old - 1, size - 1];
  for (; here & 1; here >>= 1) last >>= 1;
  let [before, after] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (here & 1 || here === last) {
      [before, after] = [parent(sibling, before), parent(sibling, after)];
      for (; !(here & 1) && here; here >>= 1) last >>= 1;
    } else after = parent(after, sibling);
    here >>= 1;
    last >>= 1;
  }
  return last === 0 && before === oldRoot && after === root;
}

/** The head in a note and the signature of its log under the raw key. Throws `BadNote`. */
export function readNote(note: string, key: Bytes): { head: Checkpoint; text: string; signature: Bytes } {
  const end = note.lastIndexOf("\n\n");
  const text = note.slice(0, end + 1);
  const lines = text.split("\n");
  const [origin, size, root] = lines;
  if (end < 0 || !origin || !size || !root || lines.length !== 4 || !/^(0|[1-9]\d{0,8})$/.test(size) || bytesOf(root).length !== 32) throw new BadNote("checkpoint");
  const id = sha256(joined(utf8(`${origin}\n`), Uint8Array.of(ED25519), key)).subarray(0, 4);
  for (const line of note.slice(end + 2).split("\n")) {
    const [dash, name, packed] = line.split(" ");
    if (dash !== "\u2014" || name !== origin || !packed) continue;
    const data = bytesOf(packed);
    if (id.every((byte, i) => data[i] === byte)) return { head: { origin, size: Number(size), root }, text, signature: data.slice(4) };
  }
  throw new BadNote("signature");
}

/** The raw key of base64url, or of the text of a verifier key. */
export function keyOf(text: string): Bytes {
  const packed = text.includes("+") ? bytesOf(text.slice(text.indexOf("+", text.indexOf("+") + 1) + 1)).slice(1) : bytesOf(padded(text));
  if (packed.length !== 32) throw new BadNote("key");
  return packed;
}

function padded(base64url: string): string {
  return base64url.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(base64url.length / 4) * 4, "=");
}

/** What is kept once the site has shown `view`: what continues the head before takes its place. Throws `BadNote`. `own`: the key of the site, if known. */
export async function compared(kept: KeptLog | null, view: LogView, own: string | undefined, now: number): Promise<KeptLog> {
  const key = own ?? kept?.key ?? view.vkey;
  const { head, text, signature } = readNote(view.checkpoint, keyOf(key));
  const verified = await signed(keyOf(key), signature, text);
  if (verified === false) throw new BadNote("signature");
  const found: KeptLog = { ...head, note: view.checkpoint, key, signed: verified === true, at: now, found: "grown" };
  if (!kept) return found;
  // The site says that its data were restored. What was known stays until a person accepts it, beside what the new log showed first.
  if (head.origin !== kept.origin) return { ...kept, found: "restarted", other: (kept.found === "restarted" && kept.other) || view.checkpoint };
  if (head.size < kept.size) return { ...kept, found: "shorter", other: view.checkpoint };
  if (continues(kept.size, kept.root, head.size, head.root, view.proof ?? [])) return found;
  return { ...kept, found: "diverged", other: view.checkpoint };
}

/** Compares now. Throws `Problem`, `Offline` or `BadNote`; before its first checkpoint a site has nothing to compare. */
export async function compareLog(env: Env, site: string, local: LocalStore = localStorage): Promise<KeptLog> {
  const kept = keptLog(site, local);
  const own = await withKeyring(env, async (db) => (await db.getAll("accounts")).find((account) => account.site === site && account.server_key)?.server_key);
  const isView = (got: Partial<LogView>) => typeof got.checkpoint === "string" && typeof got.vkey === "string";
  const view = await askJson<LogView>(env, `/s/${site}/log/checkpoint?from=${kept?.size ?? 0}`, {}, isView);
  const after = await compared(kept, view, own, env.wall());
  keepLog(site, after, local);
  return after;
}

/** A person has accepted that the log begins anew under another origin: from what it showed first it is followed as the old one was. */
export function acceptRestart(site: string, local: LocalStore = localStorage): KeptLog | null {
  const kept = keptLog(site, local);
  if (kept?.found !== "restarted") return kept;
  const { other, ...rest } = kept;
  const note = other ?? kept.note;
  const after: KeptLog = { ...rest, ...readNote(note, keyOf(kept.key)).head, note, found: "grown" };
  keepLog(site, after, local);
  return after;
}

/** Compares a few times a day, whichever tab leads. */
export async function compareSometimes(env: Env, site: string, local: LocalStore | undefined = globalThis.localStorage): Promise<void> {
  if (!local) return;
  const kept = keptLog(site, local);
  if (asksSomebody(kept) || Math.abs(env.wall() - (kept?.at ?? 0)) < COMPARE_MS) return;
  await compareLog(env, site, local);
}
