/**
 * The rescue file: what this device could not send, for any terminal that reaches the site (sync/PROTOCOL.md §6). Only the site can read it: it is
 * encrypted to its rescue key, known since the last sign-in, so that a file left in a download folder tells nobody anything.
 *
 * The first lines hold the ops, each further one a photo or sound of theirs: made one after another, so that never more than one is in memory.
 */
import type { Exported, Files } from "./api.ts";
import { toBase64url, utf8 } from "./bytes.ts";
import { pushBytes } from "./chain.ts";
import { sign } from "./keys.ts";
import type { Env } from "./env.ts";
import { withKeyring } from "./keyring.ts";
import type { Who } from "./outbox.ts";
import type { Bytes } from "./seal.ts";
import { enrol } from "./reenrol.ts";
import { getMeta, type Device, type Op, type Store, type StoredOp, type SyncState, type Tx } from "./store.ts";
import type { Head, OpBody, RescueFile } from "./types.gen.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const IV_BYTES = 12;
/** What a line is encrypted as. */
const [OPS, FILE] = ["zg-rescue", "zg-rescue-file"];
/** Of ops in one line: encrypted and as base64 it stays far below what the site takes at once. */
export const LINE_BYTES_MAX = 4 * 1024 * 1024;
/** A line is filled up with spaces to a multiple of this: its size must not tell that a few sealed records are among them (I18). */
export const STEP_BYTES = 64 * 1024;
/** Room in a line for everything that is not an op. */
const ENVELOPE_BYTES = 1024;

/** Everything the site does not have, as one encrypted file. Throws `Offline` when this device has never been told the site's rescue key. */
export async function rescueFile(env: Env, store: Store, who: Who & Device, files: Pick<Files, "unsent" | "bytes"> | null = null): Promise<Exported> {
  const { sync, head, unsent } = await store.tx(["meta", "outbox"], { mode: "readonly" }, readUnsent);
  const point = await rescueKey(env, who);
  const made_at = Math.round(env.wall());
  const line = async (data: Bytes, what: string, more = {}): Promise<string> => {
    const file: RescueFile = { v: 1, site: who.site, dev: who.dev, ...(await encrypted(point, data, what)), ...more };
    return JSON.stringify(file);
  };
  // Blobs of blobs: the browser keeps what is done on its disk.
  let file = new Blob();
  for (const [i, part] of parts(await store.openOps(unsent)).entries()) {
    const inside = filled(utf8(JSON.stringify(await insideOf(who, sync, head, part, made_at))));
    file = i ? new Blob([file, "\n", await line(inside, OPS!, { more: true })]) : new Blob([await line(inside, OPS!)]);
  }
  const unsentFiles = (await files?.unsent()) ?? [];
  let gone = 0;
  for (const { sha256, mime } of unsentFiles) {
    const bytes = await files!.bytes(sha256, "full");
    if (bytes) file = new Blob([file, "\n", await line(joined(utf8(`${JSON.stringify({ dev: who.dev, sha256, mime })}\n`), bytes), FILE!)]);
    else gone += 1;
  }
  // The minute, and no number of the chain, which counts what is sealed, too.
  const minute = new Date(made_at).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return { name: `zaigang-${who.site}-${who.dev.slice(0, 8)}-${minute}Z.json`, file, files: unsentFiles.length - gone, gone };
}

function filled(text: Bytes): Bytes {
  const whole = new Uint8Array(Math.ceil(text.length / STEP_BYTES) * STEP_BYTES).fill(0x20);
  whole.set(text);
  return whole;
}

function joined(head: Bytes, body: Bytes): Bytes {
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

async function readUnsent(tx: Tx): Promise<{ sync: SyncState; head: Head; unsent: StoredOp[] }> {
  const sync = (await getMeta(tx, "sync"))!;
  const unsent = await tx.objectStore("outbox").getAll(IDBKeyRange.lowerBound(sync.sent.seq, true));
  return { sync, head: (await getMeta(tx, "head"))!, unsent };
}

/** The ops in order, so many together as follow one another and fit into one line; one line without any when there are none. */
function parts(ops: readonly Op[]): Op[][] {
  const found: Op[][] = [[]];
  let bytes = ENVELOPE_BYTES;
  for (const op of ops) {
    const size = utf8(JSON.stringify(op.body)).length + 1;
    const before = found.at(-1)!.at(-1);
    if (before && (before.seq + 1 < op.seq || bytes + size > LINE_BYTES_MAX)) {
      found.push([]);
      bytes = ENVELOPE_BYTES;
    }
    found.at(-1)!.push(op);
    bytes += size;
  }
  return found;
}

/** A push of any length, with all that is needed to check it. */
async function insideOf({ site, dev, key }: Who & Device, sync: SyncState, head: Head, ops: readonly Op[], made_at: number): Promise<object> {
  const first = ops[0] && (JSON.parse(ops[0].body) as OpBody);
  const last = ops.at(-1);
  const sig = await sign(key, pushBytes(site, dev, last?.seq ?? head.seq, last?.link ?? head.hash));
  const begins = { from: first?.seq ?? head.seq + 1, prev: first?.prev ?? head.hash };
  return { dev, key: toBase64url(key.point), epoch: sync.epoch, ...begins, ops: ops.map(({ body }) => body), sig, made_at };
}

async function rescueKey(env: Env, who: Who & Device): Promise<Uint8Array<ArrayBuffer>> {
  const account = await withKeyring(env, (db) => db.get("accounts", [who.site, who.uid]));
  const known = account?.rescue_key ?? (await enrol(env, who, who)).rescue_key ?? "";
  return Uint8Array.from(atob(known.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
}

/** ECDH with a key made for this file, HKDF-SHA-256, AES-256-GCM. */
async function encrypted(point: Bytes, clear: Bytes, what: string): Promise<Pick<RescueFile, "epk" | "iv" | "data">> {
  const mine = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const theirs = await crypto.subtle.importKey("raw", point, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 256);
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(what) };
  const key = await crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, clear));
  const epk = new Uint8Array(await crypto.subtle.exportKey("raw", mine.publicKey));
  return { epk: toBase64url(epk), iv: toBase64url(iv), data: toBase64url(data) };
}
