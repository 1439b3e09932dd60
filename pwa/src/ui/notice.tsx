/** Things that are said: banners, errors with a way on, empty places, short confirmations. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { t } from "../i18n";
import { Buttons } from "./button";
import { Icon, type IconName } from "./icon";

export interface NoticeProps {
  tone?: "info" | "ok" | "warn" | "bad";
  title: ComponentChildren;
  children?: ComponentChildren;
  /** Buttons. */
  actions?: ComponentChildren;
}

const NOTICE_ICON: Record<"info" | "ok" | "warn" | "bad", IconName> = { info: "info", ok: "done", warn: "warning", bad: "warning" };

export function Notice({ tone = "info", title, children, actions }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <Icon name={NOTICE_ICON[tone]} />
      <div>
        <b>{title}</b>
        {children && <div>{children}</div>}
        {actions && <Buttons>{actions}</Buttons>}
      </div>
    </div>
  );
}

/** An error as people need it: what happened, what is kept, what to do. */
export function ErrorNotice({ what, kept, todo, actions }: { what: string; kept: string; todo: string; actions?: ComponentChildren }) {
  return (
    <Notice tone="bad" title={what} actions={actions}>
      <p>{kept}</p>
      <p>{todo}</p>
    </Notice>
  );
}

/** An empty place: what will appear here, and how. */
export function Empty({ title, children, icon = "done" }: { title: string; children?: ComponentChildren; icon?: IconName }) {
  return (
    <div class="empty">
      <Icon name={icon} />
      <b>{title}</b>
      {children && <p>{children}</p>}
    </div>
  );
}

/** While something is being read; for screen readers too. */
export function Loading() {
  return (
    <p class="empty" role="status">
      {t("正在读取…")}
    </p>
  );
}

const said = signal<{ id: number; text: string }[]>([]);
let next = 0;
const TOAST_MS = 4000;

/** Say `text` for a moment. Never the only sign of a result: the record itself shows its state. */
export function toast(text: string): void {
  const id = ++next;
  said.value = [...said.value.slice(-2), { id, text }];
  setTimeout(() => (said.value = said.value.filter((one) => one.id !== id)), TOAST_MS);
}

/** Where toasts appear; one per page. */
export function ToastRegion() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {said.value.map((one) => (
        <p key={one.id}>{one.text}</p>
      ))}
    </div>
  );
}
