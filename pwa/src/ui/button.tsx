/** Buttons. The big one is the screen's one thumb-sized action. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "./icon";

/** `plain` beside others, `main` for the way on, `danger` for what cannot be taken back, `quiet` without a frame. */
export type ButtonTone = "plain" | "main" | "danger" | "quiet";

export interface ButtonProps {
  onPress: () => void;
  children: ComponentChildren;
  tone?: ButtonTone;
  icon?: IconName;
  disabled?: boolean;
  /** Read out instead of the content, for buttons that show only a sign. */
  label?: string;
}

export function Button({ onPress, children, tone = "plain", icon, disabled = false, label }: ButtonProps) {
  return (
    <button type="button" class={`btn ${tone}`} disabled={disabled} aria-label={label} onClick={onPress}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export interface BigButtonProps {
  label: string;
  /** A second line: what will happen, or for how long. */
  sub?: string;
  icon?: IconName;
  tone?: "main" | "danger" | "plain";
  disabled?: boolean;
  onPress?: () => void;
  /** Sends the form it stands in, so that the keyboard's own key does too. */
  submit?: boolean;
}

export function BigButton({ label, sub, icon, tone = "main", disabled = false, onPress, submit = false }: BigButtonProps) {
  return (
    <button type={submit ? "submit" : "button"} class={`btn big ${tone}`} disabled={disabled} onClick={onPress}>
      {icon && <Icon name={icon} />}
      <span>
        <b>{label}</b>
        {sub && <small>{sub}</small>}
      </span>
    </button>
  );
}

/** Pressed this long, a button does at once what else it only opens: too long for a slip of the thumb. */
const HOLD_MS = 800;

/** What a button does when it is pressed, and, if anything, when it is held; a click that ends a hold is no press. */
function usePress(onPress: () => void, onHold: (() => void) | undefined) {
  const timer = useRef(0);
  const held = useRef(false);
  const end = () => clearTimeout(timer.current);
  useEffect(() => end, []);
  if (!onHold) return { onClick: onPress };
  return {
    onClick: () => {
      if (!held.current) onPress();
      held.current = false;
    },
    onPointerDown: (event: PointerEvent) => {
      end();
      held.current = false;
      if (event.button !== 0) return;
      timer.current = window.setTimeout(() => {
        held.current = true;
        onHold();
      }, HOLD_MS);
    },
    onPointerUp: end,
    onPointerLeave: end,
    onPointerCancel: end,
    onContextMenu: (event: Event) => event.preventDefault(),
  };
}

/** A button that is only a sign, with its name for screen readers; `onHold`: a second way, never the only one. */
export function IconButton({ icon, label, onPress, onHold }: { icon: IconName; label: string; onPress: () => void; onHold?: () => void }) {
  return (
    <button type="button" class="btn sign" aria-label={label} title={label} {...usePress(onPress, onHold)}>
      <Icon name={icon} />
    </button>
  );
}

/** Buttons side by side, equal in width, the way on at the right. */
export function Buttons({ children }: { children: ComponentChildren }) {
  return <div class="btns">{children}</div>;
}
