/** The shared vectors: what both languages must do alike. A file nobody reads is a law nobody keeps. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { deviceId, firstLink, helloBytes, nextLink, pushBytes, receiptCode } from "../../src/sync/chain.ts";
import { bucketSetHash, rowHash } from "../../src/sync/hash.ts";
import { signed } from "../../src/sync/ed25519.ts";
import { BadNote, continues, readNote } from "../../src/sync/log.ts";
import { leafSums } from "../../src/sync/repair.ts";
import type { Encrypted } from "../../src/sync/store.ts";
import { leafOf, moved, NO_ROWS, type Sum } from "../../src/sync/sums.ts";
import { uploadBytes } from "../../src/sync/upload.ts";
import type { RescueFile } from "../../src/sync/types.gen.ts";
import { openRescue, openRescued } from "./support/rescue.ts";
import { fromBase64url, verify } from "./support/site.ts";

const FOLDER = new URL("../../../sync/vectors/", import.meta.url);

/** The fields of every function's input; a case has those of its own. */
type Text = "secret" | "x" | "y" | "fn" | "site" | "dev" | "prev" | "body" | "key" | "link" | "nonce" | "sha256" | "kind" | "rid" | "message" | "sig";
interface Input extends Record<Text, string> {
  seq: number;
  ver: number;
  buckets: string[];
  hashes: string[];
  file: RescueFile;
  rows: [string, string, string][];
  old: number;
  old_root: string;
  size: number;
  root: string;
  proof: string[];
  note: string;
}

interface Case {
  name: string;
  input: Input;
  expected: unknown;
}

function cases(file: string): Case[] {
  return (JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as { cases: Case[] }).cases;
}

/** What the phone does alone, and what the site of these tests does as the real one. */
const DOES: Record<string, (input: Input) => unknown> = {
  first_link: ({ site, dev }) => firstLink(site, dev),
  next_link: ({ prev, body }) => nextLink(prev, body),
  device_id: ({ key }) => deviceId(fromBase64url(key)),
  receipt_code: ({ body }) => receiptCode(body),
  push_bytes: ({ site, dev, seq, link }) => pushBytes(site, dev, seq, link),
  upload_bytes: ({ site, dev, sha256 }) => uploadBytes(site, dev, sha256),
  hello_bytes: ({ site, dev, nonce }) => helloBytes(site, dev, nonce),
  row_hash: ({ kind, rid, ver, body }) => rowHash(kind, rid, ver, body),
  bucket_set_hash: ({ buckets }) => bucketSetHash(buckets),
  leaf_of: ({ kind, rid }) => leafOf(kind, rid),
  sum_of: ({ hashes }) => hashes.reduce<Sum>((sum, h) => moved(sum, h, 1), NO_ROWS),
  leaf_sums: ({ rows }) => leafSums(rows.map(([k, rid, h]) => ({ k, rid, h, ver: 1, d: "" as Encrypted, buckets: ["hall"] })), "hall"),
  continues: ({ old, old_root, size, root, proof }) => continues(old, old_root, size, root, proof),
  open_checkpoint: ({ note, key }) => openCheckpoint(note, fromBase64url(key)),
  rescue_open: ({ secret, x, y, file }) => openRescue({ d: secret, x, y }, file),
  rescue_line: async ({ secret, x, y, file }) => {
    const { head, data } = await openRescued({ d: secret, x, y }, file);
    return { ...(head as object), text: new TextDecoder().decode(data) };
  },
  verify: ({ key, message, sig }) => verify(fromBase64url(key), message, sig),
};

/** The head in a note, or null when it is not what the key signed. */
async function openCheckpoint(note: string, key: Uint8Array<ArrayBuffer>): Promise<unknown> {
  try {
    const { head, text, signature } = readNote(note, key);
    return (await signed(key, signature, text)) ? head : null;
  } catch (error) {
    if (error instanceof BadNote) return null;
    throw error;
  }
}

/** Judged by the server alone; the phone only says what its clocks said. */
const SERVER_ONLY = new Set(["clock.json", "beacon_bytes"]);

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));

describe.each(files.filter((file) => !SERVER_ONLY.has(file)))("%s", (file) => {
  const mine = cases(file).filter(({ input }) => !SERVER_ONLY.has(input.fn));

  test.each(mine.map((one) => [one.name, one] as const))("%s", async (_, { input, expected }) => {
    const does = DOES[input.fn];
    expect(does, `nobody here does ${input.fn}`).toBeDefined();
    expect(await does!(input)).toEqual(expected);
  });
});

test("every vector file is known here", () => {
  expect(files.sort()).toEqual(["chain.json", "clock.json", "log.json", "rescue.json", "rows.json", "signatures.json", "sums.json"]);
});
