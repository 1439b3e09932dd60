/** Records in two places: whatever one of them loses the other gives back, and what both have lost is named (I1, I34). */
import { describe, expect, test } from "vitest";
import type { Sync } from "../../src/sync/api.ts";
import { parseJournal } from "../../src/sync/journal.ts";
import { signIn } from "../../src/sync/signin.ts";
import { databaseName, getMeta, journalName, putMeta } from "../../src/sync/store.ts";
import type { OpBody } from "../../src/sync/types.gen.ts";
import { opened } from "./support/disk.ts";
import { SITE } from "./support/site.ts";
import { Browser, newWorld, report, type World } from "./support/world.ts";

const FILE = journalName(databaseName(SITE, "lin"));

/** A phone that has saved `count` records, of which the first `sent` have arrived, and was ended. */
async function phone(count: number, sent = 0): Promise<{ world: World; browser: Browser; dev: string }> {
  const world = newWorld();
  world.site.unlock = "secret";
  const browser = new Browser(world);
  const sync = await browser.signIn();
  for (let i = 1; i <= count; i++) {
    if (i === sent + 1) {
      await world.until(() => world.site.log.length === sent);
      await world.until(() => sync.status.value.state === "synced");
      browser.network = "down";
      for (const session of world.site.sessions) session.close();
    }
    await sync.save("incident.report", report(`第 ${i} 条`));
  }
  const { dev } = sync;
  await sync.close();
  return { world, browser, dev };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const words = (from: number, to: number) => numbers(from, to).map((i) => `第 ${i} 条`);
const texts = (sync: Sync) => sync.outbox.value.map(({ a }) => (a as { text: string }).text);
const arrived = (world: World) => world.site.log.map(({ a }) => (a as { text: string }).text);

const file = (browser: Browser) => browser.files!.files.get(FILE) ?? "";

/** What Chromium does with a damaged database: it is empty, and nobody says so. */
function emptied(browser: Browser): void {
  for (const name of ["zg", databaseName(SITE, "lin"), `zg-blobs:${SITE}:lin`]) browser.idb.deleteDatabase(name);
}

/** The database as it was when it held `count` records. */
async function cutDatabase(browser: Browser, count: number): Promise<void> {
  const store = await opened(browser);
  await store.tx(["meta", "outbox"], {}, async (tx) => {
    const outbox = tx.objectStore("outbox");
    const last = (await outbox.get(count))!;
    await outbox.delete(IDBKeyRange.lowerBound(count, true));
    await putMeta(tx, "head", { seq: count, hash: last.link });
  });
  store.close();
}

async function bodies(browser: Browser): Promise<OpBody[]> {
  const store = await opened(browser);
  const ops = await store.tx(["outbox"], { mode: "readonly" }, (tx) => tx.objectStore("outbox").getAll());
  return (await store.openOps(ops)).map(({ body }) => JSON.parse(body) as OpBody);
}

test("a record is in both places before anybody says that it is saved", async () => {
  const { browser, dev } = await phone(3);

  expect(parseJournal(file(browser)).entries.map((entry) => [entry.dev, entry.seq])).toEqual(numbers(1, 3).map((seq) => [dev, seq]));
  expect(file(browser)).not.toContain("第");
});

test("a start whose places agree reads the end of the journal and nothing else", async () => {
  const { browser } = await phone(3);
  const reads: string[] = [];
  browser.files!.read = async (name) => {
    reads.push(name);
    return null;
  };

  const sync = await browser.openTab();
  await browser.world.until(() => sync.twin.value === true);

  expect(reads).toEqual([]);
});

describe("the database", () => {
  test("cut back is given what the journal has: same numbers, same bytes, same chain", async () => {
    const { world, browser, dev } = await phone(12, 4);
    const before = await bodies(browser);
    await cutDatabase(browser, 6);

    const sync = await browser.openTab();
    await world.until(() => sync.outbox.value.length === 12);

    expect(await bodies(browser)).toEqual(before);
    browser.network = "up";
    sync.retry();
    await world.until(() => sync.status.value.state === "synced");
    expect(arrived(world)).toEqual(words(1, 12));
    expect(sync.dev).toBe(dev);
    expect(sync.lost.value).toBeNull();
  });

  test("emptied, with the key in it: the next sign-in brings everything back under a new chain, each record once", async () => {
    const { world, browser, dev } = await phone(9, 4);
    emptied(browser);
    browser.network = "up";

    const sync = await browser.signIn();
    await world.until(() => sync.outbox.value.length === 9);
    await world.until(() => sync.status.value.state === "synced");

    expect(texts(sync)).toEqual(words(1, 9));
    expect(arrived(world)).toEqual(words(1, 9));
    expect(sync.dev).not.toBe(dev);
    expect(sync.lost.value).toBeNull();
    await world.until(() => world.site.devices.get(dev)!.closed);
    expect((await bodies(browser)).every(({ orig }) => orig?.dev === dev)).toBe(true);
    expect(parseJournal(file(browser)).entries.map((entry) => entry.dev)).toEqual(numbers(1, 9).map(() => sync.dev));

    // What the sign-in told was looked into once: no later start finds anything missing.
    await sync.close();
    const again = await browser.openTab();
    await world.settled(browser);
    await world.time.pass(700_000);
    expect(again.lost.value).toBeNull();
    expect(again.dev).toBe(sync.dev);
    expect(texts(again)).toEqual(words(1, 9));
  });

  test("emptied and used again before anybody looked keeps the old and the new records", async () => {
    const { world, browser } = await phone(3);
    emptied(browser);
    browser.network = "up";
    const read = browser.files!.read.bind(browser.files);
    browser.files!.read = async (name) => {
      if (name === FILE) await new Promise((resolve) => world.time.after(50, () => resolve(null)));
      return read(name);
    };

    const sync = await browser.signIn();
    await sync.save("incident.report", report("新的"));

    await world.until(() => sync.outbox.value.length === 4);
    await world.until(() => sync.status.value.state === "synced");
    expect(arrived(world).sort()).toEqual([...words(1, 3), "新的"].sort());
  });
});

describe("the journal", () => {
  test.each([
    ["gone", () => ""],
    ["cut in half", (text: string) => text.slice(0, text.length / 2)],
    ["something else", () => "\u0000\u0000\u0000"],
  ])("%s is written anew from the database", async (_, spoil) => {
    const { browser } = await phone(6);
    browser.files!.files.set(FILE, spoil(file(browser)));

    const sync = await browser.openTab();
    await sync.save("incident.report", report("第 7 条"));
    await sync.close();
    const again = await browser.openTab();

    await browser.world.until(() => parseJournal(file(browser)).entries.length === 7);
    expect(texts(again)).toEqual(words(1, 7));
  });

  test("cut in the middle of a line takes no record with it that is saved afterwards", async () => {
    const { browser } = await phone(2);
    browser.files!.files.set(FILE, file(browser).slice(0, -40));
    const sync = await browser.openTab();
    browser.files!.replace = async () => Promise.reject(new Error("not now"));

    await sync.save("incident.report", report("第 3 条"));

    expect(parseJournal(file(browser)).entries.map(({ seq }) => seq)).toEqual([1, 3]);
  });

  test("changed in the middle is found by the daily look", async () => {
    const { world, browser } = await phone(6);
    browser.files!.files.set(FILE, `${file(browser).slice(0, 900)}XXXX${file(browser).slice(904)}`);
    browser.network = "up";
    const sync = await browser.openTab();
    await world.until(() => sync.status.value.state === "synced");
    expect(parseJournal(file(browser)).damaged).toBe(1);

    await world.time.pass(700_000);

    await world.until(() => parseJournal(file(browser)).damaged === 0);
    expect(parseJournal(file(browser)).entries).toHaveLength(6);
  });

  test("that takes nothing is said, and the record is saved all the same", async () => {
    const { world, browser } = await phone(1);
    const sync = await browser.openTab();
    await world.until(() => sync.twin.value === true);

    browser.files!.full = true;
    await sync.save("incident.report", report("第 2 条"));
    expect(sync.twin.value).toBe(false);

    browser.files!.full = false;
    await sync.close();
    await browser.openTab();
    await world.until(() => parseJournal(file(browser)).entries.length === 2);
  });

  test("whose turn a frozen tab holds keeps nobody waiting for long", async () => {
    const { world, browser } = await phone(1);
    const sync = await browser.openTab();
    browser.files!.stuck = true;

    let saved = "";
    void sync.save("incident.report", report("第 2 条")).then(({ code }) => (saved = code));
    await world.until(() => saved !== "");

    expect(sync.twin.value).toBe(false);
  });

  test("a browser without one keeps records in the database alone, and says so", async () => {
    const world = newWorld();
    const browser = new Browser(world);
    browser.files = null;
    const sync = await browser.signIn();

    await sync.save("incident.report", report("只有一处"));

    expect(sync.twin.value).toBe(false);
    await world.until(() => sync.status.value.state === "synced");
  });
});

describe("both places", () => {
  test("cut back to different ends give what either has, and name what neither has; its numbers are not used again", async () => {
    const { world, browser, dev } = await phone(12, 4);
    await cutDatabase(browser, 6);
    const lines = file(browser).split("\n").filter(Boolean);
    browser.files!.files.set(FILE, `${lines.slice(0, 9).join("\n")}\n`);

    const sync = await browser.openTab();
    await world.until(() => sync.lost.value !== null);

    expect(sync.lost.value).toEqual({ dev, numbers: [10, 11, 12], checked: false });
    expect(texts(sync)).toEqual(words(1, 9));
    browser.network = "up";
    sync.retry();
    await sync.save("incident.report", report("之后"));
    await world.until(() => sync.status.value.state === "synced" && sync.lost.value?.checked === true);
    expect(sync.dev).not.toBe(dev);
    expect(sync.lost.value).toEqual({ dev, numbers: [10, 11, 12], checked: true });
    expect(arrived(world)).toEqual([...words(1, 9), "之后"]);
    await world.until(() => world.site.devices.get(sync.dev)!.troubles.length === 1);
    expect(world.site.devices.get(sync.dev)!.troubles).toEqual(["lost 10-12"]);
  });

  test("with a hole in the middle keep what stands behind it", async () => {
    const { world, browser, dev } = await phone(10, 2);
    await cutDatabase(browser, 3);
    const lines = file(browser).split("\n").filter(Boolean);
    lines[5] = lines[5]!.replace(/"body":"z1...../, '"body":"z1.####');
    browser.files!.files.set(FILE, lines.join("\n"));

    const sync = await browser.openTab();
    await world.until(() => sync.lost.value !== null);

    expect(sync.lost.value?.numbers).toEqual([6]);
    browser.network = "up";
    sync.retry();
    await world.until(() => sync.status.value.state === "synced" && world.site.log.length === 9);
    expect(arrived(world)).toEqual([...words(1, 5), ...words(7, 10)]);
    expect(sync.dev).not.toBe(dev);
  });

  test("gone: what the site has is not called lost, the rest is, and the office hears of it", async () => {
    const { world, browser, dev } = await phone(8, 5);
    world.site.devices.get(dev)!.told = 8;
    emptied(browser);
    browser.files!.files.clear();
    browser.notes.clear();
    browser.network = "up";

    const sync = await browser.signIn();
    await world.until(() => sync.lost.value !== null);

    expect(sync.lost.value).toEqual({ dev, numbers: [6, 7, 8], checked: true });
    await world.until(() => world.site.devices.get(sync.dev)?.troubles.length === 1);
    expect(world.site.devices.get(sync.dev)!.troubles).toEqual(["lost 6-8"]);
  });

  test("gone from a phone that had sent everything: nothing is called lost", async () => {
    const { world, browser } = await phone(5, 5);
    emptied(browser);
    browser.files!.files.clear();
    browser.notes.clear();

    const sync = await browser.signIn();
    await world.until(() => sync.twin.value === true && sync.status.value.state === "synced");

    expect(sync.lost.value).toBeNull();
  });
});

test("what was put back under another key goes out though nobody is signed in any more; the old chain is closed at the next sign-in", async () => {
  const { world, browser, dev } = await phone(2);
  emptied(browser);
  const { site } = world;
  const answers = site.fetch.bind(site);
  const no = (type: string, status: number) => new Response(JSON.stringify({ type, status, retry: status === 503 }), { status, headers: { "Content-Type": "application/json" } });
  let expired = false;
  let asked = false;
  // The session ends right after the sign-in, and until that was heard the site is busy.
  site.fetch = async (path, init) => {
    if (path.endsWith("/push") && !asked) return no("busy", 503);
    if (!expired || !path.endsWith("/session") || init.method !== "GET") return answers(path, init);
    asked = true;
    return no("login_required", 401);
  };
  browser.network = "up";
  const env = browser.env();
  const account = await signIn(SITE, { persona: "lin" }, env);
  expired = true;

  const sync = await browser.openTab(env, account);

  await world.until(() => world.site.log.length === 2);
  expect(arrived(world)).toEqual(words(1, 2));
  await world.until(() => sync.status.value.login);
  expect(site.devices.get(dev)!.closed).toBe(false);
  expired = false;
  sync.retry();
  await world.until(() => site.devices.get(dev)!.closed && sync.status.value.state === "synced");
  expect(arrived(world)).toEqual(words(1, 2));
});

test("what was left of a chain by a re-enrolment is not taken for records of another one", async () => {
  const { world, browser } = await phone(4);
  browser.network = "up";
  world.site.nextStop = { code: "fork" };
  const before = file(browser);
  const sync = await browser.openTab();
  await world.until(() => world.site.log.length === 4);
  await world.until(() => parseJournal(file(browser)).entries.every((entry) => entry.dev === sync.dev));
  await sync.close();
  // Cut between the new chain and the new file.
  browser.files!.files.set(FILE, before);

  const again = await browser.openTab();
  await world.until(() => parseJournal(file(browser)).entries.every((entry) => entry.dev === again.dev));

  expect(texts(again)).toEqual(words(1, 4));
  expect(again.lost.value).toBeNull();
  const head = await (await opened(browser)).tx(["meta"], { mode: "readonly" }, (tx) => getMeta(tx, "head"));
  expect(head?.seq).toBe(4);
});
