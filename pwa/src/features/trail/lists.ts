/** What the trail says in the shell's lists: adjustments that wait for the office. */
import type { Describe, InboxItem, Lists } from "../../app/feature";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { changeWord } from "./words";

const describe: Describe = {
  "ledger.adjust": ({ a }) => ({ title: t("结算后调整"), text: a.text }),
};

function inbox(sync: Sync): InboxItem[] {
  const office = sync.rows("me").value.get(sync.uid)?.body.roles.includes("OFF");
  return [...sync.rows("ledger.adjust").value].flatMap(([rid, { body }]): InboxItem[] =>
    office && body.state === "proposed"
      ? [{ id: `adjust:${rid}`, at: body.found_at, title: t("结算后调整"), text: changeWord(body.change), path: "/adjustments", waits: true }]
      : [],
  );
}

export const lists: Lists = { describe, inbox };
