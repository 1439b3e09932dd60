/** One tap, or leaving the page, turns the screen into a plain list of notes (CHK-06). It is a real one: quick words after leaving a window go here. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { useSync } from "../../app/feature";
import { t } from "../../i18n";
import { Button, IconButton } from "../../ui";
import "./visit.css";

const hidden = signal(false);
const NOTES = "notes";

/** Show the notes instead of the work. */
export function hide(): void {
  hidden.value = true;
}

/** The quick notes of this device, newest last. */
export function useNotes(): { notes: string[]; add: (text: string) => void; drop: (at: number) => void } {
  const sync = useSync();
  const [notes, setNotes] = useState<string[]>([]);
  useEffect(() => void sync.draft.load<string[]>(NOTES).then((kept) => kept && setNotes(kept.value)), [sync, hidden.value]);
  const change = (next: (kept: string[]) => string[]) => void sync.draft.change<string[]>(NOTES, (kept = []) => next(kept)).then((kept) => kept && setNotes(kept.value));
  const dropped = (kept: string[], at: number) => (kept[at] === notes[at] ? kept.filter((_, index) => index !== at) : kept);
  return { notes, add: (text) => change((kept) => [...kept, text]), drop: (at) => change((kept) => dropped(kept, at)) };
}

/** Every screen of a visitor carries this; it covers everything, the header and the tabs included. */
export function Discreet() {
  const ref = useRef<HTMLDialogElement>(null);
  const open = hidden.value;
  useEffect(() => {
    const left = (): void => {
      if (document.visibilityState === "hidden") cover(ref.current);
    };
    const gone = (): void => cover(ref.current);
    document.addEventListener("visibilitychange", left);
    addEventListener("pagehide", gone);
    return () => {
      document.removeEventListener("visibilitychange", left);
      removeEventListener("pagehide", gone);
    };
  }, []);
  // The frame names every page after the product; beside a counter the window's title must not. Its effect runs after this one.
  useEffect(() => {
    const timer = setTimeout(() => (document.title = t("备忘")));
    return () => clearTimeout(timer);
  });
  useEffect(() => {
    if (open && !ref.current?.open) ref.current?.showModal();
    if (!open && ref.current?.open) ref.current.close();
  }, [open]);
  return (
    <dialog ref={ref} class="v-notes" aria-label={t("备忘")} onCancel={(event) => event.preventDefault()}>
      <Notes />
    </dialog>
  );
}

/** At once, before the system takes its picture of the page for the list of apps. */
function cover(dialog: HTMLDialogElement | null): void {
  if (dialog && !dialog.open) dialog.showModal();
  hidden.value = true;
}

function Notes() {
  const { notes, add, drop } = useNotes();
  const [text, setText] = useState("");
  const submit = (event: Event): void => {
    event.preventDefault();
    if (text.trim()) add(text.trim());
    setText("");
  };
  return (
    <>
      <header>
        <Button tone="quiet" icon="back" onPress={() => (hidden.value = false)}>
          {t("全部")}
        </Button>
        <b>{t("备忘")}</b>
      </header>
      <form onSubmit={submit}>
        <input type="text" value={text} maxLength={200} autocomplete="off" aria-label={t("写一条")} placeholder={t("写一条")} onInput={(event) => setText(event.currentTarget.value)} />
        <button type="submit" class="btn main">
          {t("添加")}
        </button>
      </form>
      <ul>
        {notes.map((note, at) => (
          <li key={`${at}${note}`}>
            <span>{note}</span>
            <IconButton icon="close" label={t("删去")} onPress={() => drop(at)} />
          </li>
        ))}
      </ul>
    </>
  );
}
