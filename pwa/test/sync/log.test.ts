/** The evidence log as a device keeps it: what grows is followed, what contradicts is found and kept. The hashing is held by vectors. */
import { readFileSync } from "node:fs";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { keptLog, type KeptLog, type LocalStore } from "../../src/sync/kept-log.ts";
import { acceptRestart, BadNote, compared, compareLog, compareSometimes, readNote } from "../../src/sync/log.ts";
import { sha256 } from "../../src/sync/sha256.ts";
import { signIn } from "../../src/sync/signin.ts";
import type { LogView } from "../../src/sync/types.gen.ts";
import { utf8 } from "../../src/sync/bytes.ts";
import { SITE } from "./support/site.ts";
import { Browser, newWorld, type TabEnv } from "./support/world.ts";

const ORIGIN = `zaigang/${SITE}/0123456789abcdef`;
const ANEW = `zaigang/${SITE}/ffffffffffffffff`;
const NOW = 1_795_300_000_000;
const HOUR_MS = 3_600_000;

interface Grown {
  old: number;
  old_root: string;
  size: number;
  root: string;
  proof: string[];
}

/** How a tree of six leaves grew to eight, from the vectors; and how another one did. */
const [growth, forgery] = ["a tree of 8 continues one of 6", "6 to 8: rewritten"].map((name) => {
  const { cases } = JSON.parse(readFileSync(new URL("../../../sync/vectors/log.json", import.meta.url), "utf8")) as { cases: { name: string; input: Grown }[] };
  return cases.find((one) => one.name === name)!.input;
}) as [Grown, Grown];

let keys: CryptoKeyPair;
let raw: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  keys = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  raw = new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey));
});

afterEach(() => void vi.restoreAllMocks());

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const url = (text: string): string => text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function view(size: number, root: string, proof: string[] = [], origin = ORIGIN, signer = keys): Promise<LogView> {
  const text = `${origin}\n${size}\n${root}\n`;
  const id = sha256(Uint8Array.from([...utf8(`${origin}\n`), 1, ...raw])).subarray(0, 4);
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", signer.privateKey, utf8(text)));
  return { checkpoint: `${text}\n\u2014 ${origin} ${base64(Uint8Array.from([...id, ...signature]))}\n`, vkey: `${origin}+00000000+${base64(Uint8Array.from([1, ...raw]))}`, proof, cosigned: "" };
}

async function first(): Promise<KeptLog> {
  return compared(null, await view(growth.old, growth.old_root), undefined, NOW);
}

test("the first head is kept, and what continues it takes its place", async () => {
  const kept = await first();
  expect(kept).toMatchObject({ size: 6, root: growth.old_root, signed: true, found: "grown", at: NOW });

  const grown = await compared(kept, await view(growth.size, growth.root, growth.proof), undefined, NOW + 1);
  expect(grown).toMatchObject({ size: 8, root: growth.root, found: "grown", at: NOW + 1 });
  expect(await compared(grown, await view(growth.size, growth.root), undefined, NOW + 2)).toMatchObject({ size: 8, found: "grown", at: NOW + 2 });
});

test("a rewritten log is found, and both heads are kept", async () => {
  const kept = await first();
  const forged = await view(forgery.size, forgery.root, forgery.proof);

  expect(await compared(kept, forged, undefined, NOW)).toEqual({ ...kept, found: "diverged", other: forged.checkpoint });
  expect(await compared(kept, await view(growth.old, forgery.root), undefined, NOW)).toMatchObject({ size: 6, found: "diverged" });
  expect(await compared(kept, await view(growth.size, growth.root), undefined, NOW)).toMatchObject({ size: 6, found: "diverged" });
});

test("a log cut off, and one that begins anew, are told apart from one that was rewritten", async () => {
  const kept = await first();
  expect(await compared(kept, await view(5, growth.root), undefined, NOW)).toMatchObject({ size: 6, found: "shorter" });
  const anew = await view(2, growth.root, [], ANEW);
  expect(await compared(kept, anew, undefined, NOW)).toEqual({ ...kept, found: "restarted", other: anew.checkpoint });
});

test("a log under a new epoch is not taken for the known one, however often it is shown, until a person accepts it", async () => {
  const begun = await view(growth.old, growth.old_root, [], ANEW);
  const grown = await view(growth.size, growth.root, growth.proof, ANEW);
  const { env, local, asked } = await device([await view(5, growth.root), begun, grown, grown]);
  const { checkpoint } = await view(5, growth.root);
  for (let n = 0; n < 3; n++) await compareLog(env, SITE, local);
  env.skew_ms += 7 * HOUR_MS;
  await compareSometimes(env, SITE, local);
  const both = keptLog(SITE, local);
  expect(both).toMatchObject({ size: 5, origin: ORIGIN, found: "restarted", other: begun.checkpoint });
  expect(readNote(both!.note, raw).head).toEqual(readNote(checkpoint, raw).head);

  expect(acceptRestart(SITE, local)).toMatchObject({ size: growth.old, origin: ANEW, found: "grown" });
  expect(keptLog(SITE, local)).not.toHaveProperty("other");
  expect(await compareLog(env, SITE, local)).toMatchObject({ size: growth.size, origin: ANEW, found: "grown" });
  expect(asked.map((one) => one.split("=")[1])).toEqual(["0", "5", "5", "6"]);
});

test("between a new epoch and its acceptance the new log cannot be rewritten either", async () => {
  const { env, local } = await device([await view(5, growth.root), await view(growth.old, growth.old_root, [], ANEW), await view(forgery.size, forgery.root, forgery.proof, ANEW)]);
  await compareLog(env, SITE, local);
  await compareLog(env, SITE, local);
  acceptRestart(SITE, local);
  expect(await compareLog(env, SITE, local)).toMatchObject({ size: growth.old, origin: ANEW, found: "diverged" });
});

test("a known log that goes on after all is followed, and nothing is accepted that did not begin anew", async () => {
  const { env, local } = await device([await view(growth.old, growth.old_root), await view(2, growth.root, [], ANEW), await view(growth.size, growth.root, growth.proof)]);
  await compareLog(env, SITE, local);
  await compareLog(env, SITE, local);
  expect(await compareLog(env, SITE, local)).toMatchObject({ size: growth.size, origin: ORIGIN, found: "grown" });
  expect(acceptRestart(SITE, local)).toEqual(keptLog(SITE, local));
});

test("what the site's key has not signed is not looked at, whatever key comes with it", async () => {
  const stranger = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const other = url(base64(new Uint8Array(await crypto.subtle.exportKey("raw", stranger.publicKey))));
  await expect(compared(null, await view(6, growth.root, [], ORIGIN, stranger), undefined, NOW)).rejects.toThrow(BadNote);
  await expect(compared(null, await view(6, growth.root), other, NOW)).rejects.toThrow(BadNote);
  expect(await compared(null, await view(6, growth.root), url(base64(raw)), NOW)).toMatchObject({ size: 6, signed: true });
});

test("a browser without Ed25519 compares all the same and does not claim to have verified", async () => {
  vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(new DOMException("no such algorithm", "NotSupportedError"));
  const kept = await first();
  expect(kept.signed).toBe(false);
  expect(await compared(kept, await view(forgery.size, forgery.root, forgery.proof), undefined, NOW)).toMatchObject({ found: "diverged", signed: false });
});

/** A local store, and a device of the site whose log answers with `views` in turn. */
async function device(views: LogView[]): Promise<{ env: TabEnv; local: LocalStore; asked: string[] }> {
  const browser = new Browser(newWorld());
  await signIn(SITE, { persona: "lin" }, browser.env());
  const env = browser.env();
  const asked: string[] = [];
  env.fetch = (address) => {
    asked.push(address.slice(env.origin.length));
    const next = views.shift();
    return Promise.resolve(new Response(JSON.stringify(next ?? {}), { headers: { "Content-Type": "application/json" } }));
  };
  const kept = new Map<string, string>();
  return { env, asked, local: { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, value) } };
}

test("a device asks from where it stands, a few times a day, and keeps what it saw", async () => {
  const { env, local, asked } = await device([await view(growth.old, growth.old_root), await view(growth.size, growth.root, growth.proof)]);
  await compareSometimes(env, SITE, local);
  await compareSometimes(env, SITE, local);
  env.skew_ms += 7 * HOUR_MS;
  await compareSometimes(env, SITE, local);

  expect(asked).toEqual([`/s/${SITE}/log/checkpoint?from=0`, `/s/${SITE}/log/checkpoint?from=6`]);
  expect(keptLog(SITE, local)).toMatchObject({ size: 8, found: "grown" });
});

test("a contradiction is not compared away", async () => {
  const { env, local, asked } = await device([await view(growth.old, growth.old_root), await view(forgery.size, forgery.root, forgery.proof), await view(growth.size, growth.root, growth.proof)]);
  await compareLog(env, SITE, local);
  await compareLog(env, SITE, local);
  env.skew_ms += 7 * HOUR_MS;
  await compareSometimes(env, SITE, local);

  expect(asked.length).toBe(2);
  expect(keptLog(SITE, local)).toMatchObject({ size: 6, found: "diverged" });
});

test("an answer that is no log changes nothing", async () => {
  const { env, local } = await device([{ checkpoint: "<html>", vkey: "", proof: [], cosigned: "" }]);
  await expect(compareLog(env, SITE, local)).rejects.toThrow();
  await expect(compareLog(env, SITE, local)).rejects.toThrow();
  expect(keptLog(SITE, local)).toBeNull();
  local.setItem(`zg.log.${SITE}`, "{");
  expect(keptLog(SITE, local)).toBeNull();
});
