/** A phone with the first release's database and a full outbox: everything of the person's stays and goes out; rows are fetched again. */
import { expect, test } from "vitest";
import { firstLink, nextLink, receiptCode } from "../../src/sync/chain.ts";
import type { Sync } from "../../src/sync/api.ts";
import { databaseName, getMeta, putMeta } from "../../src/sync/store.ts";
import { SHAPES } from "../../src/sync/types.gen.ts";
import { converged, disk, opened } from "./support/disk.ts";
import { SITE } from "./support/site.ts";
import { Browser, incidents, newWorld, report, type World } from "./support/world.ts";

const OPS = 60;

/** The database as release 1 left it: `sent` of the ops are with the site. */
async function releaseOne(browser: Browser, dev: string, sent: number): Promise<string[]> {
  const links = [firstLink(SITE, dev)];
  const bodies: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const request = browser.idb.open(databaseName(SITE, "lin"), 1);
    request.onerror = () => reject(request.error);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore("meta");
      db.createObjectStore("rows", { keyPath: ["k", "rid"] }).put({ k: "incident", rid: "old", ver: 1, d: '{"text":"旧"}', buckets: ["hall"] });
      db.createObjectStore("drafts").put({ value: { text: "没写完" }, saved_at: 7 }, "incident.report");
      const outbox = db.createObjectStore("outbox", { keyPath: "seq" });
      outbox.createIndex("id", "id", { unique: true });
      outbox.createIndex("open", "open");
      for (let seq = 1; seq <= OPS; seq++) {
        const [id, prev] = [`id-${seq}`, links[seq - 1]!];
        const clk = { w: seq, o: "load", m: seq };
        const body = JSON.stringify({ v: 1, site: SITE, dev, seq, prev, id, t: "e", k: "incident.report", sv: 1, rid: `r${seq}`, a: report(`第 ${seq} 条`), clk });
        links.push(nextLink(prev, body));
        bodies.push(body);
        const result = seq <= sent ? { result: { seq, id, k: "incident.report", rid: `r${seq}`, st: "applied", at: 5, grade: "A" } } : { open: 1 };
        outbox.put({ seq, id, body, link: links[seq]!, code: receiptCode(body), saved_at: seq, ...result });
      }
      const at = (seq: number) => ({ seq, hash: links[seq]! });
      const sync = { cur: "old", epoch: "e1", bh: "old", sent: at(sent), acked: at(sent), dur: 0, seen: sent, cut: 3, changed: { incident: 3 }, halt: null };
      const meta = request.transaction!.objectStore("meta");
      meta.put(at(OPS), "head");
      meta.put(sync, "sync");
      meta.put({ off: 0, beacon: null, wall: 0, mono: 0, load: "", stepped: false, contact_at: null }, "clock");
      meta.put(4, "term");
    };
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
  return bodies;
}

test("a full outbox, its results, the key and a draft come through; what was unsent goes out byte for byte", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const first = await browser.signIn();
  const { dev } = first;
  await first.close();
  browser.idb.deleteDatabase(databaseName(SITE, "lin"));
  const bodies = await releaseOne(browser, dev, 20);
  const sent: string[] = [];
  const device = world.site.devices.get(dev)!;
  for (const body of bodies.slice(0, 20)) {
    const op = JSON.parse(body) as { seq: number; id: string; rid: string; prev: string };
    device.links.push(nextLink(op.prev, body));
    device.results.push({ seq: op.seq, id: op.id, k: "incident.report", rid: op.rid, st: "applied", at: 5, grade: "A" });
  }
  const fetch = browser.fetch.bind(browser);
  browser.fetch = (url, init) => {
    if (url.endsWith("/push")) sent.push(...(JSON.parse(String(init.body)) as { ops: string[] }).ops);
    return fetch(url, init);
  };
  world.site.put("incident", "new", { text: "新" });

  const sync = await browser.openTab();

  expect(sync.dev).toBe(dev);
  expect(sync.outbox.value.map(({ seq }) => seq)).toEqual(Array.from({ length: OPS }, (_, i) => i + 1));
  expect(sync.outbox.value.filter(({ state }) => state === "applied")).toHaveLength(20);
  expect(await sync.draft.load("incident.report")).toEqual({ value: { text: "没写完" }, saved_at: 7 });
  await world.until(() => sync.status.value.state === "synced");
  expect(sent).toEqual(bodies.slice(20));
  await world.until(() => incidents(sync).includes("新"));
  expect(incidents(sync)).not.toContain("旧");
  const kept = await (await opened(browser)).tx(["outbox", "meta"], { mode: "readonly" }, async (tx) => ({
    ops: await tx.objectStore("outbox").getAll(),
    head: await getMeta(tx, "head"),
  }));
  expect((await (await opened(browser)).openOps(kept.ops)).map(({ body }) => body)).toEqual(bodies);
  expect(kept.head?.seq).toBe(OPS);
});

/** A phone whose rows another release of the app has fetched; `old` of them came in older shapes. */
async function fetchedBy(sv: number, old: string[]): Promise<{ world: World; browser: Browser; sync: Sync; came: () => number }> {
  const world = newWorld();
  for (let i = 0; i < 100; i++) world.site.put("incident", `i${i}`, { text: `${i}` });
  const browser = new Browser(world);
  const before = await browser.signIn();
  await world.until(() => incidents(before).length === 100);
  await world.settled(browser);
  await before.close();
  const store = await opened(browser);
  const [shape] = await store.seal(['{"text":"旧形"}']);
  await store.tx(["meta", "rows"], {}, async (tx) => {
    await tx.objectStore("meta").delete("warm");
    await putMeta(tx, "sync", { ...(await getMeta(tx, "sync"))!, sv });
    for (const rid of old) {
      const row = (await tx.objectStore("rows").get(["incident", rid]))!;
      await tx.objectStore("rows").put({ ...row, d: shape!, p: true });
    }
  });
  let rows = 0;
  const fetch = browser.fetch.bind(browser);
  browser.fetch = async (url, init) => {
    const response = await fetch(url, init);
    const text = await response.clone().text();
    rows += text.split("\n").filter((line) => line.includes('"t":"r"')).length;
    return response;
  };
  const sync = await browser.openTab();
  expect(incidents(sync).filter((text) => text === "旧形")).toHaveLength(old.length);
  return { world, browser, sync, came: () => rows };
}

test("after an update the rows that came in older shapes come again in the present one, and nothing else", async () => {
  const { world, browser, sync, came } = await fetchedBy(SHAPES - 1, ["i3", "i77"]);

  await world.until(() => !incidents(sync).includes("旧形") && incidents(sync).length === 100);
  await world.until(() => converged(world, browser, sync.dev));
  expect(came()).toBeLessThan(10);
  expect(world.site.faces.repairs).toHaveLength(1);
  expect((await disk(browser)).sync).toMatchObject({ sv: SHAPES, restarted_at: null, trouble: "" });
});

test("an app that was put back fetches everything: what is here may be of shapes it cannot read", async () => {
  const { world, browser, sync, came } = await fetchedBy(SHAPES + 1, ["i3"]);

  await world.until(() => !incidents(sync).includes("旧形") && incidents(sync).length === 100);
  await world.until(() => converged(world, browser, sync.dev));
  expect(came()).toBeGreaterThanOrEqual(100);
  expect((await disk(browser)).sync.sv).toBe(SHAPES);
});
