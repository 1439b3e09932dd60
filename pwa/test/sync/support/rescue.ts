/** What the site does with a rescue file (sync/rescue.py): opens it with its secret number and the point that belongs to it. */
import { utf8 } from "../../../src/sync/bytes.ts";
import type { RescueFile } from "../../../src/sync/types.gen.ts";
import { fromBase64url } from "./site.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" };

interface Rescued {
  dev: string;
  key: string;
  epoch: string;
  from: number;
  prev: string;
  ops: string[];
  sig: string;
  made_at: number;
}

/** A key of a site: `d` its secret number, `x` and `y` its point, base64url. */
type RescueKey = { d: string; x: string; y: string };

export async function openRescue(key: RescueKey, file: RescueFile): Promise<Rescued> {
  return JSON.parse(new TextDecoder().decode(await opened(key, file, "zg-rescue"))) as Rescued;
}

/** The photo or sound in a line behind the first. */
export async function openRescued(key: RescueKey, file: RescueFile): Promise<{ head: unknown; data: Uint8Array }> {
  const clear = await opened(key, file, "zg-rescue-file");
  const end = clear.indexOf(10);
  return { head: JSON.parse(new TextDecoder().decode(clear.subarray(0, end))), data: clear.slice(end + 1) };
}

async function opened({ d, x, y }: RescueKey, file: RescueFile, what: string): Promise<Uint8Array> {
  const mine = await crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", d, x, y }, CURVE, false, ["deriveBits"]);
  const theirs = await crypto.subtle.importKey("raw", fromBase64url(file.epk), CURVE, false, []);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, mine, 256);
  const secret = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(what) };
  const key = await crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
  const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv: fromBase64url(file.iv) }, key, fromBase64url(file.data));
  return new Uint8Array(clear);
}

/** A new rescue key, with its raw point as an enrolment tells it (base64url). */
export async function rescueKey(): Promise<RescueKey & { point: string }> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
  const { d, x, y } = await crypto.subtle.exportKey("jwk", privateKey);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  const point = btoa(String.fromCharCode(...raw)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  return { d: d!, x: x!, y: y!, point };
}
