/** Pull to refresh on phones: a list pulled down from its top asks the server at once. The pill and 重试 do the same; nothing needs the gesture. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { useSync } from "./context";

/** Pulled this far (px), letting go refreshes; the finger goes twice as far. */
const ENOUGH_PX = 56;
const PULL_MAX_PX = 80;
/** The words stay this long when the server does not answer sooner. */
const SHOWN_MS = 1_500;

export function PullDown() {
  const sync = useSync();
  const pulled = useSignal(0);
  const busy = useSignal(false);
  useEffect(() => {
    const main = document.querySelector("main");
    if (!main) return undefined;
    const refresh = () => {
      busy.value = true;
      sync.retry();
      setTimeout(() => (busy.value = false), SHOWN_MS);
    };
    return watchPull(main, (px) => (pulled.value = px), refresh);
  }, [sync]);
  if (!busy.value && pulled.value === 0) return null;
  const word = busy.value ? t("正在刷新…") : pulled.value < ENOUGH_PX ? t("下拉刷新") : t("松开刷新");
  return (
    <p class="pulled" role="status" style={{ height: `${busy.value ? ENOUGH_PX : pulled.value}px` }}>
      {word}
    </p>
  );
}

/**
 * Follows a finger that pulls `main` down from its top. Touch events, because a pointer's are cancelled as soon as the browser takes the
 * movement for scrolling; the browser is only kept from it while the list is really being pulled.
 */
function watchPull(main: HTMLElement, show: (px: number) => void, refresh: () => void): () => void {
  let from: { x: number; y: number } | null = null;
  let px = 0;
  const begin = ({ touches, target }: TouchEvent) => {
    const first = touches[0];
    const free = touches.length === 1 && main.scrollTop <= 0 && target instanceof Element && !target.closest("dialog, input, textarea") && main.querySelector(".list");
    from = free && first ? { x: first.clientX, y: first.clientY } : null;
  };
  const move = (event: TouchEvent) => {
    const now = event.touches[0];
    if (!from || !now) return;
    const [x, y] = [now.clientX - from.x, now.clientY - from.y];
    // Sideways or upwards: somebody else's gesture.
    if (px === 0 && (y <= 0 || Math.abs(x) > y)) {
      from = null;
      return;
    }
    if (event.cancelable) event.preventDefault();
    px = Math.min(PULL_MAX_PX, Math.max(0, y / 2));
    show(px);
  };
  const end = () => {
    if (px >= ENOUGH_PX) refresh();
    from = null;
    px = 0;
    show(0);
  };
  main.addEventListener("touchstart", begin, { passive: true });
  main.addEventListener("touchmove", move, { passive: false });
  main.addEventListener("touchend", end);
  main.addEventListener("touchcancel", end);
  return () => {
    main.removeEventListener("touchstart", begin);
    main.removeEventListener("touchmove", move);
    main.removeEventListener("touchend", end);
    main.removeEventListener("touchcancel", end);
  };
}
