/** Lists of cells: what Chinese users' fingers know. A cell leads somewhere (chevron), acts, or only says. */
import { toChildArray, type ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";

/** A page holds so many of a list at first, and so many more at each wish: two thousand of them would keep a phone busy. */
const SHOWN_MAX = 100;

export interface ListProps {
  label?: string;
  children: ComponentChildren;
}

export function List({ label, children }: ListProps) {
  const [most, setMost] = useState(SHOWN_MAX);
  const all = toChildArray(children);
  const left = all.length - most;
  const ref = useRef<HTMLUListElement>(null);
  const more = () => {
    setMost(most + SHOWN_MAX);
    requestAnimationFrame(() => ref.current?.children[most]?.querySelector<HTMLElement>("a, button")?.focus());
  };
  return (
    <>
      <ul ref={ref} class="list" aria-label={label}>
        {left > 0 ? all.slice(0, most) : children}
      </ul>
      {left > 0 && <Button onPress={more}>{t("显示更多（还有 {n} 条）", { n: left })}</Button>}
    </>
  );
}

export interface CellProps {
  title: ComponentChildren;
  sub?: ComponentChildren;
  /** At the right: a value, a tag, a time. */
  value?: ComponentChildren;
  icon?: IconName;
  /** A window's number or the like, set large before the title. */
  number?: string;
  href?: string;
  onPress?: () => void;
  on?: boolean;
}

/** Facts in a row: each stays together where there is room, and at the head of a line its dot is not seen (lists.css). */
export const Dots = ({ of }: { of: string }) => (
  <span class="dots">
    {of.split("\u00a0· ").map((one) => (
      <span>{one} </span>
    ))}
  </span>
);

export function Cell({ title, sub, value, icon, number, href, onPress, on = false }: CellProps) {
  const inside = (
    <>
      {icon && <Icon name={icon} />}
      {number !== undefined && <b class="no num">{number}</b>}
      <span class="grow">
        <span>{title}</span>
        {sub && <small>{typeof sub === "string" ? <Dots of={sub} /> : sub}</small>}
      </span>
      {value !== undefined && value !== "" && <span class="value">{value}</span>}
      {href && <Icon name="chevron" />}
    </>
  );
  return (
    <li>
      {href ? (
        <a class="cell" href={href} aria-current={on ? "true" : undefined}>
          {inside}
        </a>
      ) : onPress ? (
        <button type="button" class="cell" aria-pressed={on ? true : undefined} onClick={onPress}>
          {inside}
        </button>
      ) : (
        <div class="cell">{inside}</div>
      )}
    </li>
  );
}

/** A titled part of a screen. */
export function Section({ title, aside, children }: { title?: string; aside?: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="section">
      {title && (
        <header>
          <h2>{title}</h2>
          {aside && <span class="muted">{aside}</span>}
        </header>
      )}
      {children}
    </section>
  );
}

/** A raised surface for something that is not a list. */
export function Card({ children, tone }: { children: ComponentChildren; tone?: "ok" | "warn" | "bad" | "info" }) {
  return <div class={`card ${tone ?? ""}`}>{children}</div>;
}

/** Pairs of name and value, as on a receipt. */
export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
