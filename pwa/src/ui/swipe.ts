/** Rows that can be pushed to the left for their commonest act: an accelerator, never the only way to it. */

import { useEffect, useRef } from "preact/hooks";

/** Pushed this far (px), letting go does it. */
const ENOUGH_PX = 72;
const PUSH_MAX_PX = 96;

/** What letting go of a row does, and the word shown under it while it is pushed. */
export interface SwipeAct {
  label: string;
  run: () => void;
}

/**
 * Makes the rows (li) of `list` pushable with a finger or a pen; `actOf` says what a row does, null: nothing. Up and down stays the
 * browser's (CSS `touch-action`), so scrolling is as it was. Returns how to stop.
 */
function swipeRows(list: HTMLElement, actOf: (row: HTMLElement) => SwipeAct | null): () => void {
  let held: { row: HTMLElement; cell: HTMLElement; act: SwipeAct; x: number; id: number } | null = null;
  let px = 0;
  let swiped = false;
  const show = (value: number) => {
    px = value;
    if (!held) return;
    held.cell.style.transform = value ? `translateX(${-value}px)` : "";
    held.row.classList.toggle("ready", value >= ENOUGH_PX);
  };
  const begin = (event: PointerEvent) => {
    swiped = false;
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>("li") : null;
    const cell = row?.querySelector<HTMLElement>(".cell");
    const act = row && event.pointerType !== "mouse" ? actOf(row) : null;
    if (!row || !cell || !act) return;
    row.dataset["swipe"] = act.label;
    held = { row, cell, act, x: event.clientX, id: event.pointerId };
  };
  const move = (event: PointerEvent) => {
    if (held?.id === event.pointerId) show(Math.min(PUSH_MAX_PX, Math.max(0, held.x - event.clientX)));
  };
  const end = (event: PointerEvent) => {
    const done = held;
    swiped = px >= ENOUGH_PX && event.type === "pointerup";
    show(0);
    held = null;
    if (done) delete done.row.dataset["swipe"];
    if (swiped) done?.act.run();
  };
  const click = (event: Event) => {
    // The lifting finger that ends a swipe opens nothing.
    if (!swiped || !event.isTrusted) return;
    event.preventDefault();
    event.stopPropagation();
    swiped = false;
  };
  const heard: [string, (event: never) => void, boolean][] = [
    ["pointerdown", begin, false],
    ["pointermove", move, false],
    ["pointerup", end, false],
    ["pointercancel", end, false],
    ["click", click, true],
  ];
  for (const [name, listener, capture] of heard) list.addEventListener(name, listener as EventListener, capture);
  return () => {
    for (const [name, listener, capture] of heard) list.removeEventListener(name, listener as EventListener, capture);
  };
}

/** `swipeRows` for the lists inside the element that gets the ref and the class `swipes`. */
export function useSwipe(actOf: (row: HTMLElement) => SwipeAct | null) {
  const ref = useRef<HTMLDivElement>(null);
  const latest = useRef(actOf);
  latest.current = actOf;
  useEffect(() => (ref.current ? swipeRows(ref.current, (row) => latest.current(row)) : undefined), []);
  return ref;
}
