/** The lane of photos and sounds: after their records, previews first, one at a time; kept until the site has them for good. */
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { Carry, type Job } from "../../src/sync/carry.ts";
import type { Env } from "../../src/sync/env.ts";
import { Offline, Problem } from "../../src/sync/problem.ts";
import { pendingBlobs, BlobStore, blobsName } from "../../src/sync/blobs.ts";
import { PLAIN } from "../../src/sync/store.ts";
import type { BlobState } from "../../src/sync/types.gen.ts";

import { KEEP_OPS_MIN } from "../../src/sync/fate.ts";
import { SITE } from "./support/site.ts";
import { Browser, newWorld, report } from "./support/world.ts";

const DAY_MS = 86_400_000;
const bytes = (text: string) => new TextEncoder().encode(text);

/** A phone with a store of blobs, a lane, and a site that says what the test lets it say. */
class Phone {
  at = 1_000;
  mono = 0;
  looks = true;
  may = true;
  whole = true;
  ended = false;
  /** The site takes a picture and says nothing; just now it does. */
  hangs = false;
  silent = false;
  /** No row says what has arrived. */
  forgets = false;
  contact_at = 1_800_000_000_000;
  sentOps = new Set<string>();
  states = new Map<string, BlobState>();
  sent: string[] = [];
  answer: (job: Job) => Promise<void> = async () => undefined;
  private listeners: (() => void)[] = [];
  private timers: (() => void)[] = [];
  readonly env = {
    idb: new IDBFactory(),
    wall: () => this.at,
    mono: () => this.mono,
    random: () => 0.5,
    after: (_: number, then: () => void) => {
      this.timers.push(then);
      return () => void (this.timers = this.timers.filter((one) => one !== then));
    },
    visible: () => this.looks,
    online: () => true,
    onChange: (then: () => void) => {
      this.listeners.push(then);
      return () => undefined;
    },
  } as unknown as Env;
  readonly blobs = new BlobStore(this.env, blobsName("hall", "wang"), PLAIN);
  readonly carry = new Carry({
    env: this.env,
    blobs: this.blobs,
    isSent: async (op) => this.sentOps.has(op),
    stateOf: (sha256) => this.states.get(sha256),
    knows: () => this.whole,
    mayCarry: () => this.may,
    ended: () => this.ended,
    contact_at: () => this.contact_at,
    send: async (job) => {
      this.sent.push(`${new TextDecoder().decode(job.bytes)}`);
      const answer = this.answer(job);
      this.silent = job.part === "full" && this.hangs;
      await answer.finally(() => (this.silent = false));
      if (job.part === "full" && !this.forgets) this.states.set(job.file.sha256, { sha256: job.file.sha256, size: job.file.size, state: "stored" });
    },
    changed: () => undefined,
  });

  async photo(name: string, op?: string): Promise<string> {
    this.at += 1;
    const { sha256 } = await this.blobs.keep({ bytes: bytes(name), preview: bytes(`small ${name}`), mime: "image/jpeg", taken: 5 });
    if (op) await this.blobs.bind([sha256], op);
    return sha256;
  }

  /** Lets the lane do all it can now. */
  async run(): Promise<string[]> {
    this.carry.kick();
    return quiet(this);
  }

  /** So much time is over, whatever the clock says. */
  passed(ms: number): void {
    this.mono += ms;
    this.at += ms;
  }

  look(looks: boolean): void {
    this.looks = looks;
    for (const then of this.listeners) then();
  }

  /** What was waited for is over. */
  fire(): void {
    for (const then of this.timers.splice(0)) then();
  }
}

/** Waits until the lane rests or hears nothing; what it has sent. Counted turns of the clock are no rest: the disk may be slow. */
async function quiet(phone: Phone): Promise<string[]> {
  do await new Promise((done) => setTimeout(done, 1));
  while (phone.carry["lane"]["running"] && !phone.silent);
  return phone.sent;
}

let phone: Phone;
beforeEach(() => {
  phone = new Phone();
});

describe("the order", () => {
  it("sends previews of everything first, then pictures, oldest first", async () => {
    await phone.photo("a", "op1");
    await phone.photo("b", "op2");
    phone.sentOps = new Set(["op1", "op2"]);
    expect(await phone.run()).toEqual(["small a", "small b", "a", "b"]);
  });

  it("sends nothing before the record that names it", async () => {
    await phone.photo("a", "op1");
    expect(await phone.run()).toEqual([]);
    phone.sentOps.add("op1");
    expect(await phone.run()).toEqual(["small a", "a"]);
  });

  it("sends nothing that only stands in a form", async () => {
    await phone.photo("a");
    expect(await phone.run()).toEqual([]);
  });

  it("sends nothing twice while the site's word is on its way", async () => {
    await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    await phone.run();
    phone.states.clear();
    phone.whole = false;
    expect(await phone.run()).toEqual(["small a", "a"]);
  });

  it("keeps pictures off a network the person spares, and previews not", async () => {
    await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    phone.may = false;
    expect(await phone.run()).toEqual(["small a"]);
    phone.may = true;
    expect(await phone.run()).toEqual(["small a", "a"]);
  });
});

describe("trouble", () => {
  it("stops when nobody looks, and goes on afterwards", async () => {
    await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    phone.hangs = true;
    phone.answer = ({ part, signal }) =>
      part === "thumb" ? Promise.resolve() : new Promise((_, fail) => signal.addEventListener("abort", () => fail(new Offline("hidden"))));
    await phone.run();
    phone.look(false);
    expect(await phone.run()).toEqual(["small a", "a"]);
    phone.hangs = false;
    phone.answer = async () => undefined;
    phone.look(true);
    expect(await phone.run()).toEqual(["small a", "a", "a"]);
  });

  it("asks again after trouble that passes, in smaller pieces", async () => {
    await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    const pieces: number[] = [];
    phone.answer = async ({ piece, part }) => {
      if (part === "full") pieces.push(piece);
      if (part === "full" && pieces.length < 3) throw new Offline("cut");
    };
    await phone.run();
    for (let tries = 0; tries < 3; tries++) {
      phone.fire();
      await phone.run();
    }
    expect(pieces).toEqual([262_144, 131_072, 65_536]);
    expect(await pendingBlobs(phone.env, "hall", "wang")).toBe(0);
  });

  it.each(["blob_type", "blob_damaged", "blob_pixels", "too_large"])("does not send again what is refused as %s, and keeps its bytes", async (id) => {
    const sha256 = await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    phone.answer = async ({ part }) => {
      if (part === "full") throw new Problem(id, 415, false);
    };
    await phone.run();
    expect(await phone.run()).toEqual(["small a", "a"]);
    expect((await phone.blobs.all())[0]).toMatchObject({ refused: id });
    expect(await phone.blobs.bytes(sha256, "full")).toEqual(bytes("a"));
  });

  it("a copy that is not what its record names any more is given up, not sent for ever", async () => {
    const sha256 = await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    phone.answer = async ({ part }) => {
      if (part === "full") throw new Problem("blob_hash", 422, true);
    };
    await phone.run();
    expect((await phone.blobs.all())[0]!.refused).toBeNull();
    const right = phone.blobs.bytes.bind(phone.blobs);
    phone.blobs.bytes = async (hash, part) => (part === "full" ? bytes("damaged") : right(hash, part));
    phone.fire();
    await phone.run();
    expect((await phone.blobs.all())[0]).toMatchObject({ sha256, refused: "blob_damaged" });
  });
});

describe("a phone that was ended", () => {
  beforeEach(() => {
    phone.whole = false; // its rows have gone
    phone.ended = true;
  });

  it("sends the photos of records that were taken, over whatever network, and has the site's word on it in the answer", async () => {
    await phone.photo("a", "op1");
    await phone.photo("form");
    phone.sentOps.add("op1");
    phone.may = false;
    phone.forgets = true;
    expect(await phone.run()).toEqual(["small a", "a"]);
    expect(await pendingBlobs(phone.env, "hall", "wang")).toBe(0);
    expect(await phone.run()).toEqual(["small a", "a"]);
  });

  it("takes the site's word that it wants one of them no more", async () => {
    await phone.photo("a", "op1");
    await phone.photo("b", "op1");
    phone.sentOps.add("op1");
    phone.forgets = true;
    phone.answer = async ({ file }) => {
      if (file.at === 1_001) throw new Problem("device_revoked", 403, false);
    };
    expect(await phone.run()).toEqual(["small a", "small b", "b"]);
    expect(await pendingBlobs(phone.env, "hall", "wang")).toBe(0);
  });

  it("asks once more about what went just before the end, and about what was refused because of it", async () => {
    phone.ended = false;
    await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    phone.forgets = true;
    phone.answer = async ({ part }) => {
      if (part === "full") throw new Problem("device_revoked", 403, false);
    };
    await phone.run();
    expect(await pendingBlobs(phone.env, "hall", "wang")).toBe(1);
    phone.answer = async () => undefined;
    await phone.run();
    phone.ended = true;
    expect(await phone.run()).toEqual(["small a", "a", "a", "a"]);
    expect(await pendingBlobs(phone.env, "hall", "wang")).toBe(0);
  });
});

describe("the copy here", () => {
  it("stays while the site has it and no backup has, and goes when one has", async () => {
    const sha256 = await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    await phone.run();
    expect(await phone.blobs.bytes(sha256, "full")).toEqual(bytes("a"));
    phone.states.set(sha256, { ...phone.states.get(sha256)!, dur: true });
    await phone.run();
    expect(await phone.blobs.all()).toEqual([]);
    expect(await phone.blobs.bytes(sha256, "full")).toBeUndefined();
  });

  it("never goes without a backup, however long it has been stored", async () => {
    const sha256 = await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    await phone.run();
    await phone.run();
    phone.at += 400 * DAY_MS;
    await phone.run();
    expect(await phone.blobs.bytes(sha256, "full")).toEqual(bytes("a"));
    expect(await pendingBlobs(phone.env, "hall", "wang")).toBe(0);
  });

  it("is sent again to a site that was restored without it", async () => {
    await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    await phone.run();
    await phone.run();
    phone.states.clear();
    expect(await phone.run()).toEqual(["small a", "a", "a"]);
  });

  it("is one for the same bytes, and is forgotten when a form is, unless a record names it", async () => {
    const first = await phone.photo("a");
    expect(await phone.photo("a")).toBe(first);
    await phone.blobs.drop(first);
    expect(await phone.blobs.all()).toEqual([]);
    await phone.photo("a", "op1");
    await phone.blobs.drop(first);
    expect(await pendingBlobs(phone.env, "hall", "wang")).toBe(1);
  });

  it("of a form nobody finished goes after thirty days; one a record names never goes unsent", async () => {
    await phone.photo("form");
    await phone.photo("record", "op1");
    await phone.run();
    phone.contact_at += 31 * DAY_MS;
    await phone.run();
    expect((await phone.blobs.all()).map(({ ops }) => ops)).toEqual([["op1"]]);
  });

  it.each([3_652, -3_652, -40])("of a form that is still written stays while the clock jumps %i days, before it is kept or after", async (days) => {
    await phone.photo("before");
    await phone.run();
    phone.at += days * DAY_MS;
    await phone.photo("after");
    await phone.run();
    phone.at -= days * DAY_MS;
    phone.contact_at += 29 * DAY_MS;
    await phone.run();
    expect(await phone.blobs.all()).toHaveLength(2);
  });

  it("goes on at once after a failure, wherever the clock has jumped meanwhile", async () => {
    const now = phone.at;
    phone.at = 3_652 * DAY_MS;
    phone.sentOps.add("op1");
    await phone.photo("a", "op1");
    phone.answer = () => Promise.reject(new Offline("cut"));
    await phone.run();
    phone.at = now;
    phone.answer = async () => undefined;
    phone.fire();
    await quiet(phone);
    await phone.photo("b", "op1");

    phone.passed(10_000);
    phone.carry.nudge();

    expect(await quiet(phone)).toContain("b");
  });

  it("of a record that arrives while another is carried follows at once", async () => {
    phone.sentOps.add("op1");
    await phone.photo("a", "op1");
    await phone.photo("b", "op2");
    phone.answer = async ({ part }) => {
      if (part === "thumb") return;
      // The site's word on the one, and on the record of the other, is here before the answer to the upload.
      phone.sentOps.add("op2");
      phone.carry.nudge();
    };
    expect(await phone.run()).toEqual(["small a", "a", "small b", "b"]);
  });
});

it("follows a record that was sent so long ago that the screens know it no more", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  const photo = await (await sync.files()).keep({ bytes: bytes("a"), preview: null, mime: "image/jpeg", taken: 5 });
  for (let i = 0; i < KEEP_OPS_MIN + 1; i++) await sync.save("incident.report", report(`${i}`), i ? {} : { blobs: [photo] });
  await world.until(() => world.site.log.length === KEEP_OPS_MIN + 1 && sync.outbox.value.length === KEEP_OPS_MIN);
  await sync.close();
  const blobs = new BlobStore(browser.env(), blobsName(SITE, "lin"), PLAIN);
  await blobs.note(photo.sha256, { named: false }); // the tab had no time to look between

  await browser.openTab();

  await world.until(async () => (await blobs.all())[0]!.named);
  blobs.close();
});
