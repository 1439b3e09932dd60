/** Whether a scanned code is this hall's wall, now: proof that the phone stands in the hall, which says nothing of where (ATT-08). */
import { account } from "../app/session";
import { anchor } from "../sync/anchor";
import type { Sync } from "../sync/api";
import { readBeacon } from "./beacon-link";

/** A code photographed earlier proves nothing about now. */
const FRESH_MS = 3 * 60_000;

/** Reads the wall's time code, which thereby anchors this phone's clock, too. */
export async function isInHall(sync: Sync, text: string): Promise<boolean> {
  const found = readBeacon(text);
  if (!found || Math.abs(sync.now() - found.beacon.t) > FRESH_MS) return false;
  const outcome = await anchor(sync, found.site, found.beacon, account.value?.server_key);
  return outcome === "taken" || outcome === "old";
}
