/** A site in one object: takes pushes, answers pulls, holds sockets. Knows one institution (incidents) and hashes as the real one does. */
import { blake2b } from "@noble/hashes/blake2.js";
import { toHex, utf8 } from "../../../src/sync/bytes.ts";
import { deviceId, firstLink, helloBytes, nextLink, pushBytes } from "../../../src/sync/chain.ts";
import type { Head, Incident, OpBody, PairingAsk, Push, PushAnswer, Report, Result, Row, Stop } from "../../../src/sync/types.gen.ts";

export const SITE = "yunting";

/** First 64 bits of BLAKE2b over the row, as `sync/rows.py`. */
export function rowHash(kind: string, rid: string, ver: number, body: string): string {
  return toHex(blake2b(utf8(`${kind}\n${rid}\n${ver}\n${body}`), { dkLen: 8 }));
}

/** The name of a set of buckets, as `sync/rows.py`. */
export function bucketSetHash(buckets: Iterable<string>): string {
  return toHex(blake2b(utf8([...buckets].sort().join("\n")), { dkLen: 8 }));
}

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
}

interface Kept {
  row: Row;
  pos: number;
}

interface Session {
  /** To the device. */
  send(frame: object): void;
  /** From it. */
  take(text: string): Promise<void>;
  close(): void;
  dev: string;
  cur: string;
  live: boolean;
}

type Decision = Pick<Result, "st"> & Partial<Result>;

export class FakeSite {
  epoch = "e1";
  /** Buckets everybody here is in, besides `dev:`. */
  buckets = ["hall"];
  /** Rows on one page. */
  page = 1000;
  signedIn = true;
  paired = false;
  /** Milliseconds since 1970 as the server counts. */
  now: () => number = () => 1_800_000_000_000;
  /** What becomes of an op. */
  decide: (op: OpBody) => Decision = () => ({ st: "applied" });
  /** Overrides the answer to the next push. */
  nextStop: Stop | null = null;
  readonly devices = new Map<string, Device>();
  readonly log: OpBody[] = [];
  readonly sessions = new Set<Session>();
  private readonly rows = new Map<string, Kept>();
  private pos = 0;

  // --- HTTP ---------------------------------------------------------------------------------------------------------

  async fetch(path: string, init: RequestInit): Promise<Response> {
    const url = new URL(path);
    const body = init.body ? (JSON.parse(String(init.body)) as unknown) : undefined;
    const [, , site, what, more] = url.pathname.split("/");
    if (url.pathname === "/config") return json({ software: "0", demo: true, sites: [] });
    if (site !== SITE) return problem("not_found", 404);
    if (what === "push") return this.push(body as Push);
    if (what === "pull") return this.signedIn ? this.pull(url.searchParams) : problem("login_required", 401);
    if (what === "session" && init.method === "DELETE") return this.leave();
    if (what === "session") return this.enter();
    if (what === "devices") return this.enrol(body as PairingAsk);
    if (what === "displays") return this.display(more, body as PairingAsk);
    return problem("not_found", 404);
  }

  private enter(): Response {
    this.signedIn = true;
    return json({ uid: "lin", name: "林示", roles: ["INS"], until: 0, nonce: "n1" });
  }

  private leave(): Response {
    this.signedIn = false;
    return new Response(null, { status: 204 });
  }

  private async enrol({ key, sig }: PairingAsk): Promise<Response> {
    const point = fromBase64url(key);
    const dev = deviceId(point);
    if (!(await verify(point, helloBytes(SITE, dev, "n1"), sig))) return problem("signature_bad", 401);
    this.know(dev, point);
    return json({ dev, epoch: this.epoch, last: this.last(dev), beacon: this.beacon(dev), now: this.now(), server_key: "" });
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
    if (!this.devices.has(dev)) this.devices.set(dev, { point, uid: "lin", links: [firstLink(SITE, dev)], results: [] });
  }

  private async push(push: Push): Promise<Response> {
    const device = this.devices.get(push.dev);
    if (!device) return problem("device_unknown", 401);
    const bodies = push.ops.map((text) => JSON.parse(text) as OpBody);
    let link = bodies[0]!.prev;
    for (const text of push.ops) link = nextLink(link, text);
    if (!(await verify(device.point, pushBytes(SITE, push.dev, bodies.at(-1)!.seq, link), push.sig))) return problem("signature_bad", 401);
    if (push.epoch && push.epoch !== this.epoch) return json(this.answer(push.dev, [], { code: "epoch" }));
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
    const answer = json(this.answer(push.dev, results));
    this.fanOut();
    return answer;
  }

  private take(device: Device, op: OpBody, text: string): void {
    const result: Result = { seq: op.seq, id: op.id, k: op.k, rid: op.rid, at: this.now(), grade: "A", ...this.decide(op) };
    device.links.push(nextLink(op.prev, text));
    device.results.push(result);
    this.log.push(op);
    const { id, ...row } = result;
    this.put("op.result", id, row, [`dev:${op.dev}`]);
    if (result.st !== "applied" || op.k !== "incident.report") return;
    this.put("incident", op.rid, incidentOf(op.a as Report, this.now()), ["hall"]);
  }

  private answer(dev: string, results: Result[], stop?: Stop): PushAnswer {
    const answer = { epoch: this.epoch, last: this.last(dev), dur: 0, results, beacon: this.beacon(dev), now: this.now() };
    return stop ? { ...answer, stop } : answer;
  }

  last(dev: string): Head {
    const links = this.devices.get(dev)?.links ?? [firstLink(SITE, dev)];
    return { seq: links.length - 1, hash: links.at(-1)! };
  }

  private beacon(dev: string): { id: string; t: number; n: string; s: string } {
    return { id: `b${this.now()}`, t: this.now(), n: this.last(dev).hash, s: "" };
  }

  // --- rows -----------------------------------------------------------------------------------------------------------

  /** Makes `body` what `buckets` see; null takes the row out of them. */
  put(k: string, rid: string, body: object | null, buckets: string[] = ["hall"]): void {
    const before = this.rows.get(`${k}\n${rid}`);
    const v = (before?.row.v ?? 0) + 1;
    const d = body && JSON.stringify(body);
    this.rows.set(`${k}\n${rid}`, { row: { t: "r", b: buckets, k, rid, v, h: rowHash(k, rid, v, d ?? ""), d }, pos: ++this.pos });
  }

  /** Tells every live socket what changed, as a frame; a socket that is behind gets a poke. */
  fanOut(): void {
    for (const session of this.sessions) {
      if (!session.dev) continue;
      const [to, rows] = [this.token(session.dev), this.after(session.dev, session.cur)];
      if (to === session.cur) continue;
      if (session.live) {
        session.send({ t: "c", prev: session.cur, to, bh: this.bh(session.dev), rows, ack: this.last(session.dev), dur: 0 });
        session.cur = to;
      } else session.send({ t: "p" });
    }
  }

  /** Everything a device may see, by kind and rid: what its replica must equal. */
  visible(dev: string): Map<string, string> {
    return new Map(this.after(dev, "").flatMap(({ k, rid, d }) => (d === null ? [] : [[`${k}/${rid}`, d]])));
  }

  private bucketsOf(dev: string): string[] {
    return [...this.buckets, `dev:${dev}`];
  }

  private bh(dev: string): string {
    return bucketSetHash(this.bucketsOf(dev));
  }

  private seen(dev: string): Kept[] {
    const mine = new Set(this.bucketsOf(dev));
    return [...this.rows.values()].filter(({ row }) => row.b.some((bucket) => mine.has(bucket))).sort((a, b) => a.pos - b.pos);
  }

  private after(dev: string, cur: string): Row[] {
    const from = Number(cur.split("@")[0] || 0);
    return this.seen(dev).filter(({ pos }) => pos > from).map(({ row }) => row);
  }

  private token(dev: string): string {
    return `${this.seen(dev).at(-1)?.pos ?? 0}@${this.epoch}`;
  }

  private pull(query: URLSearchParams): Response {
    const dev = query.get("dev")!;
    const reset = query.get("epoch") !== this.epoch || (query.get("cur") !== "" && query.get("bh") !== this.bh(dev));
    const cur = reset ? "" : query.get("cur")!;
    const rows = this.after(dev, cur).slice(0, this.page);
    const lastRow = rows.at(-1);
    const to = lastRow ? `${this.rows.get(`${lastRow.k}\n${lastRow.rid}`)!.pos}@${this.epoch}` : cur || `0@${this.epoch}`;
    const head = { t: "h", epoch: this.epoch, buckets: this.bucketsOf(dev), bh: this.bh(dev), reset };
    const end = { t: "e", to, more: to !== this.token(dev), ack: this.last(dev), dur: 0, beacon: this.beacon(dev), now: this.now() };
    return text([head, ...rows, end].map((line) => JSON.stringify(line) + "\n").join(""), 200, "application/x-ndjson");
  }

  // --- sockets --------------------------------------------------------------------------------------------------------

  /** A socket was opened; `send` reaches the device. Returns what takes the device's frames. */
  connect(send: (frame: object) => void, close: () => void): Session {
    const session: Session = { send, close, dev: "", cur: "", live: false, take: (text) => this.frame(session, text) };
    this.sessions.add(session);
    send({ t: "hi", proto: [1, 1], epoch: this.epoch, now: this.now(), nonce: "live", hb: 25 });
    return session;
  }

  private async frame(session: Session, text: string): Promise<void> {
    const frame = JSON.parse(text) as { t: string; dev: string; cur: string; sig: string; bh: string };
    if (frame.t === "ping") session.send({ t: "pong" });
    if (frame.t === "at") {
      session.cur = frame.cur;
      session.live = true;
      this.fanOut();
    }
    if (frame.t !== "hello") return;
    const device = this.devices.get(frame.dev);
    if (!this.signedIn || !device || !(await verify(device.point, helloBytes(SITE, frame.dev, "live"), frame.sig))) return session.close();
    session.dev = frame.dev;
    session.cur = frame.cur;
    session.live = frame.cur === this.token(frame.dev) && frame.bh === this.bh(frame.dev);
    session.send({ t: "ok", mode: session.live ? "live" : "pull", bh: this.bh(frame.dev), beacon: this.beacon(frame.dev) });
  }
}

/** The site's row of a reported incident. */
export function incidentOf(a: Report, now: number): Incident {
  const { kind, place, found_at, level } = a;
  const seen = { received_at: now, reporter: "lin", responder: "", people: a.people ?? 0, text: a.text ?? "" };
  return { kind, place, found_at, level, ...seen, done: [], escalated: "", state: "reported" };
}

function json(value: unknown): Response {
  return text(JSON.stringify(value), 200, "application/json");
}

export function problem(type: string, status: number, params: Record<string, number> = {}): Response {
  return text(JSON.stringify({ type, status, title: type, retry: false, params }), status, "application/problem+json");
}

function text(body: string, status: number, type: string): Response {
  return new Response(body, { status, headers: { "Content-Type": type } });
}
