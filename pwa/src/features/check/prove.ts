/**
 * What the evidence log proves of a published draw, checked on this device without a network (CHK-04): that the commitment stood in the log
 * before the period, that the draw took the first minute after it, and which visits were replaced, when and why. Does what
 * `log_differences` and `replaced_differences` of tools/zaigang_draw.py do.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { signed } from "../../sync/ed25519";
import { BadNote, bytesOf, keyOf, readNote } from "../../sync/log";
import type { DrawPublic } from "../../sync/types.gen";

const MINUTE_MS = 60_000;
const DEPTH = 20;
const HASH = 32;
/** Bytes of an opening before the path, and of an entry. */
const OPENING = 117;
const ENTRY = 40;

/**
 * What does not hold: the period named is not that of the draw; the record was bound to something else; it is not in the log; it came only
 * when the period had begun; the minute is not in the log, began too early, or is not the first; what was replaced is not what the log
 * holds; the key of the log has not signed.
 */
export type Fault = "period" | "bound" | "record" | "late" | "minute" | "early" | "first" | "replaced" | "signature" | "unreadable";
/** `signed`: by the key of the log; null: no key at hand, or a browser that cannot verify. */
export interface Proven {
  faults: Fault[];
  signed: boolean | null;
}
export type Published = Pick<DrawPublic, "inputs" | "commitment" | "entry" | "committed_at" | "from_day" | "to_day" | "log" | "replaced">;

interface Opened {
  extra: Uint8Array;
  index: number;
  path: Uint8Array[];
  note: string;
}

/** Checks the proof of a draw. `key`: of the log, as this device keeps it; `dayOf`: the hall's day of a moment (ISO). */
export async function prove(said: Published, key: string | undefined, dayOf: (at: number) => string): Promise<Proven> {
  try {
    const faults = faultsOf(said, dayOf);
    const notes = new Set([said.log!, ...(said.log!.replaced ?? [])].map(({ record }) => opened(record).note));
    const each = key ? await Promise.all([...notes].map((note) => signatureOf(note, key))) : [null];
    const seen = each.includes(false) ? false : each.includes(null) ? null : true;
    return { faults: seen === false ? [...faults, "signature"] : faults, signed: seen };
  } catch {
    return { faults: ["unreadable"], signed: null };
  }
}

function faultsOf(said: Published, dayOf: (at: number) => string): Fault[] {
  const log = said.log!;
  const faults: Fault[] = [];
  const check = (fault: Fault, holds: boolean) => {
    if (!holds) faults.push(fault);
  };
  const record = opened(log.record);
  const place = recordOf(record.extra);
  check("period", said.inputs.days.every((day) => said.from_day <= day && day <= said.to_day));
  const salt = sha256(concatBytes(utf8ToBytes("zaigang-bound-salt\n"), hexToBytes(said.commitment), hexToBytes(log.nonce)));
  check("bound", equal(place.salt, salt) && place.at === said.committed_at);
  check("record", isIn(place.entry, record));
  check("late", dayOf(place.enteredAt - 1) < said.from_day);
  const minute = opened(log.minute);
  const end = number(minute.extra, 0);
  check("minute", minute.note === record.note && isIn(minute.extra, minute) && bytesToHex(minute.extra.slice(8)) === said.entry);
  check("early", end - MINUTE_MS >= said.committed_at && record.index <= minute.index);
  if (minute.index > 0) {
    const before = opened(log.before);
    const inLog = before.note === record.note && before.index === minute.index - 1 && isIn(before.extra, before);
    check("first", inLog && number(before.extra, 0) - MINUTE_MS < said.committed_at);
  }
  check("replaced", replacedHolds(said, dayOf));
  return faults;
}

/** Each replacement is the one its record in the log was bound to, said then, and none before the one before it. */
function replacedHolds({ commitment, replaced = [], log }: Published, dayOf: (at: number) => string): boolean {
  const proofs = log!.replaced ?? [];
  const holds = replaced.map(({ unit, day, text, at }, n) => {
    const proof = proofs[n];
    if (!proof) return false;
    const record = opened(proof.record);
    const place = recordOf(record.extra);
    const what = sha256(utf8ToBytes(`zaigang-draw-1\nreplace\n${JSON.stringify([commitment, n + 1, unit, day, text])}`));
    const bound = equal(place.salt, sha256(concatBytes(utf8ToBytes("zaigang-bound-salt\n"), what, hexToBytes(proof.nonce))));
    const inTime = place.at === at && dayOf(at) === day && at >= (replaced[n - 1]?.at ?? 0);
    return bound && inTime && isIn(place.entry, record);
  });
  return proofs.length === replaced.length && holds.every(Boolean);
}

/** A `.tlog-proof`, taken apart. */
function opened(text: string): Opened {
  const end = text.indexOf("\n\n");
  const [first, extra = "", index = "", ...path] = text.slice(0, end).split("\n");
  if (end < 0 || first !== "c2sp.org/tlog-proof@v1" || !/^index \d{1,9}$/.test(index)) throw new BadNote("proof");
  return { extra: bytesOf(extra.replace(/^extra /, "")), index: Number(index.slice(6)), path: path.map(bytesOf), note: text.slice(end + 2) };
}

function recordOf(extra: Uint8Array) {
  const slot = new DataView(extra.buffer, extra.byteOffset).getUint32(1);
  if (extra.length !== OPENING + DEPTH * HASH || extra[0] !== 1 || slot >> DEPTH) throw new BadNote("opening");
  const salt = extra.slice(21, 53);
  // Salt, hash of the text and link stand one after another, as they are hashed.
  let found: Uint8Array = sha256(concatBytes(Uint8Array.of(2), extra.slice(21, OPENING), extra.slice(13, 21)));
  for (let height = 0; height < DEPTH; height++) {
    const sibling = extra.slice(OPENING + HASH * height, OPENING + HASH * (height + 1));
    found = (slot >> height) & 1 ? parent(sibling, found) : parent(found, sibling);
  }
  return { salt, at: number(extra, 13), enteredAt: number(extra, 5), entry: concatBytes(extra.slice(5, 13), found) };
}

/** Whether an entry is the one of its number in the tree of the note (RFC 9162, 2.1.3.2). */
function isIn(entry: Uint8Array, { index, path, note }: Opened): boolean {
  const [, size, root = ""] = note.split("\n");
  let [here, last] = [index, Number(size) - 1];
  if (entry.length !== ENTRY || !(here <= last)) return false;
  let found: Uint8Array = sha256(concatBytes(Uint8Array.of(0), entry));
  for (const sibling of path) {
    if (last === 0) return false;
    if (here & 1 || here === last) {
      found = parent(sibling, found);
      for (; !(here & 1) && here; here >>= 1) last >>= 1;
    } else found = parent(found, sibling);
    here >>= 1;
    last >>= 1;
  }
  return last === 0 && equal(found, bytesOf(root));
}

/** Whether the log's key has signed the checkpoint. */
async function signatureOf(note: string, key: string): Promise<boolean | null> {
  const raw = keyOf(key);
  try {
    const { text, signature } = readNote(note, raw);
    return await signed(raw, signature, text);
  } catch (wrong) {
    if (wrong instanceof BadNote) return false;
    throw wrong;
  }
}

const parent = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(concatBytes(Uint8Array.of(1), left, right));
const equal = (a: Uint8Array, b: Uint8Array): boolean => bytesToHex(a) === bytesToHex(b);
const number = (bytes: Uint8Array, at: number): number => Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at));
