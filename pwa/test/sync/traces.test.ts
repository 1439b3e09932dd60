/**
 * Traces of devices in the simulation (tests/simulation/traces.py), gone through again by this twin: after every answer, page, snapshot, repair
 * and frame, after its storage went back or was damaged, after a site was restored and a chain was left, it stands where the Python device
 * stood, with the same rows (I1, I2, I8, I9, I10, I12, I14, I15, I20, I36).
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { audit } from "../../src/sync/audit.ts";
import { makeKey, type DeviceKey } from "../../src/sync/keys.ts";
import { isPending, outcome } from "../../src/sync/fate.ts";
import { parsePage } from "../../src/sync/http.ts";
import { Later } from "../../src/sync/lane.ts";
import type { Who } from "../../src/sync/outbox.ts";
import { Offline } from "../../src/sync/problem.ts";
import { pushOnce, type PushContext } from "../../src/sync/push.ts";
import { cutOf } from "../../src/sync/pull.ts";
import { reEnrol } from "../../src/sync/reenrol.ts";
import { repair, reshape } from "../../src/sync/repair.ts";
import { applyCut, dropRows } from "../../src/sync/replica.ts";
import { narrow } from "../../src/sync/scope.ts";
import { takeSnapshot } from "../../src/sync/snapshot.ts";
import { getMeta, Left, putMeta, Store, type Meta, type Encrypted, type StoredOp, type StoredRow, type SyncState } from "../../src/sync/store.ts";
import { SHAPES, type Commit, type Enrolled, type PushAnswer, type Repair } from "../../src/sync/types.gen.ts";
import { newSync } from "../../src/sync/upgrade.ts";
import { waitingOf } from "../../src/sync/vital.ts";
import { Browser, newWorld } from "./support/world.ts";

interface SavedOp {
  seq: number;
  id: string;
  body: string;
  link: string;
}

interface Standing {
  cur: string;
  sent: number;
  broken: boolean;
  head: string;
  over: string[];
  differs: string[];
  rows: number;
  digest: string;
}

/** One thing that happened; the word for it is its first key. */
type Step = { then: Partial<Standing> } & (
  | { op: SavedOp }
  | { answer: string; asked: { dev: string; epoch: string; wipes: boolean; floor: number } }
  | { known: string; epoch: string }
  | { enrolled: string; dev: string; ops: Pick<SavedOp, "id" | "link">[] }
  | { page: string; from: { cur: string; epoch: string } }
  | { frame: string }
  | { began: true }
  | { repaired: string; status: number; asked: Repair }
  | { fetched: string; status: number; asked: { id: string; after: number } }
  | { damaged: [kind: string, rid: string, row: { ver: number; h: string; d: string } | null] }
  | { reshaped: true }
  | { freeze: number }
  | { thaw: number }
);

interface Trace {
  seed: number;
  site: string;
  dev: string;
  epoch: string;
  link: string;
  sv: number;
  ops: SavedOp[];
  steps: Step[];
}

const packed = readFileSync(process.env["ZAIGANG_TRACES"] ?? new URL("./traces.json.gz", import.meta.url));
const TRACES = JSON.parse(gunzipSync(packed).toString()) as Trace[];
/** The row shapes of the simulated app's present release: what this twin's are called there. */
const PRESENT = 2;

/** All that lies in a database. */
interface Disk {
  meta: [string, Meta[keyof Meta]][];
  outbox: StoredOp[];
  rows: StoredRow[];
}

/** A device of this twin that stands where the trace begins. */
class Twin {
  private readonly browser = new Browser(newWorld());
  private readonly env = this.browser.env();
  private readonly store = new Store(this.env, "trace");
  private readonly frozen = new Map<number, { disk: Disk; who: Who; key: DeviceKey }>();
  private who: Who;
  private key!: DeviceKey;

  constructor(private readonly trace: Trace) {
    this.who = { site: trace.site, uid: "zhang", dev: trace.dev };
  }

  async begin(): Promise<void> {
    const { trace } = this;
    const start = { seq: 0, hash: trace.link };
    this.key = await makeKey();
    await this.store.tx(["meta"], {}, async (tx) => {
      await putMeta(tx, "device", { dev: trace.dev, key: this.key });
      await putMeta(tx, "head", start);
      await putMeta(tx, "sync", { ...newSync(trace.epoch, start), sv: SHAPES + trace.sv - PRESENT });
      await putMeta(tx, "clock", { off: null, beacon: null, wall: 0, mono: 0, load: "trace", stepped: false, contact_at: null });
      await putMeta(tx, "term", 1);
    });
    for (const op of trace.ops) await this.save(op);
  }

  private get context(): PushContext {
    const { env, store, who, key } = this;
    return { env, store, who, key, term: 1, sending: () => undefined, waiting: (sent: number) => waitingOf([], sent, { open: 0, sealed: 0, bytes: 0 }), ended: new AbortController().signal };
  }

  async take(step: Step): Promise<void> {
    if ("op" in step) await this.save(step.op);
    else if ("answer" in step) await this.answered(step.answer, step.asked);
    else if ("known" in step) await this.known(JSON.parse(step.known) as Enrolled, step.epoch);
    else if ("enrolled" in step) await this.enrolled(step.enrolled, step.dev, step.ops);
    else if ("page" in step) await this.page(step.page, step.from);
    else if ("frame" in step) await this.frame(JSON.parse(step.frame) as Commit);
    else if ("began" in step) await this.fromNothing();
    else if ("repaired" in step) await this.repaired(step.repaired, step.status, step.asked);
    else if ("fetched" in step) await this.fetched(step.fetched, step.status, step.asked);
    else if ("damaged" in step) await this.damaged(...step.damaged);
    else if ("reshaped" in step) await reshape(this.context);
    else if ("freeze" in step) this.frozen.set(step.freeze, { disk: await this.copy(), who: this.who, key: this.key });
    else await this.thaw(step.thaw);
  }

  // --- up ------------------------------------------------------------------------------------------------------------

  private async save({ seq, id, body, link }: SavedOp): Promise<void> {
    await this.store.tx(["meta", "outbox"], {}, async (tx) => {
      await tx.objectStore("outbox").add({ seq, id, body: body as Encrypted, link, code: "", saved_at: 0, open: 1 });
      await putMeta(tx, "head", { seq, hash: link });
    });
  }

  /**
   * The answer to a push that left when the device was `asked.dev` and the site was `asked.epoch`. One so late that it asks for what Python has
   * let go of as durable, up to `asked.floor`, breaks the chain there. This twin keeps its last ops longer and has one push under way at a time:
   * it gets no such answer, and its chain is broken here by hand.
   */
  private async answered(text: string, asked: { dev: string; epoch: string; wipes?: boolean; floor?: number }): Promise<void> {
    const { now, stop } = JSON.parse(text) as PushAnswer;
    this.browser.world.time.now = now;
    const present = await this.sync();
    if (stop?.code === "gap" && stop.want! <= (asked.floor ?? 0) && asked.dev === this.who.dev && asked.epoch === present.epoch) {
      expect(stop.want, "only what is durable").toBeLessThanOrEqual(present.dur);
      await this.setSync({ ...present, broken: true });
      return;
    }
    await this.setSync({ ...present, broken: false, epoch: asked.epoch });
    this.browser.fetch = async () => {
      await this.setSync(present);
      return json(text);
    };
    const who = { ...this.who, dev: asked.dev };
    try {
      const { wipe } = await pushOnce({ ...this.context, who }, true);
      expect(wipe, "told to forget everything").toBe(asked.wipes ?? false);
    } catch (error) {
      const late = error instanceof Left && asked.dev !== this.who.dev;
      if (!(error instanceof Later) && !late) throw error;
    }
  }

  /** Enrolled again as it was: the next push hears what the site, another incarnation perhaps, has of this chain. */
  private async known({ epoch, last, now, beacon }: Enrolled, before: string): Promise<void> {
    const stop = epoch === before ? {} : { stop: { code: "epoch" } };
    await this.answered(JSON.stringify({ epoch, last, dur: 0, results: [], now, beacon, ...stop }), { dev: this.who.dev, epoch: before });
  }

  /** The chain is left for that of `dev`: the same ops are signed to the same links, and the rows stay while the site is the same. */
  private async enrolled(text: string, dev: string, ops: Pick<SavedOp, "id" | "link">[]): Promise<void> {
    const { epoch, dur } = await this.sync();
    // What is settled and in a verified backup Python lets go of at once, this twin for tidiness a while later.
    const carried = new Set(ops.map(({ id }) => id));
    const before = await this.copy();
    const gone = before.outbox.filter(({ id }) => !carried.has(id));
    expect(gone.filter((op) => op.seq > dur || outcome(op) !== "applied")).toEqual([]);
    await this.store.tx(["outbox"], {}, async (tx) => void (await Promise.all(gone.map(({ seq }) => tx.objectStore("outbox").delete(seq)))));
    const answer = JSON.parse(text) as Enrolled;
    const key = await makeKey();
    await this.store.tx(["meta"], {}, (tx) => putMeta(tx, "successor", { dev, key }));
    this.browser.fetch = async (url) => json(url.endsWith("/session") ? JSON.stringify({ uid: this.who.uid, nonce: "n" }) : text);
    expect(await reEnrol(this.context)).toEqual({ dev, key });
    Object.assign(this, { who: { ...this.who, dev }, key });
    const after = await this.copy();
    expect(after.outbox.map(({ id, link }) => ({ id, link }))).toEqual(ops);
    expect(after.rows).toEqual(answer.epoch === epoch ? before.rows : []);
    await this.fromNothing();
  }

  // --- down ----------------------------------------------------------------------------------------------------------

  private async page(text: string, from: { cur: string; epoch: string }): Promise<void> {
    const page = parsePage(text);
    this.browser.world.time.now = page.end.now;
    const { head, end } = page;
    await (head.ask ? narrow(this.context, { from, head, ack: end.ack, dur: end.dur }) : applyCut(this.context, cutOf(page, from)));
  }

  private async frame({ prev, to, bh, rows, ack, dur }: Commit): Promise<void> {
    const { epoch } = await this.sync();
    await applyCut(this.context, { from: { cur: prev, epoch, bh }, to: { cur: to, epoch, bh }, reset: false, rows, ack, dur });
  }

  /** The other twin begins to fetch everything anew where this one would not need to, or a page later. */
  private async fromNothing(): Promise<void> {
    await this.store.tx(["meta", "outbox", "rows"], {}, async (tx) => putMeta(tx, "sync", await dropRows(tx, (await getMeta(tx, "sync"))!)));
  }

  private async repaired(text: string, status: number, { bucket, leaves }: Repair): Promise<void> {
    let asked: Repair | undefined;
    this.browser.fetch = async (_, { body }) => {
      asked = JSON.parse(body as string) as Repair;
      return json(text, status);
    };
    if (status === 200) this.browser.world.time.now = parsePage(text).end.now;
    await repair(this.context, bucket);
    expect(asked?.leaves).toEqual(leaves);
  }

  private async fetched(text: string, status: number, { id, after }: { id: string; after: number }): Promise<void> {
    const [work] = (await this.sync()).snaps;
    expect([work?.id, work?.done]).toEqual([id, after]);
    this.browser.fetch = async () => json(text, status);
    await takeSnapshot(this.context, work!).catch((error: unknown) => {
      if (!(error instanceof Offline)) throw error;
    });
  }

  // --- storage -------------------------------------------------------------------------------------------------------

  /** The disk spoils a row, and the daily audit happens to look at it. */
  private async damaged(kind: string, rid: string, row: { ver: number; h: string; d: string } | null): Promise<void> {
    const at = await this.store.tx(["rows"], {}, async (tx) => {
      const rows = tx.objectStore("rows");
      const keys = await rows.getAllKeys();
      const here = (await rows.get([kind, rid]))!;
      if (row) void rows.put({ ...here, ...row, d: row.d as Encrypted });
      else void rows.delete([kind, rid]);
      return keys.findIndex(([k, r]) => k === kind && r === rid) / keys.length;
    });
    await audit({ ...this.context, env: Object.assign(Object.create(this.env), { random: () => at + 1e-9 }) as typeof this.env });
  }

  private copy(): Promise<Disk> {
    return this.store.tx(["meta", "outbox", "rows"], { mode: "readonly" }, async (tx) => {
      const [meta, keys] = [tx.objectStore("meta"), await tx.objectStore("meta").getAllKeys()];
      const values = await meta.getAll();
      return { meta: keys.map((key, n) => [key, values[n]!]), outbox: await tx.objectStore("outbox").getAll(), rows: await tx.objectStore("rows").getAll() };
    });
  }

  private async thaw(n: number): Promise<void> {
    const { disk, who, key } = this.frozen.get(n)!;
    Object.assign(this, { who, key });
    await this.store.tx(["meta", "outbox", "rows"], {}, async (tx) => {
      for (const name of ["meta", "outbox", "rows"] as const) await tx.objectStore(name).clear();
      for (const [name, value] of disk.meta) void tx.objectStore("meta").put(value, name);
      for (const op of disk.outbox) void tx.objectStore("outbox").put(op);
      for (const row of disk.rows) void tx.objectStore("rows").put(row);
    });
  }

  private sync(): Promise<SyncState> {
    return this.store.tx(["meta"], { mode: "readonly" }, async (tx) => (await getMeta(tx, "sync"))!);
  }

  private setSync(sync: SyncState): Promise<unknown> {
    return this.store.tx(["meta"], {}, (tx) => putMeta(tx, "sync", sync));
  }

  async stands(): Promise<Standing> {
    const { rows, outbox, head } = await this.store.tx(["meta", "outbox", "rows"], { mode: "readonly" }, async (tx) => ({
      ...{ rows: await tx.objectStore("rows").getAll(), outbox: await tx.objectStore("outbox").getAll(), head: (await getMeta(tx, "head"))! },
    }));
    const sorted = rows.map(({ k, rid, ver, h, buckets }) => [k, rid, ver, h, [...buckets].sort()] as const).sort((a, b) => (a[0] + a[1] < b[0] + b[1] ? -1 : 1));
    const { cur, sent, acked, dur, broken, differs } = await this.sync();
    // What was known of an op in the chain before is this twin's alone.
    const over = outbox.filter(({ was: _, ...op }) => op.seq > dur && isPending(op, acked)).map(({ id }) => id);
    const digest = createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
    return { cur, sent: sent.seq, broken, head: head.hash, over, differs: Object.keys(differs).sort(), rows: rows.length, digest };
  }
}

function json(text: string, status = 200): Response {
  return new Response(text, { status, headers: { "content-type": "application/json" } });
}

test.each(TRACES)("seed $seed: the same after every step", async (trace) => {
  const twin = new Twin(trace);
  await twin.begin();
  for (const [n, step] of trace.steps.entries()) {
    await twin.take(step);
    expect(await twin.stands(), `step ${n}: ${Object.keys(step)[0]}`).toMatchObject(step.then);
  }
});

test("the traces hold enough of everything", () => {
  const kinds = TRACES.flatMap(({ steps }) => steps.map((step) => Object.keys(step)[0]!));
  const times = (kind: string) => kinds.filter((one) => one === kind).length;
  expect(TRACES.length).toBeGreaterThanOrEqual(6);
  for (const kind of ["op", "answer", "page", "frame"]) expect(times(kind), kind).toBeGreaterThan(3 * TRACES.length);
  const epochs = TRACES.map(({ steps }) => new Set(steps.flatMap((step) => ("page" in step ? [parsePage(step.page).head.epoch] : []))).size);
  expect(Math.max(...epochs), "sites restored").toBeGreaterThan(1);
  // Those that are checked in hold all there is.
  if (process.env["ZAIGANG_TRACES"]) return;
  for (const kind of ["thaw", "enrolled", "known", "began", "damaged", "repaired", "fetched", "reshaped"]) expect(times(kind), kind).toBeGreaterThan(1);
  expect(TRACES.some(({ steps }) => steps.some((step) => "page" in step && parsePage(step.page).head.ask)), "rights changed").toBe(true);
});
