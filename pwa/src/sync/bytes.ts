/** Bytes and the two ways they travel as text: hex (links) and base64url without padding (keys, signatures). */

const encoder = new TextEncoder();
/** Arguments one call may have everywhere. */
const ARGUMENTS_MAX = 8_192;

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The inverse of `toHex`. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** base64url without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let chars = "";
  for (let i = 0; i < bytes.length; i += ARGUMENTS_MAX) chars += String.fromCharCode(...bytes.subarray(i, i + ARGUMENTS_MAX));
  return btoa(chars).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The inverse of `toBase64url`. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
}
