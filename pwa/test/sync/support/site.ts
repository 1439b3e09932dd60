/** A site in one object: takes pushes, answers pulls, holds sockets. Knows one institution (incidents) and hashes as the real one does. */
import { utf8 } from "../../../src/sync/bytes.ts";
import { deviceId, firstLink, helloBytes, nextLink, pushBytes } from "../../../src/sync/chain.ts";
import { bucketSetHash } from "../../../src/sync/hash.ts";
import type { Enrol, Head, Incident, OpBody, PairingAsk, Push, PushAnswer, Repair, Report, Result, Stop, Vital } from "../../../src/sync/types.gen.ts";
import { cursorAt, epochOf, Faces, posOf } from "./faces.ts";

export const SITE = "yunting";

/** The inverse of the engine's base64url. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
}

/** True when `sig` (base64url r‖s) is the raw public key's over `text`. */
export async function verify(point: Uint8Array<ArrayBuffer>, text: string, sig: string): Promise<boolean> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", point, algorithm, true, ["verify"]);
  return crypto.subtle.verify(algorithm, key, fromBase64url(sig), utf8(text));
}

interface Device {
  point: Uint8Array<ArrayBuffer>;
  uid: string;
  links: string[];
  results: Result[];
  /** Another device has taken this one's place. */
  closed: boolean;
  revoked: boolean;
  stolen: boolean;
  vital: Vital | null;
  troubles: string[];
  /** The highest number it ever said it had used. */
  told: number;
}

interface Session {
  /** To the device. */
  send(frame: object): void;
  /** From it. */
  take(text: string): Promise<void>;
  close(): void;
  dev: string;
  cur: string;
  bh: string;
  live: boolean;
}

type Decision = Pick<Result, "st"> & Partial<Result>;

export class FakeSite {
  epoch = "e1";
  /** Buckets everybody here is in, besides `dev:`. */
  buckets = ["hall"];
  signedIn = true;
  /** Hello is answered with a poke, as when the greeting was thrown away with the frames behind it. */
  pokes = false;
  /** Who signs in. */
  uid = "lin";
  /** What a fresh sign-in opens a vault with; empty: it was not fresh. */
  unlock = "the secret of";
  paired = false;
  /** Raw point (base64url) to which rescue files are encrypted. */
  rescueKey = "";
  private readonly cookies = new Map<string, string>();
  /** Milliseconds since 1970 as the server counts. */
  now: () => number = () => 1_800_000_000_000;
  /** Calls back after so many ms; returns how to cancel. */
  after: (ms: number, then: () => void) => () => void = () => () => undefined;
  /** Holds a long poll that has nothing to say; else answers at once, as some proxies make of it. */
  holds = true;
  private readonly polls = new Set<() => void>();
  /** What becomes of an op. */
  decide: (op: OpBody) => Decision = () => ({ st: "applied" });
  /** Overrides the answer to the next push. */
  nextStop: Stop | null = null;
  /** Numbers up to this one are in a verified backup. */
  dur = 0;
  readonly devices = new Map<string, Device>();
  /** What took effect, in order. */
  readonly log: OpBody[] = [];
  readonly quarantine: OpBody[] = [];
  readonly sessions = new Set<Session>();
  readonly faces = new Faces();
  private readonly results = new Map<string, Result>();

  // --- HTTP ---------------------------------------------------------------------------------------------------------

  async fetch(path: string, init: RequestInit): Promise<Response> {
    const url = new URL(path);
    const body = init.body ? (JSON.parse(String(init.body)) as unknown) : undefined;
    const [, , site, what, more] = url.pathname.split("/");
    if (url.pathname === "/config") return json({ software: "0", demo: true, sites: [] });
    if (site !== SITE) return problem("not_found", 404);
    if (what === "push") return this.push(body as Push);
    if (what === "pull") return this.signedIn ? this.pull(url.searchParams, init.signal ?? null) : problem("login_required", 401);
    if (what === "repair") return this.signedIn ? this.repair(body as Repair) : problem("login_required", 401);
    if (what === "snapshot") return this.signedIn ? this.snapshot(more!, url.searchParams) : problem("login_required", 401);
    if (what === "session" && init.method === "DELETE") return this.leave();
    if (what === "session" && init.method === "GET") return this.signedIn ? this.enter() : problem("login_required", 401);
    if (what === "session") return this.enter();
    if (what === "devices") return this.signedIn ? this.enrol(body as Enrol) : problem("login_required", 401);
    if (what === "displays") return this.display(more, body as PairingAsk);
    return problem("not_found", 404);
  }

  private enter(): Response {
    this.signedIn = true;
    return json({ uid: this.uid, name: "林示", roles: ["INS"], until: 0, nonce: "n1" });
  }

  private leave(): Response {
    this.signedIn = false;
    return new Response(null, { status: 204 });
  }

  private async enrol({ key, sig, after }: Enrol): Promise<Response> {
    const point = fromBase64url(key);
    const dev = deviceId(point);
    if (!(await verify(point, helloBytes(SITE, dev, "n1"), sig))) return problem("signature_bad", 401);
    this.know(dev, point);
    // A cookie names the device this browser was before.
    const cookie = this.cookies.get(this.uid) ?? dev;
    const was = after ?? (this.devices.get(cookie)?.closed ? dev : cookie);
    const old = was === dev ? undefined : this.devices.get(was);
    if (old && after) old.closed = true;
    this.cookies.set(this.uid, dev);
    const last = this.last(was).seq;
    const before = old ? { dev: was, last, told: Math.max(last, old.told) } : null;
    return json({ dev, epoch: this.epoch, last: this.last(dev), beacon: this.beacon(dev), now: this.now(), server_key: "", rescue_key: this.rescueKey, before, unlock: this.unlock && `${this.unlock} ${this.uid}` });
  }

  private async display(what: string | undefined, body: PairingAsk & { dev?: string; at?: number }): Promise<Response> {
    if (what === "session") {
      const device = this.devices.get(body.dev!);
      if (!device || !this.paired) return problem("device_unknown", 401);
      if (Math.abs(body.at! - this.now()) > 120_000) return problem("signature_bad", 401, { now: this.now() });
      if (!(await verify(device.point, helloBytes(SITE, body.dev!, String(body.at)), body.sig))) return problem("signature_bad", 401);
      return this.enter();
    }
    if (!what) this.know(deviceId(fromBase64url(body.key)), fromBase64url(body.key));
    return json({ code: "123456", until: this.now() + 600_000, paired: this.paired });
  }

  private know(dev: string, point: Uint8Array<ArrayBuffer>): void {
    if (!this.devices.has(dev)) this.devices.set(dev, { point, uid: "lin", links: [firstLink(SITE, dev)], results: [], ...FRESH, troubles: [] });
  }

  private async push(push: Push): Promise<Response> {
    const device = this.devices.get(push.dev);
    if (!device) return problem("device_unknown", 401);
    device.vital = push.vital ?? null;
    if (push.vital?.trouble) device.troubles.push(push.vital.trouble);
    const bodies = push.ops.map((text) => JSON.parse(text) as OpBody);
    const head = this.last(push.dev);
    let link = bodies[0]?.prev ?? head.hash;
    for (const text of push.ops) link = nextLink(link, text);
    const elsewhere = push.epoch && push.epoch !== this.epoch;
    const signed = await verify(device.point, pushBytes(SITE, push.dev, bodies.at(-1)?.seq ?? head.seq, link), push.sig);
    if (!signed) return elsewhere && !bodies.length ? problem("epoch_changed", 409) : problem("signature_bad", 401);
    if (device.revoked && device.stolen) return problem("device_revoked", 403);
    if (elsewhere) return json(this.answer(push.dev, [], { code: "epoch" }));
    if (this.nextStop) {
      const stop = this.nextStop;
      this.nextStop = null;
      return json(this.answer(push.dev, [], stop));
    }
    const results: Result[] = [];
    for (const [i, text] of push.ops.entries()) {
      const op = bodies[i]!;
      const last = device.links.length - 1;
      if (op.seq > last + 1) return json(this.answer(push.dev, results, { code: "gap", want: last + 1 }));
      if (op.prev !== device.links[op.seq - 1]) return json(this.answer(push.dev, results, { code: "fork" }));
      if (op.seq <= last && device.links[op.seq] !== nextLink(op.prev, text)) return json(this.answer(push.dev, results, { code: "fork" }));
      if (op.seq > last) this.take(device, op, text);
      results.push(device.results[op.seq - 1]!);
    }
    const answer = json(this.answer(push.dev, results, device.revoked ? { code: "wipe" } : undefined));
    this.fanOut();
    return answer;
  }

  private take(device: Device, op: OpBody, text: string): void {
    const first = this.results.get(op.id);
    const said = first ? repeated(first) : device.revoked ? { st: "held" as const, code: "REVOKED" } : this.decide(op);
    const result: Result = { seq: op.seq, id: op.id, k: op.k, rid: op.rid, at: this.now(), grade: "A", ...said };
    device.links.push(nextLink(op.prev, text));
    device.results.push(result);
    const { id, ...row } = result;
    this.put("op.result", id, row, [`dev:${op.dev}`]);
    if (first) return;
    this.results.set(op.id, result);
    (device.revoked ? this.quarantine : this.log).push(op);
    if (result.st !== "applied" || op.k !== "incident.report") return;
    this.put("incident", op.rid, incidentOf(op.a as Report, this.now()), ["hall"]);
  }

  private answer(dev: string, results: Result[], stop?: Stop): PushAnswer {
    const answer = { epoch: this.epoch, last: this.last(dev), dur: this.dur, results, beacon: this.beacon(dev), now: this.now() };
    return stop ? { ...answer, stop } : answer;
  }

  last(dev: string): Head {
    const links = this.devices.get(dev)?.links ?? [firstLink(SITE, dev)];
    return { seq: links.length - 1, hash: links.at(-1)! };
  }

  /** The site comes back from a backup in which this device's chain ends at `seq`: another incarnation. */
  restore(dev: string, seq: number, epoch: string): void {
    const device = this.devices.get(dev)!;
    for (const { id } of device.results.splice(seq)) {
      this.results.delete(id);
      this.log.splice(this.log.findIndex((op) => op.id === id), 1);
    }
    device.links.length = seq + 1;
    this.epoch = epoch;
    for (const session of this.sessions) session.close();
  }

  private beacon(dev: string): { id: string; t: number; n: string; s: string } {
    return { id: `b${this.now()}`, t: this.now(), n: this.last(dev).hash, s: "" };
  }

  // --- rows -----------------------------------------------------------------------------------------------------------

  /** Makes `body` what `buckets` see; null takes the row out of them. */
  put(k: string, rid: string, body: object | null, buckets: string[] = ["hall"]): void {
    this.faces.put(k, rid, body, buckets);
    for (const wake of this.polls) wake();
  }

  /** Tells every live socket what changed, as a frame; a socket that is behind, or whose buckets are others now, gets a poke. */
  fanOut(): void {
    for (const session of this.sessions) {
      if (!session.dev) continue;
      const mine = this.bucketsOf(session.dev);
      const rows = this.faces.changed(mine, posOf(session.cur));
      if (session.bh !== this.bh(session.dev) || (rows.length && !session.live)) session.send({ t: "p" });
      else if (rows.length) {
        const to = cursorAt(this.faces.last(mine), this.epoch);
        session.send({ t: "c", prev: session.cur, to, bh: session.bh, rows, ack: this.last(session.dev), dur: this.dur });
        session.cur = to;
      }
    }
  }

  /** Everything a device may see, by kind and rid: what its replica must equal. */
  visible(dev: string): Map<string, string> {
    return this.faces.visible(this.bucketsOf(dev));
  }

  bucketsOf(dev: string): string[] {
    return [...this.buckets, `dev:${dev}`];
  }

  private bh(dev: string): string {
    return bucketSetHash(this.bucketsOf(dev));
  }

  private async pull(query: URLSearchParams, signal: AbortSignal | null): Promise<Response> {
    const dev = query.get("dev")!;
    if (this.devices.get(dev)?.revoked) return problem("device_revoked", 403);
    const [cur, epoch, bh] = [query.get("cur")!, query.get("epoch")!, query.get("bh")!];
    const have = query.get("have")?.split(",").filter(Boolean) ?? null;
    const look = () => this.faces.answer(this.bucketsOf(dev), this.epoch, { cur, epoch, bh, have });
    const found = look();
    const idle = !found.rows.length && !found.more && !found.head.reset;
    const { head, rows, to, more, sums } = idle && this.holds && (await this.held(Number(query.get("wait")), signal)) ? look() : found;
    return this.lines(dev, [head, ...rows], { to, more, sums });
  }

  /** Whether there may be something new: once rows change, at the end of these seconds, or when nobody waits any more. */
  private async held(seconds: number, signal: AbortSignal | null): Promise<boolean> {
    if (!seconds) return false;
    let cancel = (): void => undefined;
    let wake = (): void => undefined;
    await new Promise<void>((resolve) => {
      wake = resolve;
      cancel = this.after(seconds * 1_000, resolve);
      signal?.addEventListener("abort", () => resolve());
      this.polls.add(wake);
    });
    cancel();
    this.polls.delete(wake);
    return true;
  }

  private repair(asked: Repair): Response {
    const mine = this.bucketsOf(asked.dev);
    if (asked.epoch !== this.epoch || !mine.includes(asked.bucket)) return problem("forbidden", 403);
    const { leaf, rows } = this.faces.repair(mine, asked);
    const head = { t: "h", epoch: this.epoch, buckets: mine, bh: asked.bh, reset: false };
    return this.lines(asked.dev, [head, leaf, ...rows], { to: asked.cur, more: true });
  }

  private snapshot(id: string, query: URLSearchParams): Response {
    const lines = this.faces.snapshot(decodeURIComponent(id), Number(query.get("after")));
    return lines ? ndjson(lines) : problem("not_found", 404);
  }

  private lines(dev: string, lines: object[], end: object): Response {
    return ndjson([...lines, { t: "e", ...end, ack: this.last(dev), dur: this.dur, beacon: this.beacon(dev), now: this.now() }]);
  }

  // --- sockets --------------------------------------------------------------------------------------------------------

  /** A socket was opened; `send` reaches the device. Returns what takes the device's frames. */
  connect(send: (frame: object) => void, close: () => void): Session {
    const session: Session = { send, close, dev: "", cur: "", bh: "", live: false, take: (text) => this.frame(session, text) };
    this.sessions.add(session);
    send({ t: "hi", proto: [1, 1], epoch: this.epoch, now: this.now(), nonce: "live", hb: 25 });
    return session;
  }

  private async frame(session: Session, text: string): Promise<void> {
    const frame = JSON.parse(text) as { t: string; dev: string; cur: string; sig: string; bh: string };
    if (frame.t === "ping") session.send({ t: "pong" });
    if (frame.t === "at") {
      session.cur = frame.cur;
      session.bh = this.bh(session.dev);
      session.live = true;
      this.fanOut();
    }
    if (frame.t !== "hello") return;
    const device = this.devices.get(frame.dev);
    if (!this.signedIn || !device || device.revoked || !(await verify(device.point, helloBytes(SITE, frame.dev, "live"), frame.sig))) return session.close();
    session.dev = frame.dev;
    session.cur = frame.cur;
    session.bh = frame.bh;
    const current = frame.cur && epochOf(frame.cur) === this.epoch && !this.faces.changed(this.bucketsOf(frame.dev), posOf(frame.cur)).length;
    session.live = !this.pokes && Boolean(current) && frame.bh === this.bh(frame.dev);
    if (this.pokes) session.send({ t: "p" });
    else session.send({ t: "ok", mode: session.live ? "live" : "pull", bh: this.bh(frame.dev), beacon: this.beacon(frame.dev) });
  }
}

/** The site's row of a reported incident. */
export function incidentOf(a: Report, now: number): Incident {
  const { kind, place, found_at, level } = a;
  const seen = { received_at: now, reporter: "lin", responder: "", people: a.people ?? 0, text: a.text ?? "" };
  return { kind, place, found_at, level, ...seen, done: [], escalated: "", state: "reported" };
}

const FRESH = { closed: false, revoked: false, stolen: false, vital: null, told: 0 };

function repeated(first: Result): Decision {
  return { st: "dup", first: first.st, ...(first.code ? { code: first.code } : {}) };
}

export function ndjson(lines: object[]): Response {
  return text(lines.map((line) => `${JSON.stringify(line)}\n`).join(""), 200, "application/x-ndjson");
}

function json(value: unknown): Response {
  return text(JSON.stringify(value), 200, "application/json");
}

export function problem(type: string, status: number, params: Record<string, number> = {}): Response {
  return text(JSON.stringify({ type, status, title: type, retry: type === "epoch_changed", params }), status, "application/problem+json");
}

function text(body: string, status: number, type: string): Response {
  return new Response(body, { status, headers: { "Content-Type": type } });
}
