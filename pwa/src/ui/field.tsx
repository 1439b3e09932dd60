/**
 * Form fields: a label above, a hint or an error below, tied together for screen readers. `autocomplete` off also keeps a browser from
 * writing what is typed into its own session files, in the clear (docs/security.md).
 */
import type { ComponentChildren, TargetedEvent } from "preact";
import { useId } from "preact/hooks";

interface Common {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  required?: boolean;
}

/** The frame of one field. `children` gets the ids to put on its control. */
export function Field({ label, hint, error, required, children }: Common & { children: (ids: { id: string; describedBy: string | undefined; invalid: boolean }) => ComponentChildren }) {
  const id = useId();
  const below = error ?? hint;
  return (
    <div class={error ? "field bad" : "field"}>
      <label for={id}>
        {label}
        {required && <i aria-hidden="true"> *</i>}
      </label>
      {children({ id, describedBy: below ? `${id}-b` : undefined, invalid: error !== undefined })}
      {below && (
        <small id={`${id}-b`} role={error ? "alert" : undefined}>
          {below}
        </small>
      )}
    </div>
  );
}

export interface TextFieldProps extends Common {
  value: string;
  onChange: (value: string) => void;
  type?: "text" | "password" | "tel" | "search";
  inputMode?: "text" | "numeric" | "tel";
  autoComplete?: string;
  placeholder?: string;
  max?: number;
  /** Taken letter by letter: a phone begins it with no capital and corrects nothing. */
  exact?: boolean;
}

export function TextField({ value, onChange, type = "text", inputMode, autoComplete = "off", placeholder, max = 200, exact, ...rest }: TextFieldProps) {
  return (
    <Field {...rest}>
      {({ id, describedBy, invalid }) => (
        <input
          id={id}
          type={type as "text" /* the typings want one literal; all four take the same attributes */}
          value={value}
          maxLength={max}
          autocomplete={autoComplete}
          {...(inputMode ? { inputMode } : {})}
          {...(placeholder ? { placeholder } : {})}
          {...(exact ? { autocapitalize: "none", spellcheck: false } : {})}
          required={rest.required ?? false}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface TextAreaProps extends Common {
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  placeholder?: string;
  max?: number;
}

export function TextArea({ value, onChange, rows = 3, placeholder, max = 2000, ...rest }: TextAreaProps) {
  return (
    <Field {...rest}>
      {({ id, describedBy, invalid }) => (
        <textarea
          id={id}
          rows={rows}
          value={value}
          maxLength={max}
          autocomplete="off"
          {...(placeholder ? { placeholder } : {})}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface SelectProps<T extends string> extends Common {
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

export function Select<T extends string>({ value, options, onChange, ...rest }: SelectProps<T>) {
  const chosen = (event: TargetedEvent<HTMLSelectElement>) => {
    const option = options[event.currentTarget.selectedIndex];
    if (option) onChange(option.value);
  };
  return (
    <Field {...rest}>
      {({ id, describedBy, invalid }) => (
        <select id={id} value={value} aria-describedby={describedBy} aria-invalid={invalid} onChange={chosen}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A day (ISO), by the browser's own calendar; it is never empty once it was something. */
export function DayField({ value, onChange, min, max, ...rest }: Common & { value: string; onChange: (day: string) => void; min?: string; max?: string }) {
  return (
    <Field {...rest}>
      {({ id, describedBy, invalid }) => (
        <input
          id={id}
          type="date"
          class="num"
          value={value}
          {...(min ? { min } : {})}
          {...(max ? { max } : {})}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          onChange={(event) => event.currentTarget.value && onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** A yes-or-no line with its whole row as the target. */
export function Check({ label, hint, value, onChange }: { label: string; hint?: string; value: boolean; onChange: (value: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>
        {label}
        {hint && <small>{hint}</small>}
      </span>
    </label>
  );
}
