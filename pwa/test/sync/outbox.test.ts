/** Saving: durable before it says so, once whatever happens, in one chain over all tabs (laws I1, I2, I3, I15). */
import { describe, expect, test } from "vitest";
import { Problem } from "../../src/sync/problem.ts";
import { nextLink, receiptCode } from "../../src/sync/chain.ts";
import type { Op } from "../../src/sync/store.ts";
import { opened } from "./support/disk.ts";
import { Browser, incidents, newWorld, report } from "./support/world.ts";

/** The ops on the disk of a browser, in order. */
async function onDisk(browser: Browser): Promise<Op[]> {
  const store = await opened(browser);
  return store.openOps(await store.tx(["outbox"], { mode: "readonly" }, (tx) => tx.objectStore("outbox").getAll()));
}

describe("without a network", () => {
  test("a saved record is on disk with its receipt and in view before anything is sent", async () => {
    const browser = new Browser(newWorld());
    const sync = await browser.signIn();
    browser.network = "down";

    const receipt = await sync.save("incident.report", report("三楼冒烟"));

    const [op] = await onDisk(browser);
    expect(op).toMatchObject({ seq: 1, id: receipt.id, code: receiptCode(op!.body) });
    expect(receipt.code).toBe(op!.code);
    expect(incidents(sync)).toEqual(["三楼冒烟"]);
    expect(sync.rows("incident").value.get(receipt.rid)).toMatchObject({ pending: true, ver: 0 });
  });

  test("a page promises to send at once only after it has heard the site", async () => {
    const world = newWorld();
    const browser = new Browser(world);
    await (await browser.signIn()).close();
    browser.network = "down";
    const unheard = await browser.openTab();
    expect(unheard.status.value.online).toBe(null);
    await world.until(() => unheard.status.value.online === false);
    await unheard.close();

    browser.plugged = false;
    const unplugged = await browser.openTab();
    expect(unplugged.status.value).toMatchObject({ online: false, state: "offline" });
    await unplugged.close();

    [browser.plugged, browser.network] = [true, "up"];
    const heard = await browser.openTab();
    await world.until(() => heard.status.value.online === true);
  });

  test("what was on its way when the network went does not make a page promise to send at once", async () => {
    const world = newWorld();
    const browser = new Browser(world);
    const env = browser.env();
    await (await browser.signIn()).close();
    const sync = await browser.openTab(env);
    await world.until(() => [...world.site.sessions].some((session) => session.live));
    await world.settled(browser);
    expect(sync.status.value.online).toBe(true);
    let letGo = (): void => undefined;
    browser.hold = new Promise((resolve) => (letGo = () => resolve(undefined)));
    await sync.save("incident.report", report("一楼断电"));
    await world.until(() => browser.asked.at(-1)?.endsWith("/push") === true);

    browser.plugged = false;
    env.show(true);
    expect(sync.status.value.online).toBe(false);
    letGo();
    world.site.put("incident", "i9", { text: "还在路上" });
    await world.until(() => incidents(sync).includes("还在路上") && sync.outbox.value.every((item) => item.state !== "saved"));
    expect(sync.status.value).toMatchObject({ online: false, state: "offline" });

    browser.plugged = true;
    env.show(true);
    await world.until(() => sync.status.value.online === true);
  });

  test("a restart without a network opens the last account with its pending records", async () => {
    const browser = new Browser(newWorld());
    const sync = await browser.signIn();
    browser.network = "down";
    await sync.save("incident.report", report("停电"));
    await sync.close();

    const again = await browser.openTab();

    expect(incidents(again)).toEqual(["停电"]);
    expect(again.outbox.value.map(({ state, k }) => [state, k])).toEqual([["saved", "incident.report"]]);
  });
});

test("a record and the end of its draft are one: no kill in between can offer the draft again", async () => {
  const browser = new Browser(newWorld());
  const sync = await browser.signIn();
  browser.network = "down";
  await sync.draft.save("form", { text: "停电" });
  await sync.draft.save("other", { text: "漏水" });

  await sync.save("incident.report", report("停电"), { draft: "form" });

  expect(await sync.draft.load("form")).toBeUndefined();
  expect(await sync.draft.load("other")).toMatchObject({ value: { text: "漏水" } });
  expect(await onDisk(browser)).toHaveLength(1);
});

test("twenty saves from two tabs at once make one chain without gaps", async () => {
  const browser = new Browser(newWorld());
  const one = await browser.signIn();
  const two = await browser.openTab();
  browser.network = "down";

  await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).save("incident.report", report(`${i}`))));

  const ops = await onDisk(browser);
  expect(ops.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  for (const [i, op] of ops.entries()) {
    const body = JSON.parse(op.body) as { prev: string; seq: number };
    if (i) expect(body.prev).toBe(ops[i - 1]!.link);
    expect(body.seq).toBe(op.seq);
    expect(nextLink(body.prev, op.body)).toBe(op.link);
  }
});

test("both tabs show what one of them saved", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const one = await browser.signIn();
  const two = await browser.openTab();
  browser.network = "down";

  await one.save("incident.report", report("漏水"));

  await world.until(() => incidents(two)[0] === "漏水");
  expect(two.outbox.value).toHaveLength(1);
});

test("a double tap with one id is one record and one receipt", async () => {
  const browser = new Browser(newWorld());
  const sync = await browser.signIn();
  browser.network = "down";
  const id = "0197a000-0000-7000-8000-000000000001";

  const [first, second] = await Promise.all([
    sync.save("incident.report", report("拥挤"), { id }),
    sync.save("incident.report", report("拥挤"), { id }),
  ]);

  expect(second).toEqual(first);
  expect(await onDisk(browser)).toHaveLength(1);
});

test("a crash before the transaction is on disk leaves neither an op nor a used number", async () => {
  const browser = new Browser(newWorld());
  const sync = await browser.signIn();
  browser.network = "down";
  await sync.save("incident.report", report("一"));
  const store = browser.store();

  // The page dies after the op was put and before the transaction committed: the engine's own writes, then an abort.
  const died = store.tx(["meta", "outbox"], { durability: "strict" }, async (tx) => {
    await tx.objectStore("outbox").put({ ...(await tx.objectStore("outbox").get(1))!, seq: 2, id: "x" });
    await tx.objectStore("meta").put({ seq: 2, hash: "00" }, "head");
    throw new Error("the page is gone");
  });
  await expect(died).rejects.toThrow("the page is gone");
  await sync.save("incident.report", report("二"));

  const ops = await onDisk(browser);
  expect(ops.map(({ seq }) => seq)).toEqual([1, 2]);
  expect((JSON.parse(ops[1]!.body) as { prev: string }).prev).toBe(ops[0]!.link);
});

test("a crash after the transaction and before the answer keeps the record once, also when the person taps again", async () => {
  const browser = new Browser(newWorld());
  const sync = await browser.signIn();
  browser.network = "down";
  const id = "0197a000-0000-7000-8000-000000000002";
  void sync.save("incident.report", report("争执"), { id });
  while (!(await onDisk(browser)).length);
  await sync.close();

  const again = await browser.openTab();
  const receipt = await again.save("incident.report", report("争执"), { id });

  const ops = await onDisk(browser);
  expect(ops).toHaveLength(1);
  expect(receipt.code).toBe(ops[0]!.code);
  expect(incidents(again)).toEqual(["争执"]);
});

test("a storage connection that was lost is opened again, and the record is saved once", async () => {
  const browser = new Browser(newWorld());
  const sync = await browser.signIn();
  browser.network = "down";
  await sync.save("incident.report", report("一"));
  const transaction = IDBDatabase.prototype.transaction;
  let lost = 0;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<IDBDatabase["transaction"]>): IDBTransaction {
    if (lost++ === 0) throw new DOMException("Connection to Indexed Database server lost", "UnknownError");
    return transaction.apply(this, args);
  };
  try {
    await sync.save("incident.report", report("二"));
  } finally {
    IDBDatabase.prototype.transaction = transaction;
  }

  expect(lost).toBeGreaterThan(1);
  expect((await onDisk(browser)).map(({ seq }) => seq)).toEqual([1, 2]);
});

test("a record too large to send is refused before it is saved", async () => {
  const browser = new Browser(newWorld());
  const sync = await browser.signIn();

  await expect(sync.save("incident.report", report("很".repeat(20_000)))).rejects.toEqual(new Problem("too_large", 413, false));

  expect(await onDisk(browser)).toEqual([]);
});

test("half an emoji becomes a replacement character, so that every byte is text on both sides", async () => {
  const browser = new Browser(newWorld());
  const sync = await browser.signIn();
  browser.network = "down";

  await sync.save("incident.report", report(`a${"😀"[0]}b😀`));

  expect(JSON.parse((await onDisk(browser))[0]!.body)).toMatchObject({ a: { text: "a\ufffdb😀" } });
});

test("drafts survive a restart and can be dropped", async () => {
  const browser = new Browser(newWorld());
  const sync = await browser.signIn();
  await sync.draft.save("report", { text: "写到一半" });
  await sync.close();

  const again = await browser.openTab();
  expect(await again.draft.load("report")).toMatchObject({ value: { text: "写到一半" } });
  await again.draft.drop("report");
  expect(await again.draft.load("report")).toBeUndefined();
});
