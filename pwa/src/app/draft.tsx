/** Drafts: what a form holds is on the device at every change, and survives a kill. The next start asks 恢复 or 放弃.
 *
 *     opened ──nothing kept──▶ writing ──change──▶ kept at every change ──done()──▶ forgotten
 *        └────a draft found──▶ asking ──restore / discard──▶ writing
 */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { t, when } from "../i18n";
import type { Sync } from "../sync/api";
import { Button, Notice } from "../ui";
import { useSync } from "./context";
import { route } from "./router";

export interface Draft<T> {
  /** Where it is kept; given to `save`, the record and the end of its draft are one. */
  key: string;
  value: T;
  set: (patch: Partial<T>) => void;
  /** A draft of an earlier time, until the person has chosen; `saved_at` ms. */
  found: { saved_at: number } | null;
  restore: () => void;
  discard: () => void;
  /** The record is saved: forget the draft. */
  done: () => Promise<void>;
  dirty: boolean;
}

/** One line of the list of unfinished forms; kept as a draft itself, so that the next start can find them. */
export interface Unfinished {
  key: string;
  path: string;
  title: string;
}
const INDEX = "unfinished";

/** Forms on the screen that hold something unsaved: an update waits for them. */
export const dirtyForms = signal<ReadonlySet<string>>(new Set());

function mark(key: string, dirty: boolean): void {
  if (dirtyForms.value.has(key) === dirty) return;
  const next = new Set(dirtyForms.value);
  if (dirty) next.add(key);
  else next.delete(key);
  dirtyForms.value = next;
}

/** A form's values under `key`. `title` names the form when the next start asks about it. Opened with `?draft=1` it restores at once. */
export function useDraft<T extends object>(key: string, initial: T, title: string): Draft<T> {
  const sync = useSync();
  const [value, setValue] = useState(initial);
  const [found, setFound] = useState<{ value: T; saved_at: number } | null>(null);
  const [dirty, setDirty] = useState(false);
  const writes = useRef(Promise.resolve());
  const write = (job: () => Promise<void>) => (writes.current = writes.current.then(job, job));
  const latest = useRef(value);

  useEffect(() => {
    let here = true;
    void sync.draft.load<T>(key).then((draft) => {
      if (!here || !draft) return;
      if (route.value.query.get("draft")) take({ ...initial, ...draft.value });
      else setFound(draft);
    });
    return () => {
      here = false;
      mark(key, false);
    };
  }, [key]);

  const take = (kept: T) => {
    latest.current = kept;
    setValue(kept);
    setFound(null);
    setDirty(true);
    mark(key, true);
  };
  const set = (patch: Partial<T>) => {
    latest.current = { ...latest.current, ...patch };
    setValue(latest.current);
    if (!dirty) void write(() => addUnfinished(sync, { key, path: route.value.path, title }));
    setDirty(true);
    mark(key, true);
    const now = latest.current;
    void write(() => sync.draft.save(key, now));
  };
  const forget = () => write(() => dropDraft(sync, key));
  return {
    key,
    value,
    set,
    found,
    dirty,
    restore: () => found && take({ ...initial, ...found.value }),
    discard: () => {
      setFound(null);
      if (!dirty) void forget();
    },
    done: async () => {
      setDirty(false);
      mark(key, false);
      await forget();
    },
  };
}

/** Asks about a draft found when the form was opened, and says from when it is. Shows nothing otherwise. */
export function DraftNotice({ draft }: { draft: Pick<Draft<object>, "found" | "restore" | "discard"> }) {
  const sync = useSync();
  if (!draft.found) return null;
  return (
    <Notice
      title={t("有一份没有写完的草稿")}
      actions={
        <>
          <Button onPress={draft.discard}>{t("放弃")}</Button>
          <Button tone="main" onPress={draft.restore}>
            {t("恢复")}
          </Button>
        </>
      }
    >
      {t("保存于 {time}。", { time: when(draft.found.saved_at, sync.now()) })}
    </Notice>
  );
}

// Two forms on one screen may add themselves at once; the list is read and written in turn.
let turn: Promise<unknown> = Promise.resolve();

function changeIndex(sync: Sync, change: (list: Unfinished[]) => Unfinished[]): Promise<void> {
  const job = async () => {
    const list = (await sync.draft.load<Unfinished[]>(INDEX))?.value ?? [];
    await sync.draft.save(INDEX, change(list));
  };
  const mine = turn.then(job, job);
  turn = mine;
  return mine;
}

/** Put a form on the list of unfinished ones. */
export const addUnfinished = (sync: Sync, entry: Unfinished) => changeIndex(sync, (list) => [...list.filter((one) => one.key !== entry.key), entry]);

/** Forget the draft `key` and its line in the list. */
export async function dropDraft(sync: Sync, key: string): Promise<void> {
  await sync.draft.drop(key);
  await changeIndex(sync, (list) => list.filter((one) => one.key !== key));
}

/** The forms left unfinished, newest first. */
export async function unfinished(sync: Sync): Promise<(Unfinished & { saved_at: number })[]> {
  const list = (await sync.draft.load<Unfinished[]>(INDEX))?.value ?? [];
  const found = await Promise.all(list.map(async (entry) => ({ entry, draft: await sync.draft.load(entry.key) })));
  return found.flatMap(({ entry, draft }) => (draft ? [{ ...entry, saved_at: draft.saved_at }] : [])).sort((a, b) => b.saved_at - a.saved_at);
}
