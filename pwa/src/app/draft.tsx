/** Drafts: what a form holds is on the device at every change, and survives a kill. The next start asks 恢复 or 放弃. Rules: drafting.ts. */
import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { t, when } from "../i18n";
import type { SaveOptions } from "../sync/api";
import { Button, Buttons, Sheet, toast } from "../ui";
import { useSync } from "./context";
import { Drafting } from "./drafting";
import { go, route } from "./router";

export interface Draft<T> {
  /** How the record is saved: once whichever tab does it, and the end of its draft with it. */
  record: Pick<SaveOptions, "id" | "draft">;
  value: T;
  set: (patch: Partial<T>) => void;
  /** A draft of an earlier time, until the person has chosen; `saved_at` ms. */
  found: { saved_at: number } | null;
  restore: () => void;
  discard: () => void;
  /** The record is saved: forget the draft. */
  done: () => Promise<void>;
}

/** In the address of a screen: the key of the draft to be taken up there. */
const ASKED = "draft";

/** Forms on the screen that hold something unsaved: an update waits for them. */
export const dirtyForms = signal<ReadonlySet<string>>(new Set());

function mark(key: string, dirty: boolean): void {
  if (dirtyForms.value.has(key) === dirty) return;
  const next = new Set(dirtyForms.value);
  if (dirty) next.add(key);
  else next.delete(key);
  dirtyForms.value = next;
}

/** `path` with the draft that is asked for there; null: with none. */
export function asking(path: string, key: string | null): string {
  const [at, search] = path.split("?");
  const query = new URLSearchParams(search);
  if (key === null) query.delete(ASKED);
  else query.set(ASKED, key);
  return query.size > 0 ? `${at}?${query}` : at!;
}

const here = (): string => `${route.value.path}?${route.value.query}`;

/** 恢复: brings the screen of a draft; its form takes it up and the question out of the address. Says so where none has. */
export async function takeUp(path: string, key: string): Promise<void> {
  go(asking(path, key));
  await new Promise((then) => setTimeout(then, WAIT_MS));
  if (route.value.query.get(ASKED) !== key) return;
  go(asking(here(), null), { replace: true });
  toast(t("这里没有能接着写的表单；事情已经结束的，可以放弃这份草稿。"));
}
/** A screen comes as a chunk, and a sheet when its rows are there. */
const WAIT_MS = 5_000;

/** For a screen with forms in sheets: `open` gets the key of the draft that is asked for. */
export function useAsked(open: (key: string) => void): void {
  const key = route.value.query.get(ASKED);
  useEffect(() => {
    if (key) open(key);
  }, [key]);
}

/**
 * A form's values under `key`. `title` names the form when the next start asks about it. A form that shows no `DraftNotice` takes its draft
 * up `at_once`, as every form does whose draft is asked for.
 */
export function useDraft<T extends object>(key: string, initial: T, title: string, { at_once = false } = {}): Draft<T> {
  const sync = useSync();
  const form = useMemo(() => new Drafting(sync, { key, title, path: asking(here(), null) }, initial), [sync, key]);
  const asked = route.value.query.get(ASKED);
  const isAsked = asked === key || asked === "1";
  const dirty = form.dirty.value;
  useEffect(() => {
    form.onGone = () => toast(t("这份表单已在另一个页面提交或放弃。"));
    const seen = () => void (document.visibilityState === "visible" && form.look());
    document.addEventListener("visibilitychange", seen);
    const close = form.open(at_once);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      close();
    };
  }, [form]);
  useEffect(() => {
    if (!isAsked) return;
    form.answer();
    go(asking(here(), null), { replace: true });
  }, [form, isAsked]);
  useEffect(() => {
    mark(key, dirty);
    return () => mark(key, false);
  }, [key, dirty]);
  return {
    get record() {
      return form.record;
    },
    value: form.value.value,
    set: (patch) => form.set(patch),
    found: form.found.value,
    restore: () => form.restore(),
    discard: () => void form.discard(),
    done: () => form.done(),
  };
}

/** Asks about a draft found when the form was opened, and says from when it is; to close it is to go on with it. */
export function DraftNotice({ draft }: { draft: Pick<Draft<object>, "found" | "restore" | "discard"> }) {
  const sync = useSync();
  if (!draft.found) return null;
  return (
    <Sheet
      open
      title={t("有一份没有写完的草稿")}
      onClose={draft.restore}
      foot={
        <Buttons>
          <Button onPress={draft.discard}>{t("放弃")}</Button>
          <Button tone="main" onPress={draft.restore}>
            {t("恢复")}
          </Button>
        </Buttons>
      }
    >
      {t("保存于 {time}。", { time: when(draft.found.saved_at, sync.now()) })}
    </Sheet>
  );
}
