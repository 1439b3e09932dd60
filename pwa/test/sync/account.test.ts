/** Signing in, out and in again: one device per person and browser, nothing unsent lost, no number used twice (law I34). */
import { expect, test } from "vitest";
import { accounts, currentAccount, unsentCount } from "../../src/sync/account.ts";
import { Offline, Problem } from "../../src/sync/problem.ts";
import { loadConfig, signIn, signOut } from "../../src/sync/signin.ts";
import { problem, SITE } from "./support/site.ts";
import { Browser, incidents, newWorld, report } from "./support/world.ts";

test("signing in again is the same device", async () => {
  const browser = new Browser(newWorld());
  const first = await signIn(SITE, { persona: "lin" }, browser.env());
  const second = await signIn(SITE, { persona: "lin" }, browser.env());

  expect(second.dev).toBe(first.dev);
  expect(await currentAccount(browser.env())).toMatchObject({ uid: "lin", site: SITE, dev: first.dev });
});

test("the key cannot be taken out of the browser", async () => {
  const browser = new Browser(newWorld());
  const { key } = await signIn(SITE, { persona: "lin" }, browser.env());

  expect(key.pair.privateKey.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("pkcs8", key.pair.privateKey)).rejects.toThrow();
});

test("signing out keeps what is unsent and forgets the rows; the next sign-in sends it", async () => {
  const world = newWorld();
  world.site.put("incident", "i1", { text: "别人的" });
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => incidents(sync).length === 1);
  browser.network = "down";
  await sync.save("incident.report", report("没发的"));
  await sync.close();

  const [account] = await accounts(browser.env());
  await signOut(account!, browser.env());

  expect(await currentAccount(browser.env())).toBeUndefined();
  expect(await unsentCount(SITE, "lin", browser.env())).toBe(1);
  const left = await browser.store().tx(["rows"], { mode: "readonly" }, (tx) => tx.objectStore("rows").count());
  expect(left).toBe(0);
  browser.network = "up";
  const again = await browser.signIn();
  await world.until(() => again.status.value.state === "synced");
  expect(world.site.log).toHaveLength(1);
  await world.until(() => incidents(again).length === 2);
});

test("signing out leaves no rows behind though another tab goes on asking for them", async () => {
  const world = newWorld();
  world.site.put("incident", "i1", { text: "别人的" });
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => incidents(sync).length === 1);
  await browser.openTab();
  await sync.close();
  await world.settled(browser);

  let release = (): void => undefined;
  const [account] = await accounts(browser.env());
  const leaving = browser.env();
  const fetch = leaving.fetch;
  leaving.fetch = async (url, init) => {
    await new Promise<void>((resolve) => (release = resolve));
    return fetch(url, init);
  };
  const gone = signOut(account!, leaving);
  await world.quiet(browser);
  world.site.put("incident", "i2", { text: "又一件" });
  world.site.fanOut();
  await world.until(async () => (await browser.store().tx(["rows"], { mode: "readonly" }, (tx) => tx.objectStore("rows").count())) > 0);
  release();
  await gone;
  await world.quiet(browser);

  const left = await browser.store().tx(["rows"], { mode: "readonly" }, (tx) => tx.objectStore("rows").count());
  expect(left).toBe(0);
});

test("a device whose records were erased but whose key was not becomes a new device", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await sync.save("incident.report", report("一"));
  await world.until(() => sync.status.value.state === "synced" && world.site.log.length === 1);
  await sync.close();
  browser.idb.deleteDatabase(`zg:${SITE}:lin`);

  const again = await browser.signIn();
  await again.save("incident.report", report("二"));

  await world.until(() => world.site.log.length === 2);
  expect(again.dev).not.toBe(sync.dev);
  expect(world.site.log.map(({ seq }) => seq)).toEqual([1, 1]);
});

test("erased records are noticed at a start without a network too: recording goes on, sending waits for a session", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await sync.save("incident.report", report("一"));
  await world.until(() => sync.status.value.state === "synced" && world.site.log.length === 1);
  await sync.close();
  browser.idb.deleteDatabase(`zg:${SITE}:lin`);

  world.site.signedIn = false;

  const again = await browser.openTab();
  await again.save("incident.report", report("二"));
  await world.until(() => again.status.value.login);
  expect(again.status.value).toMatchObject({ state: "attention", problem: "login_required" });
  await signIn(SITE, { persona: "lin" }, browser.env());

  await world.until(() => again.status.value.state === "synced");
  expect(world.site.log.map(({ seq, dev }) => [seq, dev])).toEqual([[1, sync.dev], [1, again.dev]]);
});

test("a sign-in elsewhere on this device wakes an engine whose session had ended", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => sync.status.value.state === "synced");
  world.site.signedIn = false;
  for (const session of world.site.sessions) session.close();
  await world.until(() => sync.status.value.login);

  await signIn(SITE, { persona: "lin" }, browser.env());

  await world.until(() => !sync.status.value.login && sync.status.value.state === "synced");
});

test("the site's no and an unreachable site are told apart", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  browser.network = "portal";
  await expect(loadConfig(browser.env())).rejects.toBeInstanceOf(Offline);
  browser.network = "up";
  world.site.fetch = () => Promise.resolve(problem("login_failed", 401));
  const failed = signIn(SITE, { name: "lin", password: "x" }, browser.env());
  await expect(failed).rejects.toEqual(new Problem("login_failed", 401, false));
});

test("nobody's engine opens", async () => {
  await expect(new Browser(newWorld()).openTab()).rejects.toThrow("lin");
});
