/** Choices as chips: one tap, all in view. Native radio buttons and checkboxes underneath, so keys and screen readers work. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface Chip<T extends string> {
  value: T;
  label: string;
  /** A second, smaller line. */
  sub?: string | undefined;
  /** Colour of the chosen chip, for answers that judge. */
  tone?: "ok" | "warn" | "bad" | undefined;
  disabled?: boolean;
}

interface Frame {
  label: string;
  /** The label is only read out. */
  hideLabel?: boolean;
  /** `keys`: big equal keys in one row, for 合格 / 不合格 / 不适用. */
  size?: "chips" | "keys";
  hint?: string | undefined;
}

export interface ChipsProps<T extends string> extends Frame {
  options: readonly Chip<T>[];
  value: T | null;
  onChange: (value: T) => void;
}

/** Exactly one of `options`. */
export function Chips<T extends string>({ options, value, onChange, ...frame }: ChipsProps<T>) {
  const name = useId();
  return (
    <ChipFrame {...frame} role="radiogroup">
      {options.map((chip) => (
        <ChipBox key={chip.value} chip={chip} type="radio" name={name} on={chip.value === value} onPick={() => onChange(chip.value)} />
      ))}
    </ChipFrame>
  );
}

export interface MultiChipsProps<T extends string> extends Frame {
  options: readonly Chip<T>[];
  value: readonly T[];
  onChange: (value: T[]) => void;
}

/** Any of `options`, in their order. */
export function MultiChips<T extends string>({ options, value, onChange, ...frame }: MultiChipsProps<T>) {
  const toggle = (one: T) => onChange(options.map((chip) => chip.value).filter((v) => (v === one) !== value.includes(v)));
  return (
    <ChipFrame {...frame} role="group">
      {options.map((chip) => (
        <ChipBox key={chip.value} chip={chip} type="checkbox" name={chip.value} on={value.includes(chip.value)} onPick={() => toggle(chip.value)} />
      ))}
    </ChipFrame>
  );
}

function ChipFrame({ label, hideLabel, size = "chips", hint, role, children }: Frame & { role: "radiogroup" | "group"; children: ComponentChildren }) {
  const id = useId();
  return (
    <div class="field" role={role} aria-labelledby={id}>
      <span id={id} class={hideLabel ? "sr" : "label"}>
        {label}
      </span>
      <div class={size}>{children}</div>
      {hint && <small>{hint}</small>}
    </div>
  );
}

function ChipBox<T extends string>({ chip, type, name, on, onPick }: { chip: Chip<T>; type: "radio" | "checkbox"; name: string; on: boolean; onPick: () => void }) {
  return (
    <label class={`chip ${chip.tone ?? ""}`}>
      <input type={type} name={name} checked={on} disabled={chip.disabled ?? false} onChange={onPick} />
      <span>
        {chip.label}
        {chip.sub && <small>{chip.sub}</small>}
      </span>
    </label>
  );
}
