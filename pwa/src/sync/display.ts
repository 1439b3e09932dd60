/**
 * The wall screen's engine: no login typed on a TV, no outbox. It shows a code, an administrator confirms it, and from then on it
 * renews its own session with its key. It starts from what it has when there is no network, and says how old that is.
 */
import { signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { RowKind, Status, View } from "./api.ts";
import { toBase64url } from "./bytes.ts";
import { deviceId, helloBytes } from "./chain.ts";
import { makeKey, sign } from "./keys.ts";
import { browserEnv, type Env } from "./env.ts";
import { askJson } from "./http.ts";
import { Problem } from "./problem.ts";
import { withKeyring, type DisplayKey } from "./keyring.ts";
import { Tab } from "./tab.ts";
import { Timers } from "./timers.ts";
import type { Beacon, DeviceProof, Pairing, PairingAsk, RowBody } from "./types.gen.ts";

const ASK_MS = 3_000;
/** A proof that failed although the clock was this close was not refused for its time. */
const CLOSE_MS = 60_000;
/** No person: the name of the wall screen's database. */
const NOBODY = "@display";
/** The site does not take this screen for one of its own any more. */
const UNPAIRED = new Set(["device_unknown", "device_revoked", "pairing_unknown"]);

export interface Display {
  readonly site: string;
  /** The code to show until somebody confirms it (`until` ms); null while paired, or before the server was reached. */
  readonly pairing: ReadonlySignal<{ code: string; until: number } | null>;
  readonly paired: ReadonlySignal<boolean>;
  readonly status: ReadonlySignal<Status>;
  /** The newest time mark the site has sent in this run, to be shown to phones. */
  readonly beacon: ReadonlySignal<Beacon | null>;
  /** Live rows: a screen gets public ones only. */
  rows<K extends RowKind>(kind: K): ReadonlySignal<ReadonlyMap<string, View<RowBody[K]>>>;
  /** How long ago the server last said anything (ms); after a start without a network, since the last contact ever; null: never. */
  age(): number | null;
  /** Server-corrected present time (ms). */
  now(): number;
  close(): Promise<void>;
}

/** Opens the wall screen of a site. */
export async function openDisplay(site: string, env: Env = browserEnv()): Promise<Display> {
  const known = await withKeyring(env, (db) => db.get("displays", site));
  const screen = new Screen(env, known ?? (await newScreen(env, site)));
  await screen.open();
  return screen;
}

async function newScreen(env: Env, site: string): Promise<DisplayKey> {
  const key = await makeKey();
  const screen = { site, dev: deviceId(key.point), key, paired: false };
  await withKeyring(env, (db) => db.put("displays", screen));
  return screen;
}

class Screen implements Display {
  readonly pairing: Signal<{ code: string; until: number } | null> = signal(null);
  readonly paired: Signal<boolean>;
  readonly beacon: Signal<Beacon | null> = signal(null);
  private readonly tab: Tab;
  private readonly timers: Timers;
  /** Server minus wall clock: a TV whose clock is wrong could not prove itself otherwise. */
  private skew_ms = 0;
  private renewing: Promise<boolean> | null = null;
  private closed = false;

  constructor(
    private readonly env: Env,
    private readonly screen: DisplayKey,
  ) {
    this.paired = signal(screen.paired);
    this.timers = new Timers(env);
    this.tab = new Tab(env, { site: screen.site, uid: NOBODY }, { dev: screen.dev, key: screen.key }, {
      ...{ display: true, effects: {}, epoch: "" },
      waiting: () => !this.paired.peek(),
      renew: () => this.renew(),
      // One that answers a chain would name it.
      beacon: (beacon) => void (beacon.n === "" && (this.beacon.value = beacon)),
    });
  }

  get site(): string {
    return this.screen.site;
  }

  get status(): ReadonlySignal<Status> {
    return this.tab.status;
  }

  /** Shows what is in the store at once; an unpaired screen asks for its code beside it. */
  async open(): Promise<void> {
    await this.tab.open();
    if (!this.paired.peek()) this.pairForever();
  }

  rows<K extends RowKind>(kind: K): ReadonlySignal<ReadonlyMap<string, View<RowBody[K]>>> {
    return this.tab.rows(kind);
  }

  age(): number | null {
    const quiet_ms = this.tab.quiet_ms();
    if (quiet_ms !== null) return quiet_ms;
    const { contact_at } = this.tab.status.peek();
    return contact_at === null ? null : Math.max(0, this.now() - contact_at);
  }

  now(): number {
    return this.tab.now();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.timers.stop();
    await this.tab.close();
  }

  /** The engine found no session: prove the key for a new one. A screen the site has forgotten asks for a code again. */
  private renew(): Promise<boolean> {
    if (!this.paired.peek()) return Promise.resolve(false);
    this.renewing ??= this.prove().finally(() => (this.renewing = null));
    return this.renewing;
  }

  private async prove(): Promise<boolean> {
    const at = Math.round(this.env.wall() + this.skew_ms);
    const body: DeviceProof = { dev: this.screen.dev, at, sig: await this.signed(String(at)) };
    try {
      await askJson(this.env, `${this.path}/session`, { body }, () => true);
      return true;
    } catch (error) {
      if (error instanceof Problem && UNPAIRED.has(error.id)) return this.unpair();
      if (!(error instanceof Problem) || typeof error.params["now"] !== "number") throw error;
      // A TV whose clock is wrong: the site has said what time it is.
      const skew_ms = error.params["now"] - this.env.wall();
      if (Math.abs(skew_ms - this.skew_ms) < CLOSE_MS) throw error;
      this.skew_ms = skew_ms;
      return this.prove();
    }
  }

  private async unpair(): Promise<false> {
    await this.setPaired(false);
    this.pairForever();
    return false;
  }

  /** Asks for a code, and then whether somebody has confirmed it, until somebody has. */
  private pairForever(): void {
    this.pair()
      .catch(() => {
        this.pairing.value = null;
        return false;
      })
      .then((paired) => {
        if (paired) this.tab.retry();
        else if (!this.closed) this.timers.set("pair", ASK_MS, () => this.pairForever());
      });
  }

  private async pair(): Promise<boolean> {
    const { code, until, paired } = await (this.pairing.peek() ? this.pollCode() : this.askCode());
    this.pairing.value = paired ? null : { code, until };
    if (paired) {
      await this.setPaired(true);
      // Whoever confirms the code has seen what the wall said: a log that had begun anew is the one it follows from now on.
      import("./log.ts").then(({ acceptRestart }) => acceptRestart(this.site)).catch(() => undefined);
    }
    return paired;
  }

  private pollCode(): Promise<Pairing> {
    return askJson<Pairing>(this.env, `${this.path}/${this.screen.dev}`, {}, isPairing);
  }

  private async askCode(): Promise<Pairing> {
    const body: PairingAsk = { key: toBase64url(this.screen.key.point), sig: await this.signed("pair") };
    return askJson<Pairing>(this.env, this.path, { body }, isPairing);
  }

  private async setPaired(paired: boolean): Promise<void> {
    this.paired.value = paired;
    await withKeyring(this.env, (db) => db.put("displays", { ...this.screen, paired }));
  }

  private signed(nonce: string): Promise<string> {
    return sign(this.screen.key, helloBytes(this.site, this.screen.dev, nonce));
  }

  private get path(): string {
    return `/s/${this.site}/displays`;
  }
}

function isPairing(got: Partial<Pairing>): boolean {
  return typeof got.code === "string";
}
