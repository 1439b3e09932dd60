/** When no round is due: when the next one begins, and that whatever is seen until then can be recorded all the same (PTL-01, PTL-05). */
import { dayOf, t, when } from "../../i18n";
import type { Hall } from "../../sync/types.gen";
import { hoursOf } from "../hall/hours";

const DAY_MS = 86_400_000;
const DAYS = 31;

/** When the next hour that needs a round begins (ms); null when the calendar has none within a month. */
export function nextSlotAt(hall: Hall, now: number): number | null {
  for (let n = 0; n < DAYS; n++) {
    const found = hoursOf(hall, dayOf(now + n * DAY_MS)).find(({ from }) => from > now);
    if (found) return found.from;
  }
  return null;
}

export default function Next({ hall, now }: { hall: Hall | undefined; now: number }) {
  const at = hall ? nextSlotAt(hall, now) : null;
  return (
    <p>
      {at !== null && t("下一时段{time} 开始。", { time: when(at, now) })}
      {t("现在可以不定时巡查，见到的情况照样记录。")}
    </p>
  );
}
