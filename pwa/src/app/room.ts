/** What the browser tells of the room it gives this app, and what there waits longest: the facts of 存储. */
import type { OutboxItem } from "../sync/api";
import { isUnsent } from "./outgoing";

/** Bytes `used` and `left`; `persistent`: the browser promised to keep them. What it does not tell is undefined. */
export interface Room {
  used?: number | undefined;
  left?: number | undefined;
  persistent?: boolean | undefined;
}

/** WebKitGTK tells nothing, Firefox asks the person before it answers. */
export async function roomOf(storage: Partial<StorageManager> | undefined): Promise<Room> {
  const { usage, quota } = (await storage?.estimate?.()) ?? {};
  return { used: usage, left: usage !== undefined && quota !== undefined ? quota - usage : undefined, persistent: await storage?.persisted?.() };
}

/** When the oldest of what is unsent was saved (ms), null when nothing is. */
export function oldestUnsent(outbox: readonly OutboxItem[]): number | null {
  const saved = outbox.filter(isUnsent).map((item) => item.saved_at);
  return saved.length > 0 ? Math.min(...saved) : null;
}
