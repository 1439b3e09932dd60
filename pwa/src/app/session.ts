/** Who works here: opening the last account (offline too), signing in with enrolment of this device, signing out.
 *
 *     starting ──known account──▶ open          starting ──nobody──▶ door ──sign-in, enrolment──▶ open ──sign-out──▶ door
 *         └──its vault is closed──▶ locked ──PIN, sign-in──▶ open ──lock, lease over (keeper.ts)──▶ locked
 */
import { batch, computed, signal } from "@preact/signals";
import { currentAccount, openSync, type Account } from "../sync/account";
import type { Effects, OpName, Sync } from "../sync/api";
import { browserEnv } from "../sync/env";
import type { Seal } from "../sync/seal";
import { Locked, openVault } from "../sync/vault";
import type { SignIn } from "../sync/types.gen";
import { features } from "./features";

/** The account on the screen; null at the door. */
export const account = signal<Account | null>(null);
export const engine = signal<Sync | null>(null);
/** Whose vault is closed: the lock screen stands before everything else. */
export const locked = signal<Account | null>(null);
/** When the open vault closes by itself (wall ms). */
export const lease_until = signal(Infinity);

const known = computed<Effects>(() => Object.assign({}, ...features.value.map((feature) => feature.effects)));
/** Read anew at every replay: institutions that come later show what of theirs is pending. */
const effects = new Proxy<Effects>({}, { get: (_, kind) => known.value[kind as OpName] });
const PERSONA = "zg.persona";

/** Cold start: the last account, without asking anybody. */
export async function resume(): Promise<void> {
  const last = await currentAccount();
  if (last) await show(last);
}

/** Signs in, makes this device one of the person's, and opens what is theirs; a `forgotten` PIN goes. Throws `Problem` or `Offline`. */
export async function enter(site: string, who: SignIn, forgotten = false): Promise<void> {
  const { signIn } = await import("../sync/signin");
  const { seal, ...mine } = await signIn(site, who, browserEnv(), forgotten);
  rememberPersona(who.persona);
  await show(mine, seal);
}

/**
 * Back to the door. The device stays enrolled and unsent records stay: the next sign-in of the same person finds them. Whoever sees the door
 * is out: a page that dies just then does not open again as this person.
 */
export async function leave(): Promise<void> {
  const [mine, sync] = [account.value, engine.value];
  const { nobodyHere, signOut } = await import("../sync/signin");
  await nobodyHere();
  stand(null);
  await sync?.close();
  if (mine) await signOut(mine);
}

/** The demo account this session began with, if it was one: what a renewed session asks for. */
export function persona(): string | null {
  try {
    return localStorage.getItem(PERSONA);
  } catch {
    return null; // forbidden storage: the form asks
  }
}

function rememberPersona(id: string | undefined): void {
  try {
    if (id) localStorage.setItem(PERSONA, id);
    else localStorage.removeItem(PERSONA);
  } catch {
    // Forbidden storage: a renewed session then asks with the form.
  }
}

/**
 * Opens what is theirs, through the vault somebody has just opened if there is one. The same person and device go on with the engine they
 * have; the new session has woken it.
 */
export async function show(mine: Account, unlocked: Seal | null = null): Promise<void> {
  const now = engine.value;
  if (now?.site === mine.site && now.uid === mine.uid && now.dev === mine.dev) {
    account.value = mine;
    return;
  }
  await now?.close();
  try {
    const seal = unlocked ?? (await openVault(browserEnv(), mine.site, mine.uid));
    const sync = await openSync(mine.site, mine.uid, effects, browserEnv(), seal);
    batch(() => {
      account.value = mine;
      engine.value = sync;
      locked.value = null;
      lease_until.value = seal.until;
    });
  } catch (error) {
    if (!(error instanceof Locked)) throw error;
    stand(mine);
  }
}

/** The lock screen of `mine`, or the door. */
export function stand(mine: Account | null): void {
  batch(() => {
    account.value = null;
    engine.value = null;
    locked.value = mine;
  });
}
