/** What plans say in the shell's lists: records in the outbox, and what waits for the lead. */
import type { Describe, Lists } from "../../app/feature";
import { dayOf, t } from "../../i18n";
import type { Sync } from "../../sync/api";

const titled = (title: string, sync: Sync, rid: string) => {
  const plan = sync.rows("plan").value.get(rid)?.body;
  return { title, ...(plan ? { text: plan.title } : {}), edit: `/plans/${rid}` };
};

const describe: Describe = {
  "plan.commit": ({ a }) => ({ title: t("封存检查方案"), text: a.title, edit: "/plans/new" }),
  "plan.draw": ({ rid }, sync) => titled(t("抽取检查对象"), sync, rid),
  "plan.replace": ({ rid }, sync) => titled(t("替补一次检查"), sync, rid),
  "plan.publish": ({ rid }, sync) => titled(t("公布全部结果"), sync, rid),
  "plan.reveal": ({ rid }, sync) => titled(t("公布抽取依据"), sync, rid),
  "plan.drop": ({ rid }, sync) => titled(t("放弃检查方案"), sync, rid),
};

export const lists: Lists = {
  describe,
  inbox: (sync) =>
    [...sync.rows("plan").value].flatMap(([rid, { body }]) =>
      body.state === "drawn" && dayOf(sync.now()) > body.to_day
        ? [{ id: `plan:${rid}`, at: body.committed_at, title: t("公布抽取依据"), text: body.title, path: `/plans/${rid}`, waits: true }]
        : [],
    ),
};
