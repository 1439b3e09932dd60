/**
 * The rescue file: what this device could not send, for any terminal that reaches the site (sync/PROTOCOL.md §6). Only the site can read it: it is
 * encrypted to its rescue key, known since the last sign-in, so that a file left in a download folder tells nobody anything.
 */
import { toBase64url, utf8 } from "./bytes.ts";
import { pushBytes } from "./chain.ts";
import { sign } from "./crypto.ts";
import type { Env } from "./env.ts";
import { withKeys } from "./keys.ts";
import type { Who } from "./outbox.ts";
import { enrol } from "./reenrol.ts";
import { getMeta, type Device, type Op, type Store, type StoredOp, type SyncState, type Tx } from "./store.ts";
import type { Head, OpBody, RescueFile } from "./types.gen.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const IV_BYTES = 12;

/** Everything the site does not have, as one encrypted file. Throws `Offline` when this device has never been told the site's rescue key. */
export async function rescueFile(env: Env, store: Store, who: Who & Device): Promise<{ name: string; text: string }> {
  const { sync, head, unsent } = await store.tx(["meta", "outbox"], { mode: "readonly" }, readUnsent);
  const inside = await insideOf(who, sync, head, await store.openOps(unsent), Math.round(env.wall()));
  const file: RescueFile = { v: 1, site: who.site, dev: who.dev, ...(await sealed(await rescueKey(env, who), JSON.stringify(inside))) };
  return { name: `zaigang-${who.site}-${who.dev.slice(0, 8)}-${head.seq}.json`, text: JSON.stringify(file) };
}

async function readUnsent(tx: Tx): Promise<{ sync: SyncState; head: Head; unsent: StoredOp[] }> {
  const sync = (await getMeta(tx, "sync"))!;
  const unsent = await tx.objectStore("outbox").getAll(IDBKeyRange.lowerBound(sync.sent.seq, true));
  return { sync, head: (await getMeta(tx, "head"))!, unsent };
}

/** A push of any length, with all that is needed to check it. */
async function insideOf({ site, dev, key }: Who & Device, sync: SyncState, head: Head, ops: readonly Op[], made_at: number): Promise<object> {
  const first = ops[0] && (JSON.parse(ops[0].body) as OpBody);
  const sig = await sign(key, pushBytes(site, dev, head.seq, head.hash));
  const begins = { from: first?.seq ?? head.seq + 1, prev: first?.prev ?? head.hash };
  return { dev, key: toBase64url(key.point), epoch: sync.epoch, ...begins, ops: ops.map(({ body }) => body), sig, made_at };
}

async function rescueKey(env: Env, who: Who & Device): Promise<Uint8Array<ArrayBuffer>> {
  const account = await withKeys(env, (db) => db.get("accounts", [who.site, who.uid]));
  const known = account?.rescue_key ?? (await enrol(env, who, who)).rescue_key ?? "";
  return Uint8Array.from(atob(known.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
}

/** ECDH with a key made for this file, HKDF-SHA-256, AES-256-GCM. */
async function sealed(point: Uint8Array<ArrayBuffer>, text: string): Promise<Pick<RescueFile, "epk" | "iv" | "data">> {
  const mine = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const theirs = await crypto.subtle.importKey("raw", point, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine.privateKey, 256);
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("zg-rescue") };
  const key = await crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const data = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, utf8(text)));
  const epk = new Uint8Array(await crypto.subtle.exportKey("raw", mine.publicKey));
  return { epk: toBase64url(epk), iv: toBase64url(iv), data: toBase64url(data) };
}
