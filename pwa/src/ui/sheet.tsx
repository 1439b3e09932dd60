/** Surfaces above the screen: a sheet from below, a question before something final. Native <dialog>: focus, Escape and inertness come with it. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { Button, Buttons, IconButton } from "./button";

export interface SheetProps {
  open: boolean;
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** Stays in reach below the scrolling part. */
  foot?: ComponentChildren;
}

export function Sheet({ open, title, onClose, children, foot }: SheetProps) {
  const id = useId();
  const ref = useModal(open, onClose);
  return (
    <dialog ref={ref} class="sheet" aria-labelledby={id}>
      {open && (
        <>
          <header>
            <h2 id={id}>{title}</h2>
            <IconButton icon="close" label={t("关闭")} onPress={onClose} />
          </header>
          <div class="body">{children}</div>
          {foot && <footer>{foot}</footer>}
        </>
      )}
    </dialog>
  );
}

export interface ConfirmProps {
  open: boolean;
  title: string;
  /** What will happen and what stays. */
  children?: ComponentChildren;
  confirm: string;
  cancel?: string;
  tone?: "main" | "danger";
  disabled?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ open, title, children, confirm, cancel, tone = "main", disabled = false, onConfirm, onClose }: ConfirmProps) {
  const id = useId();
  const ref = useModal(open, onClose);
  return (
    <dialog ref={ref} class="confirm" role="alertdialog" aria-labelledby={id} aria-describedby={`${id}-d`}>
      {open && (
        <>
          <h2 id={id}>{title}</h2>
          <div id={`${id}-d`}>{children}</div>
          <Buttons>
            <Button onPress={onClose}>{cancel ?? t("取消")}</Button>
            <Button tone={tone} disabled={disabled} onPress={onConfirm}>
              {confirm}
            </Button>
          </Buttons>
        </>
      )}
    </dialog>
  );
}

/** Keeps a <dialog> modal while `open`; a tap beside it, Escape and the system's back gesture close it through `onClose`. */
function useModal(open: boolean, onClose: () => void) {
  const ref = useRef<HTMLDialogElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return undefined;
    const asked = (event: Event) => {
      event.preventDefault();
      close.current();
    };
    const beside = (event: MouseEvent) => {
      if (event.target === dialog) close.current();
    };
    dialog.addEventListener("cancel", asked);
    dialog.addEventListener("click", beside);
    return () => {
      dialog.removeEventListener("cancel", asked);
      dialog.removeEventListener("click", beside);
    };
  }, []);
  // Before the next key is looked at: an Escape right after the Enter that opened it must find it.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (open && dialog && !dialog.open) dialog.showModal();
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  return ref;
}
