/** Browsers, tabs, time and a network that can be cut, faked and slowed, all in one process. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { expect, onTestFinished } from "vitest";
import { openSync, type Account } from "../../../src/sync/account.ts";
import type { Effects, Sync } from "../../../src/sync/api.ts";
import type { Channel, Env, Room, Socket } from "../../../src/sync/env.ts";
import { signIn } from "../../../src/sync/signin.ts";
import { databaseName, Store } from "../../../src/sync/store.ts";
import type { OpArgs } from "../../../src/sync/types.gen.ts";
// Parts a page loads when it needs them are there from the start: virtual time does not wait for a disk.
import "../../../src/sync/audit.ts";
import "../../../src/sync/lead.ts";
import "../../../src/sync/second.ts";
import "../../../src/sync/recover.ts";
import "../../../src/sync/reenrol.ts";
import "../../../src/sync/repair.ts";
import "../../../src/sync/rescue.ts";
import "../../../src/sync/scope.ts";
import "../../../src/sync/snapshot.ts";
import { FakeDisk } from "./files.ts";
import { FakeLocks } from "./locks.ts";
import { FakeSite, incidentOf, SITE } from "./site.ts";

/** One virtual clock for everybody; a phone's wall clock may be wrong. */
export class Time {
  now = 1_800_000_000_000;
  private timers: { at: number; then: () => void }[] = [];

  after(ms: number, then: () => void): () => void {
    const timer = { at: this.now + ms, then };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Lets `ms` pass, running what falls due, in order, each to its end. */
  async pass(ms: number, ended = rest): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.now = Math.max(this.now, next.at);
      this.timers = this.timers.filter((timer) => timer !== next);
      next.then();
      await ended();
    }
    this.now = end;
    await ended();
  }

  /** How many timers are set. */
  get due(): number {
    return this.timers.length;
  }
}

/** Lets everything that is ready run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Sealing, signing and hashing go on beside the event loop, on a busy machine for long: how much of it has begun and not ended. */
let sealing = 0;
const whenSealed: (() => void)[] = [];
const subtle = crypto.subtle as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;

function sealed(): void {
  sealing -= 1;
  for (const then of whenSealed.splice(0)) then();
}

for (const name of ["decrypt", "deriveBits", "deriveKey", "digest", "encrypt", "exportKey", "generateKey", "importKey", "sign", "unwrapKey", "verify", "wrapKey"]) {
  const own = subtle[name]?.bind(crypto.subtle);
  if (!own) throw new Error(`no ${name} here`);
  subtle[name] = (...given) => {
    sealing += 1;
    return own(...given).finally(sealed);
  };
}

/** Whether something has begun that has not come to its end, such as a step of a database (an immediate). */
const isAtWork = (): boolean => sealing > 0 || process.getActiveResourcesInfo().includes("Immediate");

/** Lets what has begun go on. */
async function goOn(): Promise<void> {
  if (sealing > 0) await new Promise<void>((then) => whenSealed.push(then));
  await turn();
}

/** Lets everything that has begun come to its end: no virtual time passes meanwhile. */
async function rest(): Promise<void> {
  do await goOn();
  while (isAtWork());
}

/** How requests of a browser fare. */
export type Network = "up" | "down" | "portal" | "answers lost" | "no sockets" | "sockets alone";
const CARRIES_SOCKETS: readonly Network[] = ["up", "sockets alone"];

export class World {
  readonly time = new Time();
  readonly site = new FakeSite();
  readonly open: Sync[] = [];
  readonly browsers: Browser[] = [];

  constructor() {
    this.site.now = () => this.time.now;
    this.site.after = (ms, then) => this.time.after(ms, then);
  }

  /** Closes what is open, thaws what is frozen, and sees that nothing goes on. */
  async end(): Promise<void> {
    for (const sync of this.open) await sync.close();
    for (const { tabs } of this.browsers) for (const tab of tabs) tab.frozen = false;
    await rest();
    expect({ timers: this.time.due, held: this.browsers.flatMap(({ held }) => held) }, "left behind").toEqual({ timers: 0, held: [] });
  }

  /** Waits until `condition` holds, a little virtual time passing whenever nothing is at work. */
  async until(condition: () => boolean | Promise<boolean>, what = condition.toString()): Promise<void> {
    for (let passed = 0; passed < 20_000; ) {
      const holds = condition();
      if (await holds) return;
      if (holds === false && isAtWork()) {
        await goOn();
        continue;
      }
      await rest(); // looking may have been work itself
      await this.time.pass(2, turn);
      passed += 1;
    }
    throw new Error(`never came true: ${what}`);
  }

  /** Waits until a browser is connected and has asked for what it wants. */
  async settled(browser: Browser): Promise<void> {
    await this.until(() => [...this.site.sessions].some(({ live }) => live));
    await this.quiet(browser);
  }

  /** Waits until a browser has asked for nothing for a good while. */
  async quiet(browser: Browser): Promise<void> {
    for (let still = 0, asked = -1; still < 50; still++) {
      if (asked !== browser.asked.length) still = 0;
      asked = browser.asked.length;
      await this.time.pass(2);
    }
  }
}

/** A new world for this test; it ends with it. A hook of this file would be heard in the first test file that reads it, and in no other. */
export function newWorld(): World {
  const world = new World();
  onTestFinished(() => world.end());
  return world;
}

/** One browser profile: a disk, tabs that hear one another, a way to the site. */
export class Browser {
  idb: IDBFactory = new IDBFactory();
  files: FakeDisk | null = new FakeDisk();
  readonly notes = new Map<string, string>();
  network: Network = "up";
  /** What the browser says of its own network. */
  plugged = true;
  readonly asked: string[] = [];
  /** Holds back answers until released. */
  hold: Promise<void> | null = null;
  readonly locks = new FakeLocks();
  readonly tabs: TabEnv[] = [];
  private readonly channels = new Set<FakeChannel>();

  constructor(readonly world: World) {
    world.browsers.push(this);
  }

  /** Locks and channels that tabs hold, or wait for. */
  get held(): string[] {
    return [...this.locks.names, ...[...this.channels].map(({ name }) => name)];
  }

  /** The environment of one new page load. */
  env(): TabEnv {
    const tab = new TabEnv(this);
    this.tabs.push(tab);
    return tab;
  }

  channel(tab: TabEnv, name: string): Channel {
    const channel = new FakeChannel(tab, name, this.channels);
    this.channels.add(channel);
    return channel;
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    this.asked.push(`${init.method} ${new URL(url).pathname}`);
    await turn();
    if (init.signal?.aborted) throw new DOMException("", "AbortError");
    if (this.network === "down" || this.network === "sockets alone") throw new TypeError("Failed to fetch");
    if (this.network === "portal") return new Response("<html>请登录</html>", { headers: { "Content-Type": "text/html" } });
    const answer = await this.world.site.fetch(url, init);
    if (init.signal?.aborted) throw new DOMException("", "AbortError");
    await this.hold;
    if (this.network === "answers lost") throw new TypeError("Failed to fetch");
    return answer;
  }

  /** Signs 林 in and opens an engine. */
  async signIn(): Promise<Sync> {
    const env = this.env();
    const account = await signIn(SITE, { persona: "lin" }, env);
    return this.openTab(env, account);
  }

  /** Another tab (or the same app after a restart) of whoever signed in. */
  async openTab(env: TabEnv = this.env(), account: Pick<Account, "uid"> = { uid: "lin" }, effects: Effects = EFFECTS): Promise<Sync> {
    const sync = await openSync(SITE, account.uid, effects, env);
    this.world.open.push(sync);
    return sync;
  }

  /** The store beside the engine, to look at. */
  store(): Store {
    return new Store(this.env(), databaseName(SITE, "lin"));
  }
}

export class TabEnv implements Env {
  readonly origin = "https://hall.test";
  readonly load = crypto.randomUUID();
  seen = true;
  skew_ms = 0;
  readonly world: World;
  private readonly listeners = new Set<() => void>();
  private readonly began: number;
  private ice = false;
  private readonly asleep: (() => void)[] = [];

  constructor(private readonly browser: Browser) {
    this.world = browser.world;
    this.began = browser.world.time.now;
  }

  get idb(): IDBFactory {
    return this.browser.idb;
  }

  /** A frozen tab may be given a lock, or lose one: it does not notice, and keeps what it has. */
  get locks(): Env["locks"] {
    const awake = () => new Promise<void>((resolve) => this.awake(resolve));
    const request = (name: string, options: LockOptions, run: () => unknown) =>
      this.browser.locks.request(name, options, async () => (await awake(), run())).finally(awake);
    return { request } as Env["locks"];
  }

  /** A frozen tab runs nothing; what became due meanwhile it does when it has thawed. */
  get frozen(): boolean {
    return this.ice;
  }

  set frozen(ice: boolean) {
    this.ice = ice;
    if (!ice) for (const then of this.asleep.splice(0)) then();
  }

  awake(then: () => void): void {
    if (this.ice) this.asleep.push(then);
    else then();
  }

  fetch = (url: string, init: RequestInit): Promise<Response> => this.browser.fetch(url, init);

  socket(): Socket {
    return new FakeSocket(this.browser, this.browser.world.site);
  }

  channel(name: string): Channel {
    return this.browser.channel(this, name);
  }

  wall(): number {
    return this.browser.world.time.now + this.skew_ms;
  }

  mono(): number {
    return this.browser.world.time.now - this.began;
  }

  random(): number {
    return 0.5;
  }

  after(ms: number, then: () => void): () => void {
    let wanted = true;
    const cancel = this.browser.world.time.after(ms, () => this.awake(() => wanted && then()));
    return () => {
      wanted = false;
      cancel();
    };
  }

  visible(): boolean {
    return this.seen;
  }

  online(): boolean {
    return this.browser.plugged;
  }

  timezone(): string {
    return "Asia/Shanghai";
  }

  onChange(then: () => void): () => void {
    this.listeners.add(then);
    return () => this.listeners.delete(then);
  }

  async disk(): Promise<FakeDisk | null> {
    return this.browser.files;
  }

  note(name: string, text?: string): string | null {
    const { notes } = this.browser;
    if (text) notes.set(name, text);
    else if (text === "") notes.delete(name);
    return notes.get(name) ?? null;
  }

  async room(): Promise<Room> {
    return { free: 512, kept: true };
  }

  persist(): void {
    // Nothing to keep: the disk lives as long as the test.
  }

  /** The page comes to the front or goes away. */
  show(seen: boolean): void {
    this.seen = seen;
    for (const listener of this.listeners) listener();
  }
}

class FakeChannel implements Channel {
  onmessage: ((event: MessageEvent) => void) | null = null;

  constructor(
    private readonly tab: TabEnv,
    readonly name: string,
    private readonly all: Set<FakeChannel>,
  ) {}

  postMessage(message: unknown): void {
    const copy = structuredClone(message);
    for (const other of this.all) {
      if (other === this || other.name !== this.name) continue;
      setImmediate(() => other.tab.awake(() => other.onmessage?.({ data: copy } as MessageEvent)));
    }
  }

  close(): void {
    this.all.delete(this);
  }
}

class FakeSocket implements Socket {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  private session: ReturnType<FakeSite["connect"]> | null = null;

  constructor(
    private readonly browser: Browser,
    private readonly site: FakeSite,
  ) {
    setImmediate(() => {
      if (!CARRIES_SOCKETS.includes(browser.network)) return this.drop();
      this.session = site.connect((frame) => this.deliver(JSON.stringify(frame)), () => this.drop());
    });
  }

  send(text: string): void {
    const session = this.session;
    if (session && CARRIES_SOCKETS.includes(this.browser.network)) setImmediate(() => void session.take(text));
  }

  close(): void {
    if (this.session) this.site.sessions.delete(this.session);
    this.session = null;
  }

  private deliver(text: string): void {
    setImmediate(() => {
      if (CARRIES_SOCKETS.includes(this.browser.network)) this.onmessage?.({ data: text } as MessageEvent);
      else this.drop();
    });
  }

  private drop(): void {
    this.close();
    this.onclose?.({} as CloseEvent);
  }
}

/** The optimistic effect of the one institution here. */
export const EFFECTS: Effects = {
  "incident.report": (op) => [{ kind: "incident", rid: op.rid, body: incidentOf(op.a, op.at) }],
};

/** A first report. */
export function report(text: string): OpArgs["incident.report"] {
  return { kind: "fire", place: "p1", found_at: 0, level: 2, text };
}

/** Texts of the incidents a tab shows, in no order. */
export function incidents(sync: Sync): string[] {
  return [...sync.rows("incident").value.values()].map(({ body }) => body.text).sort();
}
