/** The chain of a device's ops and the texts it signs: the twin of `sync/ops.py`, held to it by `sync/vectors`. Links are hex here. */
import { sha256 } from "./sha256.ts";
import { fromHex, toHex, utf8 } from "./bytes.ts";

export const OP_BYTES_MAX = 32 * 1024;
export const PUSH_OPS_MAX = 200;
export const PUSH_BYTES_MAX = 512 * 1024;

const RECEIPT_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** `dev` of a raw public key: the first 128 bits of its SHA-256. */
export function deviceId(point: Uint8Array): string {
  return toHex(sha256(point)).slice(0, 32);
}

/** `link_0` of a device's chain. */
export function firstLink(site: string, dev: string): string {
  return toHex(sha256(utf8(`zg-sync/1\n${site}\n${dev}`)));
}

/** `link_n = SHA-256(link_{n-1} ‖ SHA-256(body_n))`. Synchronous, so that it can run inside an IndexedDB transaction. */
export function nextLink(prev: string, body: string): string {
  const joined = new Uint8Array(64);
  joined.set(fromHex(prev));
  joined.set(sha256(utf8(body)), 32);
  return toHex(sha256(joined));
}

/** What a device signs at a push: the last link it sends. */
export function pushBytes(site: string, dev: string, seq: number, link: string): string {
  return `zg-push\n${site}\n${dev}\n${seq}\n${link}`;
}

/** What a device signs to prove, at a socket or at enrolment, that it holds the key. */
export function helloBytes(site: string, dev: string, nonce: string): string {
  return `zg-hello\n${site}\n${dev}\n${nonce}`;
}

/** The eight characters a person reads out: Crockford base 32 of the first 40 bits of SHA-256(body). */
export function receiptCode(body: string): string {
  const number = sha256(utf8(body)).subarray(0, 5).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return Array.from({ length: 8 }, (_, i) => RECEIPT_ALPHABET[Number((number >> BigInt(35 - 5 * i)) & 31n)]).join("");
}
