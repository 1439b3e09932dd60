/** What the institutions add to the shell's lists: fetched together, once, after the first paint. */
import { signal } from "@preact/signals";
import type { OpName, OutboxItem, Sync } from "../sync/api";
import type { InboxItem, Lists, OpText, TabId } from "./feature";
import { features, loadMore } from "./features";
import { t } from "../i18n";

/** Empty until they have been loaded. */
export const lists = signal<readonly Lists[]>([]);

/** Loads them; called by whatever shows a list. */
export async function loadLists(): Promise<void> {
  if (lists.value.length > 0) return;
  await loadMore();
  const modules = await Promise.all(features.value.flatMap((feature) => feature.lists?.() ?? []));
  lists.value = modules.map((module) => module.lists);
}

/** Every line for this person, newest first. */
export function inboxOf(sync: Sync): InboxItem[] {
  return lists.value.flatMap((one) => one.inbox?.(sync) ?? []).sort((a, b) => b.at - a.at);
}

/** How much waits at a place. */
export function countOf(id: TabId, sync: Sync): number {
  if (id === "todo") return inboxOf(sync).filter((item) => item.waits).length;
  return lists.value.reduce((sum, one) => sum + (one.counts?.[id]?.(sync) ?? 0), 0);
}

/** How a record reads in the outbox, asked of the institution it belongs to. */
export function textOf<K extends OpName>(item: OutboxItem<K>, sync: Sync): OpText {
  for (const { describe } of lists.value) {
    const say = describe?.[item.k];
    if (say) return say(item, sync);
  }
  return { title: t("记录 {code}", { code: item.code }) };
}
