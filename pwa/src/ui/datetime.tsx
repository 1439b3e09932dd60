/** A point in time: chips for the usual answers, the browser's own wheel for the rest. Values are ms, shown in the hall's zone. */
import { clock, clockSeconds, dayOf, instant } from "../i18n";
import { Field } from "./field";

export interface Preset {
  label: string;
  at: number;
}

export interface DateTimeProps {
  label: string;
  value: number | null;
  onChange: (at: number) => void;
  presets?: readonly Preset[];
  min?: number;
  max?: number;
  hint?: string | undefined;
  error?: string | undefined;
}

/** `YYYY-MM-DDTHH:MM` of `at` in the hall's zone, as datetime-local wants it. */
const wall = (at: number) => `${dayOf(at)}T${clock(at)}`;
const MINUTE_MS = 60_000;

export function DateTimeWheel({ label, value, onChange, presets = [], min, max, hint, error }: DateTimeProps) {
  const typed = (text: string) => {
    const [day, time] = text.split("T");
    if (day && time) onChange(instant(day, time.slice(0, 5)));
  };
  // A preset stays marked while the value is in its minute; the wheel knows no seconds.
  const isOn = (at: number) => value !== null && Math.floor(at / MINUTE_MS) === Math.floor(value / MINUTE_MS);
  return (
    <Field label={label} hint={hint} error={error}>
      {({ id, describedBy, invalid }) => (
        <>
          {presets.length > 0 && (
            <div class="chips">
              {presets.map((preset) => (
                <button key={preset.label} type="button" class="chip" aria-pressed={isOn(preset.at)} onClick={() => onChange(preset.at)}>
                  <span>
                    {preset.label}
                    <small class="num">{clock(preset.at)}</small>
                  </span>
                </button>
              ))}
            </div>
          )}
          <input
            id={id}
            type="datetime-local"
            autocomplete="off"
            class="num"
            value={value === null ? "" : wall(value)}
            min={min === undefined ? undefined : wall(min)}
            max={max === undefined ? undefined : wall(max)}
            title={value === null ? undefined : clockSeconds(value)}
            aria-describedby={describedBy}
            aria-invalid={invalid}
            onChange={(event) => typed(event.currentTarget.value)}
          />
        </>
      )}
    </Field>
  );
}
