/** A time mark read from the wall without a network: what it narrows, and what it must not replace (PROTOCOL §5, I26). */
import { beforeAll, expect, test, vi } from "vitest";
import { beaconLink, isFresh, readBeacon, zoneMark } from "../../src/display/beacon-link.ts";
import { anchor, judged } from "../../src/sync/anchor.ts";
import { toBase64url, utf8 } from "../../src/sync/bytes.ts";
import type { Beacon } from "../../src/sync/types.gen.ts";
import { opened } from "./support/disk.ts";
import { SITE } from "./support/site.ts";
import { Browser, newWorld, report } from "./support/world.ts";

const NOW = 1_795_300_000_000;
const DAY_MS = 86_400_000;
const ID = "A".repeat(43);
let key: string;
let beacon: Beacon;

beforeAll(async () => {
  const keys = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  key = toBase64url(new Uint8Array(await crypto.subtle.exportKey("raw", keys.publicKey)));
  const signature = await crypto.subtle.sign("Ed25519", keys.privateKey, utf8(`zg-beacon\n${SITE}\n${ID}\n${NOW}\n`));
  beacon = { id: ID, t: NOW, n: "", s: toBase64url(new Uint8Array(signature)) };
});

test("the wall shows what a phone reads", () => {
  const link = beaconLink("https://hall.test", SITE, beacon);
  expect(link).toMatch(/^https:\/\/hall\.test\/time-code\?b=[\w.-]+$/);
  expect(readBeacon(link)).toEqual({ site: SITE, beacon });
  expect(readBeacon(new URL(link).searchParams.get("b")!)).toEqual({ site: SITE, beacon });
  const marked = beaconLink("https://hall.test", SITE, beacon, "zaigang-zone:A:ABCDEFGHIJ");
  expect(new URL(marked).searchParams.get("z")).toBe("zaigang-zone:A:ABCDEFGHIJ");
  expect(readBeacon(marked)).toEqual({ site: SITE, beacon });
  expect([marked, link, "%", ""].map(zoneMark)).toEqual(["zaigang-zone:A:ABCDEFGHIJ", "", "", ""]);
  expect([-4, -2, 0, 2, 4].map((minutes) => isFresh({ site: SITE, beacon }, beacon.t + minutes * 60_000))).toEqual([false, true, true, true, false]);
});

test.each(["", "https://elsewhere.example/", "yunting.short.1795300000000.x", `${SITE}.${ID}.1795300000000`, "?b=", "WIFI:T:WPA;S:hall;;"])("%s is no time mark", (text) => {
  expect(readBeacon(text)).toBeNull();
});

test("a mark is taken when it is newer than what the device knows and the site has signed it", async () => {
  expect(await judged(SITE, beacon, key, SITE, NOW - 1, NOW)).toBe("taken");
  expect(await judged(SITE, beacon, key, SITE, null, NOW)).toBe("taken");
  expect(await judged(SITE, beacon, key, SITE, NOW, NOW)).toBe("old");
  expect(await judged(SITE, beacon, key, "other", NOW - 1, NOW)).toBe("elsewhere");
  expect(await judged(SITE, { ...beacon, t: NOW + 1 }, key, SITE, NOW - 1, NOW)).toBe("forged");
});

test("where it cannot be verified it replaces only a mark that is worth nothing any more", async () => {
  vi.spyOn(crypto.subtle, "importKey").mockRejectedValue(new DOMException("no such algorithm", "NotSupportedError"));
  expect(await judged(SITE, beacon, key, SITE, NOW - 1, NOW)).toBe("unchecked");
  expect(await judged(SITE, beacon, undefined, SITE, NOW - 1, NOW)).toBe("unchecked");
  expect(await judged(SITE, beacon, undefined, SITE, NOW - 2 * DAY_MS, NOW)).toBe("taken");
  expect(await judged(SITE, beacon, undefined, SITE, null, NOW)).toBe("taken");
  vi.restoreAllMocks();
});

test("what is saved afterwards quotes it, and was not before it", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => sync.status.value.contact_at !== null);
  browser.network = "down";
  await sync.save("incident.report", report("之前"));
  const mark = () => ({ ...beacon, t: sync.now() + 1 });
  expect(await anchor(sync, SITE, mark(), undefined, browser.env())).toBe("unchecked");
  world.time.now += 2 * DAY_MS;
  expect(await anchor(sync, SITE, mark(), undefined, browser.env())).toBe("taken");
  await sync.save("incident.report", report("之后"));

  const store = await opened(browser);
  const ops = await store.openOps(await store.tx(["outbox"], { mode: "readonly" }, (tx) => tx.objectStore("outbox").getAll()));
  const quoted = ops.map(({ body }) => (JSON.parse(body) as { clk: { b?: string } }).clk.b);
  expect(quoted.map((id) => id === ID)).toEqual([false, true]);
});
