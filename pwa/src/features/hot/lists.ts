/** What orders to sections say in the shell's lists. */
import type { Describe, InboxItem, Lists } from "../../app/feature";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Incident } from "../../sync/types.gen";
import { kindWord } from "../hall/kinds";
import { acts } from "./model";

const describe: Describe = {
  "incident.plan": ({ rid }) => ({ title: t("修改预案"), text: kindWord(rid as Incident["kind"]), edit: "/incident-plans" }),
  "hot.order": ({ a }) => ({ title: t("热点难点交办"), text: a.topic, edit: "/hot" }),
  "hot.answer": ({ a, rid }) => ({ title: t("科室答复"), text: a.text, edit: `/hot/${rid}` }),
  "hot.settle": ({ a, rid }) => ({ title: a.accept ? t("审核通过") : t("退回"), edit: `/hot/${rid}` }),
};

/** What waits: an order for the head of the section, an answer for those who gave it. */
function inbox(sync: Sync): InboxItem[] {
  const me = sync.rows("me").value.get(sync.uid)?.body;
  if (!me) return [];
  return [...sync.rows("hot.order").value].flatMap(([rid, { body }]): InboxItem[] => {
    const waits = acts(body, me).some((act) => act !== "answer" || body.state !== "answered");
    if (!waits) return [];
    const title = body.state === "answered" ? t("科室答复待审核") : body.overdue ? t("热点难点答复已逾期") : t("热点难点待答复");
    return [{ id: `hot:${rid}`, at: body.steps.at(-1)?.at ?? body.at, title, text: body.topic, path: `/hot/${rid}`, waits }];
  });
}

export const lists: Lists = { describe, inbox };
