/** What the site signs: beacons and checkpoints (Ed25519). */
import { utf8 } from "./bytes.ts";

/** Whether the raw key has signed the text; null in a browser that has no Ed25519. */
export async function signed(key: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>, text: string): Promise<boolean | null> {
  try {
    const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, signature, utf8(text));
  } catch {
    return null;
  }
}
