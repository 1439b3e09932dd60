/** The engine and the person every screen works for. */
import { useSignal } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useEffect } from "preact/hooks";
import type { Sync } from "../sync/api";
import type { Me } from "../sync/types.gen";

export const SyncContext = createContext<Sync | null>(null);

/** The engine of the signed-in account. Only below the shell. */
export function useSync(): Sync {
  const sync = useContext(SyncContext);
  if (!sync) throw new Error("useSync outside the shell");
  return sync;
}

/** The person's own row, live; undefined until the first rows have arrived. */
export function useMe(): Me | undefined {
  const sync = useSync();
  return sync.rows("me").value.get(sync.uid)?.body;
}

/** The present time (server-corrected ms), renewed every `every_ms`, for ages and countdowns. */
export function useNow(every_ms = 30_000): number {
  const sync = useSync();
  const now = useSignal(sync.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = sync.now()), every_ms);
    return () => clearInterval(timer);
  }, [sync, every_ms]);
  return now.value;
}
