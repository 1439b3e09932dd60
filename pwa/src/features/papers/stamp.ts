/** The stamp of a printed document: what its QR code says, and who has signed that. Twin of sync/stamp.py. */
import { fromBase64url, toBase64url, utf8 } from "../../sync/bytes";
import { sign, type DeviceKey } from "../../sync/keys";
import { signed } from "../../sync/ed25519";
import { sha256 } from "../../sync/sha256";
import { canonical, type Values } from "./values";

export interface Stamp {
  site: string;
  id: string;
  kind: string;
  /** "2026-3", or "-" where only the server gives one. */
  number: string;
  copy: number;
  at: number;
  digest: string;
  /** The device that stamped, "" for the site itself. */
  dev: string;
}
export interface Signed {
  stamp: Stamp;
  signature: string;
}

const CODE_CHARS_MAX = 400;
const ID = /^[\w-]{16,64}$/;
const SHAPES = [ID, /^[a-z][a-z_]{1,31}$/, /^(?:-|\d{4}-[1-9]\d{0,8})$/, /^[1-9]\d{0,14}$/, /^[0-9a-z]{1,10}$/, /^[\w-]{43}$/, /^[\w-]{86}$/];

/** What is signed. */
export function textOf({ site, dev, id, kind, number, copy, at, digest }: Stamp): string {
  const by = dev ? `device ${dev}\n` : "";
  return `zaigang paper/v1\nsite ${site}\n${by}id ${id}\nkind ${kind}\nnumber ${number}\ncopy ${copy}\nat ${at}\nhash ${digest}\n`;
}

export function codeOf({ stamp, signature }: Signed): string {
  const head = stamp.dev ? ["2", stamp.dev] : ["1"];
  return [...head, stamp.id, stamp.kind, stamp.number, stamp.copy, stamp.at.toString(36), stamp.digest, signature].join(".");
}

/** The stamp of a code, or null; nothing is verified. */
export function readCode(site: string, code: string): Signed | null {
  const parts = code.length <= CODE_CHARS_MAX ? code.split(".") : [];
  const form = parts.shift();
  const dev = form === "2" ? (parts.shift() ?? "") : "";
  if ((form !== "1" && !(form === "2" && ID.test(dev))) || parts.length !== SHAPES.length || !SHAPES.every((shape, n) => shape.test(parts[n] ?? ""))) return null;
  const [id = "", kind = "", number = "", copy = "", at = "", digest = "", signature = ""] = parts;
  return { stamp: { site, id, kind, number, copy: Number(copy), at: parseInt(at, 36), digest, dev }, signature };
}

/** The address in a QR code: which site, and the code; null for anything else. */
export function readAddress(text: string): { site: string; code: string } | null {
  const found = /\/s\/([a-z][a-z0-9-]{0,30})\/p\/([\w.-]+)(?:\?.*)?$/.exec(text);
  return found ? { site: found[1] ?? "", code: found[2] ?? "" } : null;
}

/** Whether the key has signed; null in a browser that cannot tell. `key`: the site's Ed25519 key, or for a phone's stamp its device key. */
export async function holds({ stamp, signature }: Signed, key: Uint8Array<ArrayBuffer>): Promise<boolean | null> {
  const bytes = fromBase64url(signature);
  if (!stamp.dev) return signed(key, bytes, textOf(stamp));
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, bytes, utf8(textOf(stamp)));
  } catch {
    return null;
  }
}

/** SHA-256 over what a document says, before any language. */
export const digestOf = (kind: string, rid: string, values: Values): string => toBase64url(sha256(utf8(canonical([kind, rid, values]))));

/** A stamp of this phone, for a copy printed without the server. */
export async function stampHere(key: DeviceKey, stamp: Omit<Stamp, "id" | "number" | "copy">): Promise<Signed> {
  const id = toBase64url(crypto.getRandomValues(new Uint8Array(16)));
  const made: Stamp = { ...stamp, id, number: "-", copy: 1 };
  return { stamp: made, signature: await sign(key, textOf(made)) };
}
