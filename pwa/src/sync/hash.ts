/** BLAKE2b-64 of a row and of a set of buckets: the twin of `sync/rows.py`. Loaded with what is rare; nothing at a start hashes rows. */
import { blake2b } from "@noble/hashes/blake2.js";
import { toHex, utf8 } from "./bytes.ts";

/** First 64 bits of BLAKE2b over the row, 16 hex digits. */
export function rowHash(kind: string, rid: string, ver: number, body: string): string {
  return toHex(blake2b(utf8(`${kind}\n${rid}\n${ver}\n${body}`), { dkLen: 8 }));
}

/** Eight bytes (hex) that name a set of buckets. */
export function bucketSetHash(buckets: Iterable<string>): string {
  return toHex(blake2b(utf8([...buckets].sort().join("\n")), { dkLen: 8 }));
}
