/** What the office says on the lobby board, in the shell's lists; an item that ends soon asks to be renewed (DIS-07). */
import type { Describe, InboxItem, Lists } from "../../app/feature";
import { date, dayOf, instant, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { stateOf } from "./model";
import { kindWord, titleOf } from "./words";

const AHEAD_MS = 3 * 86_400_000;

const describe: Describe = {
  "board.put": ({ rid, a }) => ({ title: t("公示屏内容"), text: [kindWord(a.kind), names(a.title)].filter(Boolean).join("\u00a0· "), edit: `/board/${rid}` }),
  "board.end": ({ rid }) => ({ title: t("从公示屏撤下"), edit: `/board/${rid}` }),
};

/** Dated texts and contacts whose last day is near; a duty leader or a month's totals follow each other by themselves. */
function inbox(sync: Sync): InboxItem[] {
  const today = dayOf(sync.now());
  const soon = dayOf(sync.now() + AHEAD_MS);
  return [...sync.rows("board.item").value]
    .filter(([, { body }]) => stateOf(body, today) === "on" && body.until <= soon && !["leader", "figures", "notice"].includes(body.kind))
    .map(([rid, { body }]) => ({ id: `board:${rid}:${body.until}`, at: instant(body.until, "00:00") - AHEAD_MS, title: t("公示屏内容即将到期"), text: [titleOf(sync, body), date(body.until)].join("\u00a0· "), path: `/board/${rid}`, waits: true }));
}

export const lists: Lists = { describe, inbox };
