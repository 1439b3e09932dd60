/** A phone the hall has disabled: what others wrote goes at once, own records and their photos only when the site has them (I1). */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Job } from "../../src/sync/carry.ts";
import { deviceId } from "../../src/sync/chain.ts";
import { makeKey } from "../../src/sync/keys.ts";
import { Offline, Problem } from "../../src/sync/problem.ts";
import type { File } from "../../src/sync/blobs.ts";
import type * as Uploads from "../../src/sync/upload.ts";
import { headersOf, uploadBytes } from "../../src/sync/upload.ts";
import { disk } from "./support/disk.ts";
import { verify } from "./support/site.ts";
import { Browser, newWorld, report } from "./support/world.ts";

const { send } = vi.hoisted(() => ({ send: vi.fn<(...given: unknown[]) => Promise<void>>() }));
vi.mock("../../src/sync/upload.ts", async (original) => ({ ...(await original<typeof Uploads>()), send }));

const bytes = (text: string) => new TextEncoder().encode(text);
/** What was sent, by the signature alone. */
let sent: string[] = [];
let answer: (job: Job) => Promise<void> = async () => undefined;

beforeEach(() => {
  sent = [];
  answer = async () => undefined;
  send.mockImplementation(async (...given) => {
    const job = given[3] as Job;
    if (!job.ended) throw new Problem("device_revoked", 403, false);
    await answer(job);
    sent.push(new TextDecoder().decode(job.bytes));
  });
});
afterEach(() => void send.mockReset());

/** A phone that was disabled while a record with a photo waited on it; another photo and a text stand in forms. */
async function disabled() {
  const world = newWorld();
  for (let i = 0; i < 3; i++) world.site.put("incident", `i${i}`, { text: `${i}` });
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => sync.rows("incident").value.size === 3);
  browser.network = "down";
  const files = await sync.files();
  const photo = await files.keep({ bytes: bytes("photo"), preview: null, mime: "image/jpeg", taken: 5 });
  await files.keep({ bytes: bytes("form"), preview: null, mime: "image/jpeg", taken: 6 });
  await sync.draft.save("form", "words");
  await sync.save("incident.report", report("一"), { blobs: [photo] });
  world.site.devices.get(sync.dev)!.revoked = true;
  for (const session of world.site.sessions) session.close();
  return { world, browser, sync };
}

test("a disabled phone forgets others' rows at once, and its record's photo only when that is up", async () => {
  const { world, browser, sync } = await disabled();
  answer = () => Promise.reject(new Offline("cut"));

  browser.network = "up";
  await world.until(() => world.site.quarantine.length === 1);
  await world.until(() => send.mock.calls.some(([, , , job]) => (job as Job).ended));

  expect(sync.status.value.wipe).toBe(false);
  expect((await disk(browser)).rows).toEqual([]);
  expect(await sync.draft.load("form")).toBeUndefined();
  expect([...sync.rows("incident").value.values()].filter(({ pending }) => !pending)).toEqual([]);

  answer = async () => undefined;
  await world.until(() => sync.status.value.wipe);
  expect(sent).toEqual(["photo"]);
});

test("a disabled phone forgets a photo of which the site says that it wants it no more", async () => {
  const { world, browser, sync } = await disabled();
  answer = () => Promise.reject(new Problem("device_revoked", 403, false));

  browser.network = "up";

  await world.until(() => sync.status.value.wipe);
  expect(sent).toEqual([]);
});

test("a disabled phone that was closed before its photo was up goes on when it is opened, without a session", async () => {
  const { world, browser, sync } = await disabled();
  answer = () => Promise.reject(new Offline("cut"));
  browser.network = "up";
  await world.until(() => world.site.quarantine.length === 1);
  await world.until(() => send.mock.calls.length > 0);
  await sync.close();
  answer = async () => undefined;

  const again = await browser.openTab();

  await world.until(() => again.status.value.wipe);
  expect(sent).toEqual(["photo"]);
});

test("a phone reported stolen sends no photo, and forgets everything at once", async () => {
  const { world, browser, sync } = await disabled();
  world.site.devices.get(sync.dev)!.stolen = true;

  browser.network = "up";

  await world.until(() => sync.status.value.wipe);
  expect(send).not.toHaveBeenCalled();
});

test("what is sent about a photo of a disabled phone carries its signature over the photo's hash, and one in use signs nothing", async () => {
  const key = await makeKey();
  const who = { site: "hall", dev: deviceId(key.point), key };
  const file = { sha256: "ab".repeat(32) } as File;

  const signed = await headersOf(who, { file, ended: true });

  expect(await verify(key.point, uploadBytes(who.site, who.dev, file.sha256), signed["Zaigang-Signature"]!)).toBe(true);
  expect(await headersOf(who, { file, ended: false })).toEqual({ "Zaigang-Device": who.dev });
});
