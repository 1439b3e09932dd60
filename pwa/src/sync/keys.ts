/** The device key: P-256, made in the browser, never exportable. Signatures are raw r‖s, 64 bytes, as WebCrypto's are. */
import { toBase64url, utf8 } from "./bytes.ts";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A key pair as it is kept in IndexedDB, with the raw public point (65 bytes). */
export interface DeviceKey {
  pair: CryptoKeyPair;
  point: Uint8Array<ArrayBuffer>;
}

/** Makes a new device key. */
export async function makeKey(): Promise<DeviceKey> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  return { pair, point: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}

/** Signs a text; base64url. */
export async function sign(key: DeviceKey, message: string): Promise<string> {
  return toBase64url(new Uint8Array(await crypto.subtle.sign(ALGORITHM, key.pair.privateKey, utf8(message))));
}
