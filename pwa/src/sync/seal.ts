/**
 * What lies between the store and the disk: AES-256-GCM under one data key per person and site (docs/security.md).
 *
 * A kept text is MARK and the base64 of nonce (12 bytes), ciphertext and tag; one kept before there was a vault has no mark and is read as
 * it is. WebCrypto is asynchronous and works beside the page, so a batch costs little more than its slowest text.
 */
import { utf8 } from "./bytes.ts";
import type { Vault } from "./store.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

/** No JSON text begins like this. */
export const MARK = "z1.";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Arguments one call may have everywhere. */
const PART = 8_192;

/** Seals bytes under `key`: nonce, ciphertext, tag. */
export async function sealBytes(key: CryptoKey, clear: Bytes): Promise<Bytes> {
  const encrypted = new Uint8Array(NONCE_BYTES + clear.length + TAG_BYTES);
  const iv = crypto.getRandomValues(encrypted.subarray(0, NONCE_BYTES));
  encrypted.set(new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, clear)), NONCE_BYTES);
  return encrypted;
}

/** The inverse. Throws `OperationError` for another key, and for bytes that were changed. */
export async function openBytes(key: CryptoKey, encrypted: Bytes): Promise<Bytes> {
  const iv = encrypted.subarray(0, NONCE_BYTES);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, encrypted.subarray(NONCE_BYTES)));
}

const decoder = new TextDecoder();

/** An unlocked vault. The data key stays in memory and cannot be exported; it opens until `until` (wall ms). */
export class Seal implements Vault {
  constructor(
    readonly key: CryptoKey,
    readonly until: number,
  ) {}

  seal(texts: readonly string[]): Promise<string[]> {
    return Promise.all(texts.map(async (text) => MARK + toBase64(await sealBytes(this.key, utf8(text)))));
  }

  open(kept: readonly string[]): Promise<string[]> {
    return Promise.all(kept.map((text) => this.openOne(text)));
  }

  sealBytes(clear: Bytes): Promise<Bytes> {
    return sealBytes(this.key, clear);
  }

  openBytes(encrypted: Bytes): Promise<Bytes> {
    return openBytes(this.key, encrypted);
  }

  private async openOne(kept: string): Promise<string> {
    return isEncrypted(kept) ? decoder.decode(await openBytes(this.key, fromBase64(kept.slice(MARK.length)))) : kept;
  }
}

/** Whether a kept text is encrypted. */
export function isEncrypted(kept: string): boolean {
  return kept.startsWith(MARK);
}

function toBase64(bytes: Bytes): string {
  let chars = "";
  for (let i = 0; i < bytes.length; i += PART) chars += String.fromCharCode(...bytes.subarray(i, i + PART));
  return btoa(chars);
}

function fromBase64(text: string): Bytes {
  const chars = atob(text);
  const bytes = new Uint8Array(chars.length);
  for (let i = 0; i < chars.length; i++) bytes[i] = chars.charCodeAt(i);
  return bytes;
}
