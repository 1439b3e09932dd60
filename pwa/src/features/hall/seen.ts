/** What rounds say of a post, and of themselves (PTL-02, catalogue §6.3): as seen, never as verdicts. */
import { dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { RoundStart, VideoFinding } from "../../sync/types.gen";
import type { Tone } from "../../ui";

export type Seen = VideoFinding["seen"];
export const SEEN: readonly Seen[] = ["serving", "idle", "empty_notice", "empty_no_notice", "covered", "suspended", "other"];

export function seenWord(seen: Seen): string {
  const words: Record<Seen, () => string> = {
    serving: () => t("在岗服务"),
    idle: () => t("在岗待机"),
    empty_notice: () => t("空岗-有告示"),
    empty_no_notice: () => t("空岗-无告示"),
    covered: () => t("B顶岗"),
    suspended: () => t("暂停"),
    other: () => t("其他"),
  };
  return words[seen]();
}

export const SEEN_TONE: Record<Seen, Tone> = {
  serving: "ok", idle: "ok", empty_notice: "warn", empty_no_notice: "bad", covered: "info", suspended: "idle", other: "idle",
};

type RoundType = RoundStart["type"];

export function typeWord(type: string): string {
  const words: Record<RoundType, () => string> = {
    hourly: () => t("整点巡查"),
    irregular: () => t("不定时巡查"),
    opening: () => t("开门巡查"),
    closing: () => t("关门巡查"),
  };
  return type in words ? words[type as RoundType]() : type;
}

/** What the quick list in force calls a code; the code itself while no list is here. */
export function codeWord(sync: Sync, code: string): string {
  const today = dayOf(sync.now());
  const lists = [...sync.rows("checklist").value.values()].map(({ body }) => body).filter((list) => list.use === "quick" && (list.valid_from ?? "") <= today);
  const said = lists.sort((x, y) => x.version - y.version).flatMap(({ groups }) => groups.flatMap(({ items }) => items.filter(({ id }) => id === code)));
  return names(said.at(-1)?.names) || code;
}
