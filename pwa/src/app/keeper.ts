/** Keeps an open vault to its terms: closes it when its lease ends or another tab closed it, follows the hall's rules, wipes when told to. */
import { effect, signal } from "@preact/signals";
import type { Account } from "../sync/account";
import type { Sync } from "../sync/api";
import { browserEnv } from "../sync/env";
import { wipe } from "../sync/people";
import { lock, pinState, setLease, type PinState, type Whose } from "../sync/pin";
import type { Seal } from "../sync/seal";
import { account, engine, lease_until, stand } from "./session";

/** The state of the open vault's PIN; null before it was read. */
export const pinNow = signal<PinState | null>(null);
/** The device was disabled and everything of a person was taken off it: said once at the door. */
export const wiped = signal(false);

type Told = { what: "locked" | "wiped"; site: string; uid: string };

const LOOK_MS = 15_000;
const tabs = new BroadcastChannel("zg-vault");

/** Watches from now on. */
export function startKeeper(): void {
  tabs.onmessage = ({ data }) => void hear(data as Told);
  setInterval(lookAtLease, LOOK_MS);
  document.addEventListener("visibilitychange", lookAtLease);
  effect(() => {
    if (account.value) void look();
  });
  effect(followRules);
  effect(() => {
    // Not inside the engine's own step that found out.
    const status = engine.value?.status.value;
    if (status?.wipe) setTimeout(() => void wipeOut());
    else if (status?.overdue) setTimeout(() => void lockUp());
  });
}

/** Closes the vault on the screen, here and in every tab: what comes next is the PIN. */
export async function lockUp(): Promise<void> {
  const mine = account.value;
  if (!mine) return;
  await lock(whose(mine));
  tabs.postMessage({ what: "locked", site: mine.site, uid: mine.uid } satisfies Told);
  await takeDown(mine);
}

/** Reads the state of the PIN anew; `opened`: the vault as it is after a change of the PIN. */
export async function look(opened?: Seal): Promise<void> {
  const mine = account.value;
  const state = mine && (await pinState(whose(mine)));
  const until = opened?.until ?? state?.until;
  if (until) lease_until.value = until;
  pinNow.value = state;
}

/** What the hall wants of PINs. */
export function pinRule(sync: Sync): "required" | "offered" | "off" {
  const rule = sync.rows("hall").value.get("hall")?.body.rules["sec.pin"];
  return rule === "required" || rule === "off" ? rule : "offered";
}

/** Where the vault of an account is. */
export function whose({ site, uid }: Pick<Account, "site" | "uid">): Whose {
  return { env: browserEnv(), site, uid };
}

function lookAtLease(): void {
  if (engine.value && Date.now() >= lease_until.value) void lockUp();
}

/** The hall says how long a vault may stay open; a shorter time counts at once. */
function followRules(): void {
  const hours = engine.value?.rows("hall").value.get("hall")?.body.rules["sec.lease_hours"];
  const [mine, state] = [account.value, pinNow.value];
  if (!mine || !state || typeof hours !== "number" || hours === state.lease_hours) return;
  pinNow.value = { ...state, lease_hours: hours };
  void setLease(whose(mine), { hours }).then(() => look());
}

async function hear({ what, site, uid }: Told): Promise<void> {
  const mine = account.value;
  if (mine?.site !== site || mine.uid !== uid) return;
  if (what === "wiped") wiped.value = true;
  await takeDown(what === "wiped" ? null : mine);
}

async function takeDown(next: Account | null): Promise<void> {
  const sync = engine.value;
  stand(next);
  pinNow.value = null;
  await sync?.close();
}

/** The office has disabled this device, and nothing waits here any more (sync/PROTOCOL.md §6). */
async function wipeOut(): Promise<void> {
  const mine = account.value;
  if (!mine) return;
  wiped.value = true;
  await takeDown(null);
  tabs.postMessage({ what: "wiped", site: mine.site, uid: mine.uid } satisfies Told);
  await wipe(whose(mine));
}
