import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { sha256 } from "../../src/sync/sha256.ts";

const nodes = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());

it("is Node's SHA-256 at every length around its blocks", () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
    expect(sha256(bytes)).toEqual(nodes(bytes));
  }
});

it("is Node's SHA-256 of any bytes, also of a part of a larger buffer", () => {
  const same = (bytes: Uint8Array, skip: number) => {
    const part = bytes.subarray(skip);
    expect(sha256(part)).toEqual(nodes(part));
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 4000 }), fc.nat(9), same));
});
