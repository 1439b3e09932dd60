/** States: a word, a shape and a colour together, never colour alone. */
import type { ComponentChildren } from "preact";

export type Tone = "ok" | "info" | "warn" | "bad" | "idle";

/** Shapes read by people who do not see the colour. */
const SHAPE: Record<Tone, string> = { ok: "●", info: "◆", warn: "▲", bad: "■", idle: "○" };

/** A state inside a cell or a heading. */
export function Tag({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`tag ${tone}`}>
      <i aria-hidden="true">{SHAPE[tone]}</i>
      {children}
    </span>
  );
}

/** The status pill of the header. `href`: the outbox. */
export function Pill({ tone, label, href }: { tone: Tone; label: string; href: string }) {
  return (
    <a class="pill num" href={href}>
      <Tag tone={tone}>{label}</Tag>
    </a>
  );
}
