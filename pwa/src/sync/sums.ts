/** Sums over rows (PROTOCOL.md §2): per bucket the number of rows and the sum of their hashes mod 2^64, kept by adding and subtracting. */
import { utf8 } from "./bytes.ts";
import { sha256 } from "./sha256.ts";

/** Live rows, and the sum of their hashes as 16 hex digits. */
export type Sum = [n: number, sum: string];
export type Sums = Record<string, Sum>;

export const NO_ROWS: Sum = [0, "0".repeat(16)];

/** A device's own results are settled by chain, not by sum. */
function isSummed(bucket: string): boolean {
  return !bucket.startsWith("dev:");
}

/** `sum` with one row more (`sign` 1) or less (-1). */
export function moved([n, sum]: Sum, h: string, sign: 1 | -1): Sum {
  const next = BigInt.asUintN(64, BigInt(`0x${sum}`) + BigInt(sign) * BigInt(`0x${h}`));
  return [n + sign, next.toString(16).padStart(16, "0")];
}

export function same(a: Sum, b: Sum): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** Moves the sums of every bucket `row` is in. Buckets without rows are left out. */
export function count(sums: Sums, row: { h: string; buckets: readonly string[] }, sign: 1 | -1): void {
  for (const bucket of row.buckets.filter(isSummed)) {
    const next = moved(sums[bucket] ?? NO_ROWS, row.h, sign);
    if (next[0]) sums[bucket] = next;
    else delete sums[bucket];
  }
}

/** The leaf (0–255) a row belongs to in a repair. */
export function leafOf(kind: string, rid: string): number {
  return sha256(utf8(`${kind}\n${rid}`))[0]!;
}
