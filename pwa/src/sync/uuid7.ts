/** UUIDv7: 48 bits of time, 74 of chance. The time part comes from server-corrected time and is never used for ordering. */
import { toHex } from "./bytes.ts";

/** A new id. `now_ms` since 1970; `random` ten bytes of chance. */
export function uuid7(now_ms: number, random: Uint8Array = crypto.getRandomValues(new Uint8Array(10))): string {
  const time = Math.max(0, Math.floor(now_ms)).toString(16).padStart(12, "0").slice(-12);
  const chance = Uint8Array.from(random);
  chance[0] = (chance[0]! & 0x0f) | 0x70;
  chance[2] = (chance[2]! & 0x3f) | 0x80;
  const hex = time + toHex(chance);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
