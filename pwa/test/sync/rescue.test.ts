/** The rescue file: what a push would send, for the site's eyes only (sync/PROTOCOL.md §6). */
import { expect, test } from "vitest";
import { nextLink, pushBytes } from "../../src/sync/chain.ts";
import { LINE_BYTES_MAX, STEP_BYTES } from "../../src/sync/rescue.ts";
import { Offline } from "../../src/sync/problem.ts";
import type { Sync } from "../../src/sync/api.ts";
import type { RescueFile } from "../../src/sync/types.gen.ts";
import { openRescue, openRescued, rescueKey } from "./support/rescue.ts";
import { fromBase64url, SITE, verify } from "./support/site.ts";
import { Browser, newWorld, report } from "./support/world.ts";

/** Records of the largest size, a few more than a line holds. */
const MANY = 135;

/** The first line of a new file. */
async function exported(sync: Sync): Promise<RescueFile> {
  return JSON.parse(await (await sync.exportUnsent()).file.text()) as RescueFile;
}

/** A phone that knows the site's rescue key and has lost its network. */
async function cutOff() {
  const world = newWorld();
  const key = await rescueKey();
  world.site.rescueKey = key.point;
  const browser = new Browser(world);
  const sync = await browser.signIn();
  browser.network = "down";
  return { browser, key, sync, world };
}

test("holds everything unsent and nothing else, as a push of any length, under the device's signature", async () => {
  const world = newWorld();
  const key = await rescueKey();
  world.site.rescueKey = key.point;
  const browser = new Browser(world);
  const sync = await browser.signIn();
  for (const text of ["一", "二"]) await sync.save("incident.report", report(text));
  await world.until(() => sync.status.value.state === "synced" && world.site.log.length === 2);
  browser.network = "down";
  for (const text of ["三", "四", "五"]) await sync.save("incident.report", report(text));

  const { name, file: made } = await sync.exportUnsent();
  const text = await made.text();

  const minute = new Date(world.time.now).toISOString().slice(0, 16).replace(/[-:]/g, "");
  expect(name).toBe(`zaigang-${SITE}-${sync.dev.slice(0, 8)}-${minute}Z.json`);
  expect(text).not.toContain("三");
  const file = JSON.parse(text) as RescueFile;
  expect(file).toMatchObject({ v: 1, site: SITE, dev: sync.dev });
  const inside = await openRescue(key, file);
  expect(inside).toMatchObject({ dev: sync.dev, epoch: "e1", from: 3, prev: world.site.last(sync.dev).hash });
  expect(inside.ops.map((body) => (JSON.parse(body) as { a: { text: string } }).a.text)).toEqual(["三", "四", "五"]);
  const link = inside.ops.reduce((prev, body) => nextLink(prev, body), inside.prev);
  expect(await verify(fromBase64url(inside.key), pushBytes(SITE, sync.dev, 5, link), inside.sig)).toBe(true);
});

test("more than four megabytes of records go on in further lines, each under a signature of its own", async () => {
  const { key, sync } = await cutOff();
  for (let n = 0; n < MANY; n++) await sync.save("incident.report", report(`${n}`.padEnd(31_900, " ")));

  const lines = (await (await sync.exportUnsent()).file.text()).split("\n").map((line) => ({ line, file: JSON.parse(line) as RescueFile }));

  expect(lines.length).toBe(2);
  expect(Math.max(...lines.map(({ line }) => line.length))).toBeLessThan((LINE_BYTES_MAX / 3) * 4 + 1000);
  expect(lines.map(({ file }) => file.more ?? false)).toEqual(lines.map((_, i) => i > 0));
  let [next, link, ops] = [1, "", [] as string[]];
  for (const { file } of lines) {
    const inside = await openRescue(key, file);
    expect(inside).toMatchObject({ from: next, ...(link && { prev: link }) });
    link = inside.ops.reduce((prev, body) => nextLink(prev, body), inside.prev);
    next += inside.ops.length;
    ops = [...ops, ...inside.ops];
    expect(await verify(fromBase64url(inside.key), pushBytes(SITE, sync.dev, next - 1, link), inside.sig)).toBe(true);
  }
  expect(ops.map((body) => parseInt((JSON.parse(body) as { a: { text: string } }).a.text))).toEqual([...Array(MANY).keys()]);
}, 60_000);

test("what stands behind a hole in the chain goes on in a line of its own, for a line says where it begins", async () => {
  const { browser, key, sync } = await cutOff();
  for (const text of ["一", "二", "三", "四"]) await sync.save("incident.report", report(text));
  await browser.store().tx(["outbox"], {}, (tx) => tx.objectStore("outbox").delete(2));

  const lines = (await (await sync.exportUnsent()).file.text()).split("\n").map((line) => JSON.parse(line) as RescueFile);

  const insides = await Promise.all(lines.map((line) => openRescue(key, line)));
  expect(insides.map(({ from, ops }) => [from, ops.length])).toEqual([[1, 1], [3, 2]]);
  for (const inside of insides) {
    const link = inside.ops.reduce((prev, body) => nextLink(prev, body), inside.prev);
    expect(await verify(fromBase64url(inside.key), pushBytes(SITE, sync.dev, inside.from + inside.ops.length - 1, link), inside.sig)).toBe(true);
  }
});

test("neither its name nor its size tells how many records the phone has made, or that a few wait there (I18)", async () => {
  const { key, sync } = await cutOff();
  const seen = new Set<string>();
  for (let n = 0; n < 8; n++) {
    const { name, file } = await sync.exportUnsent();
    const { data } = JSON.parse(await file.text()) as RescueFile;
    seen.add(`${name} ${file.size}`);
    expect(fromBase64url(data).length).toBe(STEP_BYTES + 16);
    expect((await openRescue(key, JSON.parse(await file.text()) as RescueFile)).ops).toHaveLength(n);
    await sync.save("incident.report", report(`${n}`));
  }
  expect(seen.size).toBe(1);
});

test("is different each time and opens for nobody else", async () => {
  const world = newWorld();
  world.site.rescueKey = (await rescueKey()).point;
  const browser = new Browser(world);
  const sync = await browser.signIn();
  browser.network = "down";
  await sync.save("incident.report", report("一"));

  const [first, second] = [await exported(sync), await exported(sync)];

  expect(first.data).not.toBe(second.data);
  expect(first.epk).not.toBe(second.epk);
  await expect(openRescue(await rescueKey(), first)).rejects.toThrow();
});

test("a device that was never told the site's key asks for it, and says so when it cannot", async () => {
  const world = newWorld();
  const key = await rescueKey();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  browser.network = "down";
  await sync.save("incident.report", report("一"));
  await expect(sync.exportUnsent()).rejects.toBeInstanceOf(Offline);

  browser.network = "up";
  world.site.rescueKey = key.point;
  expect((await openRescue(key, await exported(sync))).dev).toBe(sync.dev);
});

test("photos and sounds the site does not have are lines of their own, those whose bytes are gone are counted", async () => {
  const { key, sync } = await cutOff();
  const files = await sync.files();
  const bytes = new TextEncoder().encode("\n一张照片\n");
  const [photo, other] = [
    await files.keep({ bytes, preview: null, mime: "image/jpeg", taken: 5 }),
    await files.keep({ bytes: new TextEncoder().encode("只在表单里"), preview: null, mime: "image/jpeg", taken: 5 }),
  ];
  await sync.save("incident.report", report("带照片"), { blobs: [photo] });
  expect(await files.unsent()).toEqual([photo]);

  const { file, files: n, gone } = await sync.exportUnsent(true);

  const [first, second, ...rest] = (await file.text()).split("\n");
  expect([n, gone, rest]).toEqual([1, 0, []]);
  expect((await openRescue(key, JSON.parse(first!) as RescueFile)).ops).toHaveLength(1);
  const { head, data } = await openRescued(key, JSON.parse(second!) as RescueFile);
  expect(head).toEqual({ dev: sync.dev, sha256: photo.sha256, mime: "image/jpeg" });
  expect(data).toEqual(bytes);
  expect(await file.text()).not.toContain(other.sha256);
  expect((await (await sync.exportUnsent()).file.text()).split("\n")).toHaveLength(1);
});
