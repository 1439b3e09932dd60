/**
 * Traces of devices in the simulation (tests/simulation/traces.py), gone through again by this twin: after every answer, page and frame it stands
 * where the Python device stood, with the same rows (I8, I12, I14, I36).
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { makeKey } from "../../src/sync/crypto.ts";
import { parsePage } from "../../src/sync/http.ts";
import { Later } from "../../src/sync/lane.ts";
import type { Who } from "../../src/sync/outbox.ts";
import { pushOnce, type PushContext } from "../../src/sync/push.ts";
import { cutOf } from "../../src/sync/pull.ts";
import { applyCut } from "../../src/sync/replica.ts";
import { getMeta, putMeta, Store, type Sealed } from "../../src/sync/store.ts";
import type { Commit } from "../../src/sync/types.gen.ts";
import { newSync } from "../../src/sync/upgrade.ts";
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
  shown: number;
  rows: number;
  digest: string;
}

type Step = { then: Partial<Standing> } & ({ op: SavedOp } | { answer: string } | { page: string; from: { cur: string; epoch: string } } | { frame: string });

interface Trace {
  seed: number;
  site: string;
  dev: string;
  epoch: string;
  link: string;
  ops: SavedOp[];
  steps: Step[];
}

const packed = readFileSync(process.env["ZAIGANG_TRACES"] ?? new URL("./traces.json.gz", import.meta.url));
const TRACES = JSON.parse(gunzipSync(packed).toString()) as Trace[];

/** A device of this twin that stands where the trace begins. */
class Twin {
  private readonly browser = new Browser(newWorld());
  private readonly env = this.browser.env();
  private readonly store = new Store(this.env, "trace");
  private readonly who: Who;
  private answer = "";

  constructor(private readonly trace: Trace) {
    this.who = { site: trace.site, uid: "zhang", dev: trace.dev };
  }

  async begin(): Promise<void> {
    const start = { seq: 0, hash: this.trace.link };
    const key = await makeKey();
    await this.store.tx(["meta"], {}, async (tx) => {
      await putMeta(tx, "device", { dev: this.trace.dev, key });
      await putMeta(tx, "head", start);
      await putMeta(tx, "sync", newSync(this.trace.epoch, start));
      await putMeta(tx, "clock", { off: null, beacon: null, wall: 0, mono: 0, load: "trace", stepped: false, contact_at: null });
      await putMeta(tx, "term", 1);
    });
    for (const op of this.trace.ops) await this.save(op);
    this.browser.fetch = async () => new Response(this.answer, { headers: { "content-type": "application/json" } });
    this.context = { env: this.env, store: this.store, who: this.who, key, term: 1, sending: () => undefined, blobs: () => 0, ended: new AbortController().signal };
  }

  private context!: PushContext;

  async take(step: Step): Promise<void> {
    if ("op" in step) await this.save(step.op);
    else if ("answer" in step) await this.answered(step.answer);
    else if ("page" in step) await this.page(step.page, step.from);
    else await this.frame(JSON.parse(step.frame) as Commit);
  }

  private async save({ seq, id, body, link }: SavedOp): Promise<void> {
    await this.store.tx(["meta", "outbox"], {}, async (tx) => {
      await tx.objectStore("outbox").add({ seq, id, body: body as Sealed, link, code: "", saved_at: 0, open: 1 });
      await putMeta(tx, "head", { seq, hash: link });
    });
  }

  private async answered(answer: string): Promise<void> {
    this.answer = answer;
    try {
      await pushOnce(this.context, true);
    } catch (error) {
      if (!(error instanceof Later)) throw error;
    }
  }

  private async page(text: string, from: { cur: string; epoch: string }): Promise<void> {
    const { bh } = await this.sync();
    await applyCut(this.context, cutOf(parsePage(text), { ...from, bh }));
  }

  private async frame({ prev, to, bh, rows, ack, dur }: Commit): Promise<void> {
    const { epoch } = await this.sync();
    await applyCut(this.context, { from: { cur: prev, epoch, bh }, to: { cur: to, epoch, bh }, reset: false, rows, ack, dur });
  }

  private sync() {
    return this.store.tx(["meta"], { mode: "readonly" }, async (tx) => (await getMeta(tx, "sync"))!);
  }

  async stands(): Promise<Standing> {
    const rows = await this.store.tx(["rows"], { mode: "readonly" }, (tx) => tx.objectStore("rows").getAll());
    const sorted = rows.map(({ k, rid, ver, h, buckets }) => [k, rid, ver, h, [...buckets].sort()] as const).sort((a, b) => (a[0] + a[1] < b[0] + b[1] ? -1 : 1));
    const { cur, sent, acked } = await this.sync();
    return { cur, sent: sent.seq, shown: acked.seq, rows: rows.length, digest: createHash("sha256").update(JSON.stringify(sorted)).digest("hex") };
  }
}

test.each(TRACES)("seed $seed: the same after every step", async (trace) => {
  const twin = new Twin(trace);
  await twin.begin();
  for (const [n, step] of trace.steps.entries()) {
    await twin.take(step);
    expect(await twin.stands(), `step ${n}`).toMatchObject(step.then);
  }
});

test("the traces hold enough of everything", () => {
  const kinds = TRACES.flatMap(({ steps }) => steps.map((step) => ["op", "answer", "page", "frame"].find((kind) => kind in step)));
  expect(TRACES.length).toBeGreaterThanOrEqual(5);
  for (const kind of ["op", "answer", "page", "frame"]) expect(kinds.filter((one) => one === kind).length, kind).toBeGreaterThan(3 * TRACES.length);
});
