/** 修改重提: a form opened with `?amends=<op id>` begins with what the record said that was not accepted. */
import type { OpName, OutboxItem, Sync } from "../sync/api";
import { useSync } from "./context";
import { route } from "./router";

/** In a form's address: the id of the record that was not accepted and that this one takes the place of. */
export const AMENDS = "amends";

/** The record of kind `k` that the form at the present address takes the place of; none once it is dealt with. */
export function useAmended<K extends OpName>(k: K): OutboxItem<K> | undefined {
  return amendedOf(useSync(), k, route.value.query);
}

/** `useAmended` outside a screen. */
export function amendedOf<K extends OpName>(sync: Pick<Sync, "outbox">, k: K, query: URLSearchParams): OutboxItem<K> | undefined {
  const id = query.get(AMENDS);
  const isIt = (item: OutboxItem): item is OutboxItem<K> => item.id === id && item.k === k && !item.settled;
  return sync.outbox.value.find(isIt);
}
