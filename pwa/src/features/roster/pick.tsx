/** A field that finds a person by what is typed: arrows choose, Enter takes, Backspace in the empty field takes nobody. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { findPeople, type Bodies } from "./grid";
import type { Person } from "./shapes";

interface PickProps {
  label: string;
  people: Bodies<Person>;
  /** Their people come first. */
  unit: string;
  value: string;
  /** What was typed to open the field, and until it had the focus. */
  typed?: string;
  focus?: boolean;
  onPick: (uid: string) => void;
  /** Enter on what is already there. */
  onDone: () => void;
}

export function PersonPick({ label, people, unit, value, typed = "", focus = false, onPick, onDone }: PickProps) {
  const id = useId();
  const [text, setText] = useState<string | null>(typed || null);
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (!focus) return;
    input.current?.focus();
    if (!typed) input.current?.select();
  }, [focus]);
  const taken = useRef(typed.length);
  useEffect(() => {
    const more = typed.slice(taken.current);
    taken.current = typed.length;
    if (more) setText((now) => (now ?? "") + more);
  }, [typed]);
  const found = text === null ? [] : findPeople(people, text, unit);
  const name = people.get(value)?.name ?? "";
  const take = (uid: string) => {
    setText(null);
    setAt(0);
    onPick(uid);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (text === null) return setText("");
      const step = event.key === "ArrowDown" ? 1 : found.length - 1;
      return setAt(found.length ? (at + step) % found.length : 0);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      const chosen = found[at];
      if (text !== null && chosen) take(chosen[0]);
      else if (text === "") take("");
      return onDone();
    }
    if (event.key === "Escape" && text !== null) {
      event.preventDefault();
      event.stopPropagation();
      setText(null);
    }
    return undefined;
  };
  return (
    <div class="field pick-person">
      <label for={id}>{label}</label>
      <input
        ref={input}
        id={id}
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls={`${id}-l`}
        aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
        autocomplete="off"
        autofocus={focus}
        value={text ?? name}
        placeholder={t("姓名或工号")}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={keys}
        onBlur={() => {
          if (text === "") take("");
          setText(null);
        }}
      />
      {found.length > 0 && (
        <ul id={`${id}-l`} role="listbox" class="list found">
          {found.map(([uid, person], n) => (
            <li key={uid} id={`${id}-${n}`} role="option" aria-selected={n === at}>
              <button type="button" class="cell" tabIndex={-1} onMouseDown={(event) => event.preventDefault()} onClick={() => take(uid)}>
                <span class="grow">{person.name}</span>
                <span class="value num">{person.badge}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
