/** Whether a scanned code is this hall's wall, now: proof that the phone stands in the hall, which says nothing of where (ATT-08). */
import { account } from "../app/session";
import { anchor } from "../sync/anchor";
import type { Sync } from "../sync/api";
import { isFresh, readBeacon } from "./beacon-link";

/** Reads the wall's time code, which thereby anchors this phone's clock, too. */
export async function isInHall(sync: Sync, text: string): Promise<boolean> {
  const found = readBeacon(text);
  if (!found || !isFresh(found, sync.now())) return false;
  const outcome = await anchor(sync, found.site, found.beacon, account.value?.server_key);
  return outcome === "taken" || outcome === "old";
}
