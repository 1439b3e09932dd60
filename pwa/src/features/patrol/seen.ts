/** What an inspector may see at a post. Apart from model.ts because effects, which are part of the first load, ask it too. */
import type { Observe } from "../../sync/types.gen";

const EMPTY: ReadonlySet<Observe["seen"]> = new Set(["empty_notice", "empty_no_notice"]);

/** Nobody was there. */
export function isEmpty(seen: Observe["seen"]): boolean {
  return EMPTY.has(seen);
}
