/** The vault under the engine (docs/security.md): nothing lies clear on the disk, nothing is lost when it is closed, moved or taken over. */
import { IDBFactory } from "fake-indexeddb";
import { expect, test } from "vitest";
import { accounts, openSync } from "../../src/sync/account.ts";
import type { Sync } from "../../src/sync/api.ts";
import { withKeyring } from "../../src/sync/keyring.ts";
import { comeIn, waiting, wipe, withPin } from "../../src/sync/people.ts";
import { lock, openBySecret, setPin, unlock, type Whose } from "../../src/sync/pin.ts";
import { isEncrypted, type Seal } from "../../src/sync/seal.ts";
import { signIn, signOut } from "../../src/sync/signin.ts";
import { databaseName, getMeta, Store, type Encrypted } from "../../src/sync/store.ts";
import type { Report } from "../../src/sync/types.gen.ts";
import { getVault, Locked, openVault } from "../../src/sync/vault.ts";
import { SITE } from "./support/site.ts";
import { Browser, EFFECTS, incidents, newWorld, report, type World } from "./support/world.ts";

const PIN = "271828";

function lin(browser: Browser): Whose {
  return { env: browser.env(), site: SITE, uid: "lin" };
}

/** Everything in every database of a browser, as text. */
async function disk(browser: Browser): Promise<string> {
  let text = "";
  for (const { name } of await browser.idb.databases()) {
    const request = browser.idb.open(name!);
    const db = await new Promise<IDBDatabase>((done) => (request.onsuccess = () => done(request.result)));
    for (const store of db.objectStoreNames) {
      const all = db.transaction(store).objectStore(store).getAll();
      text += JSON.stringify(await new Promise((done) => (all.onsuccess = () => done(all.result))));
    }
    db.close();
  }
  return text;
}

/** Takes the seal off what a person's database holds, as a release without a vault had left it. */
async function unsealed(browser: Browser): Promise<void> {
  const seal = await openVault(browser.env(), SITE, "lin");
  const store = new Store(browser.env(), databaseName(SITE, "lin"));
  const ops = await store.tx(["outbox"], { mode: "readonly" }, (tx) => tx.objectStore("outbox").getAll());
  const clear = await seal.open(ops.map(({ body }) => body));
  const draft = await store.tx(["drafts"], { mode: "readonly" }, (tx) => tx.objectStore("drafts").get("form"));
  const [text] = await seal.open(draft ? [draft.text] : []);
  await store.tx(["outbox", "drafts"], {}, async (tx) => {
    for (const [i, op] of ops.entries()) await tx.objectStore("outbox").put({ ...op, body: clear[i] as Encrypted });
    if (draft) await tx.objectStore("drafts").put({ ...draft, text: text as Encrypted }, "form");
  });
  store.close();
  await withKeyring(browser.env(), async (db) => db.put("vaults", { ...(await db.get("vaults", [SITE, "lin"]))!, whole: false }));
}

async function bodies(browser: Browser): Promise<string[]> {
  const store = browser.store();
  const all = await store.tx(["outbox"], { mode: "readonly" }, (tx) => tx.objectStore("outbox").getAll());
  store.close();
  return all.map(({ body }) => body);
}

/** Signed in with a PIN, offline, with `n` records that wait. */
async function behindPin(world: World, n: number): Promise<{ browser: Browser; sync: Sync; seal: Seal }> {
  const browser = new Browser(world);
  const sync = await browser.signIn();
  const seal = await setPin(lin(browser), PIN);
  browser.network = "down";
  for (let i = 0; i < n; i++) await sync.save("incident.report", report(`第${i}件`));
  return { browser, sync, seal };
}

test("nothing a person writes or reads lies clear on the disk: records, drafts, rows of others", async () => {
  const world = newWorld();
  world.site.put("incident", "i1", { text: "别人写的" });
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => incidents(sync).length === 1);
  await sync.save("incident.report", report("我写的"));
  await sync.draft.save("form", { text: "没写完的" });
  await world.until(() => sync.status.value.state === "synced");
  await sync.settle(sync.outbox.value[0]!.id, "explained", "为什么");
  expect(sync.outbox.value[0]!.settled).toMatchObject({ way: "explained", reason: "为什么" });

  const kept = await disk(browser);
  for (const text of ["别人写的", "我写的", "没写完的", "为什么"]) expect(kept).not.toContain(text);
  // The control: a disk that holds it shows it.
  await unsealed(browser);
  expect(await disk(browser)).toContain("我写的");
  expect(await sync.draft.load("form")).toMatchObject({ value: { text: "没写完的" } });
});

test("what a release without a vault has kept is sealed at the first start, and none of it is lost", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const before = await browser.signIn();
  browser.network = "down";
  for (let i = 0; i < 60; i++) await before.save("incident.report", report(`第${i}件`));
  await before.draft.save("form", { text: "没写完的" });
  await before.close();
  await unsealed(browser);
  expect((await bodies(browser)).some(isEncrypted)).toBe(false);

  const sync = await browser.openTab();
  expect((await bodies(browser)).every(isEncrypted)).toBe(true);
  expect(await disk(browser)).not.toContain("没写完的");
  expect(await sync.draft.load("form")).toMatchObject({ value: { text: "没写完的" } });
  browser.network = "up";
  await world.until(() => world.site.log.length === 60);
  expect(new Set(world.site.log.map(({ seq }) => seq)).size).toBe(60);
});

test("sealing that was cut short goes on at the next start", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const before = await browser.signIn();
  browser.network = "down";
  for (let i = 0; i < 5; i++) await before.save("incident.report", report(`第${i}件`));
  await before.close();
  const clear = await openVault(browser.env(), SITE, "lin");
  await unsealed(browser);
  const one = (await bodies(browser))[0]!;
  const store = new Store(browser.env(), databaseName(SITE, "lin"), clear);
  const [sealed] = await store.seal([one]);
  await store.tx(["outbox"], {}, async (tx) => {
    await tx.objectStore("outbox").put({ ...(await tx.objectStore("outbox").get(1))!, body: sealed! });
  });
  store.close();

  const sync = await browser.openTab();
  expect((await bodies(browser)).every(isEncrypted)).toBe(true);
  browser.network = "up";
  await world.until(() => sync.status.value.state === "synced" && world.site.log.length === 5);
});

test("a closed vault opens no engine, says how much waits, and sends it once it is opened", async () => {
  const world = newWorld();
  const { browser, sync } = await behindPin(world, 3);
  await sync.close();
  await lock(lin(browser));
  browser.network = "up";

  await expect(browser.openTab()).rejects.toThrow(Locked);
  await world.quiet(browser);
  expect(world.site.log).toHaveLength(0);
  const [account] = await accounts(browser.env());
  expect(await waiting(browser.env(), account!)).toBe(3);

  const seal = await unlock(lin(browser), PIN);
  const again = await openSync(SITE, "lin", EFFECTS, browser.env(), seal);
  world.open.push(again);
  await world.until(() => world.site.log.length === 3);
});

test("a PIN opens without a network", async () => {
  const world = newWorld();
  const { browser, sync } = await behindPin(world, 1);
  await sync.close();
  await lock(lin(browser));

  const seal = await unlock(lin(browser), PIN);
  const again = await openSync(SITE, "lin", EFFECTS, browser.env(), seal);
  world.open.push(again);
  expect(incidents(again)).toEqual(["第0件"]);
});

test("a sign-in opens the vault of the person, and closes those of others on the device", async () => {
  const world = newWorld();
  const { browser, sync } = await behindPin(world, 1);
  await sync.close();
  await lock(lin(browser));
  browser.network = "up";

  const { seal } = await signIn(SITE, { persona: "lin" }, browser.env());
  expect(seal).not.toBeNull();
  world.open.push(await openSync(SITE, "lin", EFFECTS, browser.env(), seal));
  await world.until(() => world.site.log.length === 1);
  world.site.uid = "chen";
  await signIn(SITE, { persona: "chen" }, browser.env());
  await expect(openVault(browser.env(), SITE, "lin")).rejects.toThrow(Locked);
  expect((await withPin(browser.env())).map(({ uid }) => uid)).toEqual(["lin"]);
});

test("a session that was not just opened brings no secret: the vault stays closed", async () => {
  const world = newWorld();
  const { browser, sync } = await behindPin(world, 0);
  await sync.close();
  await lock(lin(browser));
  browser.network = "up";
  world.site.unlock = "";

  const { seal } = await signIn(SITE, { persona: "lin" }, browser.env());
  expect(seal).toBeNull();
});

test("two people take turns on one phone; each sees only what is theirs", async () => {
  const world = newWorld();
  const { browser, sync } = await behindPin(world, 1);
  await sync.close();
  browser.network = "up";
  world.site.uid = "chen";
  const { seal, ...chen } = await signIn(SITE, { persona: "chen" }, browser.env());
  await setPin({ ...lin(browser), uid: "chen" }, "314159");
  const hers = await openSync(SITE, "chen", EFFECTS, browser.env(), seal);
  world.open.push(hers);
  expect(incidents(hers)).toEqual([]);
  await hers.close();

  const all = await withPin(browser.env());
  expect(all.map(({ uid }) => uid).sort()).toEqual(["chen", "lin"]);
  const mine = all.find(({ uid }) => uid === "lin")!;
  const back = await comeIn(browser.env(), mine, PIN);
  await expect(openVault(browser.env(), SITE, chen.uid)).rejects.toThrow(Locked);
  const his = await openSync(SITE, "lin", EFFECTS, browser.env(), back);
  world.open.push(his);
  await world.until(() => incidents(his).includes("第0件"));
});

test("who has signed out comes in by a sign-in only", async () => {
  const world = newWorld();
  const { browser, sync } = await behindPin(world, 0);
  await sync.close();
  const [account] = await accounts(browser.env());
  await signOut(account!, browser.env());
  expect(await withPin(browser.env())).toEqual([]);
  await expect(openVault(browser.env(), SITE, "lin")).rejects.toThrow(Locked);
});

test("a wiped person has left nothing: no account, no key, no database; others stay", async () => {
  const world = newWorld();
  const { browser, sync } = await behindPin(world, 1);
  browser.network = "up";
  world.site.uid = "chen";
  await signIn(SITE, { persona: "chen" }, browser.env());
  await sync.close();

  await wipe(lin(browser));

  expect(await getVault(browser.env(), SITE, "lin")).toBeUndefined();
  expect((await accounts(browser.env())).map(({ uid }) => uid)).toEqual(["chen"]);
  expect((await browser.idb.databases()).map(({ name }) => name)).not.toContain(databaseName(SITE, "lin"));
});

test("a browser that has lost every database, keys and all, gives back what was not sent: the file beside them opens with a sign-in", async () => {
  const world = newWorld();
  const { browser, sync } = await behindPin(world, 3);
  await sync.close();
  browser.idb = new IDBFactory();
  browser.network = "up";

  const again = await browser.signIn();
  await world.until(() => world.site.log.length === 3);
  expect(world.site.log.map(({ a }) => (a as Report).text)).toEqual(["第0件", "第1件", "第2件"]);
  await world.until(() => again.status.value.state === "synced");
});

test("the file beside the databases opens nothing without the site", async () => {
  const world = newWorld();
  const { browser, seal } = await behindPin(world, 1);
  const [kept] = await seal.seal(["我写的"]);
  const disk = browser.files!;
  const files = await Promise.all((await disk.names()).map((name) => disk.read(name)));
  expect(files.join()).not.toContain("第0件");
  browser.idb = new IDBFactory();

  world.site.unlock = "somebody else's";
  const other = await openBySecret(lin(browser), "somebody else's lin");
  await expect(other.open([kept!])).rejects.toThrow();
});

test("a start opens one text instead of every row, shows what has changed since, and nothing after a sign-out", async () => {
  const world = newWorld();
  for (let i = 0; i < 80; i++) world.site.put("incident", `i${i}`, { text: `第${i}件` });
  const browser = new Browser(world);
  const first = await browser.signIn();
  await world.until(() => incidents(first).length === 80);
  const warm = () => browser.store().tx(["meta"], { mode: "readonly" }, (tx) => getMeta(tx, "warm"));
  await world.until(async () => (await warm()) !== undefined);
  expect(isEncrypted((await warm())!)).toBe(true);
  world.site.put("incident", "i7", { text: "改过的" });
  world.site.fanOut();
  await world.until(() => incidents(first).includes("改过的"));
  await first.close();

  const seal = await openVault(browser.env(), SITE, "lin");
  let opened = 0;
  const { open } = seal;
  seal.open = (kept) => ((opened += kept.filter(isEncrypted).length), open.call(seal, kept));
  browser.network = "down";
  const again = await openSync(SITE, "lin", EFFECTS, browser.env(), seal);
  world.open.push(again);
  expect(incidents(again)).toHaveLength(80);
  expect(incidents(again)).toContain("改过的");
  expect(opened).toBeLessThan(10);

  await again.close();
  const [account] = await accounts(browser.env());
  await signOut(account!, browser.env());
  expect(await warm()).toBeUndefined();
});
