/** The lane of photos and sounds: after their records, previews first, one at a time; kept until the site has them for good (A13). */
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { Carry, type Job } from "../../src/sync/carry.ts";
import type { Env } from "../../src/sync/env.ts";
import { Offline, Problem } from "../../src/sync/problem.ts";
import { pendingBlobs, Shelf, shelfName } from "../../src/sync/shelf.ts";
import { PLAIN } from "../../src/sync/store.ts";
import type { BlobState } from "../../src/sync/types.gen.ts";

const DAY_MS = 86_400_000;
const bytes = (text: string) => new TextEncoder().encode(text);

/** A phone with a shelf, a lane, and a site that says what the test lets it say. */
class Phone {
  at = 1_000;
  looks = true;
  may = true;
  whole = true;
  sentOps = new Set<string>();
  states = new Map<string, BlobState>();
  sent: string[] = [];
  answer: (job: Job) => Promise<void> = async () => undefined;
  private listeners: (() => void)[] = [];
  private timers: (() => void)[] = [];
  readonly env = {
    idb: new IDBFactory(),
    wall: () => this.at,
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
  readonly shelf = new Shelf(this.env, shelfName("hall", "wang"), PLAIN);
  readonly carry = new Carry({
    env: this.env,
    shelf: this.shelf,
    isSent: (op) => this.sentOps.has(op),
    stateOf: (sha256) => this.states.get(sha256),
    knows: () => this.whole,
    mayCarry: () => this.may,
    send: async (job) => {
      this.sent.push(`${new TextDecoder().decode(job.bytes)}`);
      await this.answer(job);
      if (job.part === "full") this.states.set(job.file.sha256, { sha256: job.file.sha256, size: job.file.size, state: "stored" });
    },
    changed: () => undefined,
  });

  async photo(name: string, op?: string): Promise<string> {
    this.at += 1;
    const { sha256 } = await this.shelf.keep({ bytes: bytes(name), preview: bytes(`small ${name}`), mime: "image/jpeg", taken: 5 });
    if (op) await this.shelf.bind([sha256], op);
    return sha256;
  }

  /** Lets the lane do all it can now. */
  async run(): Promise<string[]> {
    this.carry.kick();
    for (let quiet = 0, before = -1; quiet < 5; quiet = this.sent.length === before ? quiet + 1 : 0) {
      before = this.sent.length;
      await new Promise((done) => setTimeout(done, 10));
    }
    return this.sent;
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
    phone.answer = ({ part, signal }) =>
      part === "thumb" ? Promise.resolve() : new Promise((_, fail) => signal.addEventListener("abort", () => fail(new Offline("hidden"))));
    await phone.run();
    phone.look(false);
    expect(await phone.run()).toEqual(["small a", "a"]);
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
    expect((await phone.shelf.all())[0]).toMatchObject({ refused: id });
    expect(await phone.shelf.bytes(sha256, "full")).toEqual(bytes("a"));
  });

  it("a copy that is not what its record names any more is given up, not sent for ever", async () => {
    const sha256 = await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    phone.answer = async ({ part }) => {
      if (part === "full") throw new Problem("blob_hash", 422, true);
    };
    await phone.run();
    expect((await phone.shelf.all())[0]!.refused).toBeNull();
    const right = phone.shelf.bytes.bind(phone.shelf);
    phone.shelf.bytes = async (hash, part) => (part === "full" ? bytes("damaged") : right(hash, part));
    phone.fire();
    await phone.run();
    expect((await phone.shelf.all())[0]).toMatchObject({ sha256, refused: "blob_damaged" });
  });
});

describe("the copy here", () => {
  it("stays while the site has it and no backup has, and goes when one has", async () => {
    const sha256 = await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    await phone.run();
    expect(await phone.shelf.bytes(sha256, "full")).toEqual(bytes("a"));
    phone.states.set(sha256, { ...phone.states.get(sha256)!, dur: true });
    await phone.run();
    expect(await phone.shelf.all()).toEqual([]);
    expect(await phone.shelf.bytes(sha256, "full")).toBeUndefined();
  });

  it("never goes without a backup, however long it has been stored", async () => {
    const sha256 = await phone.photo("a", "op1");
    phone.sentOps.add("op1");
    await phone.run();
    await phone.run();
    phone.at += 400 * DAY_MS;
    await phone.run();
    expect(await phone.shelf.bytes(sha256, "full")).toEqual(bytes("a"));
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
    await phone.shelf.drop(first);
    expect(await phone.shelf.all()).toEqual([]);
    await phone.photo("a", "op1");
    await phone.shelf.drop(first);
    expect(await pendingBlobs(phone.env, "hall", "wang")).toBe(1);
  });

  it("of a form nobody finished goes after thirty days; one a record names never goes unsent", async () => {
    await phone.photo("form");
    await phone.photo("record", "op1");
    phone.at += 31 * DAY_MS;
    await phone.run();
    expect((await phone.shelf.all()).map(({ ops }) => ops)).toEqual([["op1"]]);
  });
});
