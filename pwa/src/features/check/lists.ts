/** What plans say in the shell's lists: records in the outbox, and what waits for the lead. */
import type { Describe, InboxItem, Lists } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { personName } from "../hall/names";
import { isLate } from "./words";

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
  "plan.hand_over": ({ rid }, sync) => titled(t("移交检查方案"), sync, rid),
  "check.appoint": ({ a, rid }, sync) => ({ title: a.ends ? t("不再牵头") : t("指定牵头人"), text: personName(sync.rows("person").value, rid), edit: "/leads" }),
  "check.relieve": ({ a, rid }, sync) => ({ title: t("换人牵头"), text: [rid, a.to].map((uid) => sync.rows("check.lead").value.get(uid)?.body.name ?? personName(sync.rows("person").value, uid)).join(" → "), edit: "/leads" }),
  "check.visitor": ({ a, rid }, sync) => ({ title: a.ends ? t("停用检查人员") : t("检查人员"), text: a.name || (sync.rows("check.visitor").value.get(rid)?.body.name ?? personName(sync.rows("person").value, rid)), edit: "/visitors" }),
  "plan.drop": ({ rid }, sync) => titled(t("放弃检查方案"), sync, rid),
};

/** Drawn visits whose last day is over without a sheet: the lead has another drawn, or gives them up (CHK-02). */
function lateMissions(sync: Sync): InboxItem[] {
  const late = [...sync.rows("mission").value].filter(([, { body }]) => body.lead === sync.uid && isLate(body, dayOf(sync.now())));
  return late.map(([rid, { body }]) => ({ id: `mission-late:${rid}`, at: Date.parse(`${body.to_day}T12:00:00Z`), title: t("检查任务已逾期"), text: names(body.unit_names), path: `/plans/${rid.split(":")[0]}`, waits: true }));
}

export const lists: Lists = {
  describe,
  inbox: (sync) => [
    ...lateMissions(sync),
    ...[...sync.rows("plan").value].flatMap(([rid, { body }]) => {
      const line = (id: string, at: number, title: string, waits: boolean) => [{ id: `${id}:${rid}`, at, title, text: body.title, path: `/plans/${rid}`, waits }];
      const last = body.handed?.at(-1);
      if (body.lead !== sync.uid) return line("plan-waits", last?.at ?? body.committed_at, t("检查方案等待接手"), true);
      return [
        ...(last && last.to === sync.uid && last.by !== sync.uid ? line("plan-handed", last.at, t("检查方案移交给您"), false) : []),
        ...(body.state === "drawn" && dayOf(sync.now()) > body.to_day ? line("plan", body.committed_at, t("公布抽取依据"), true) : []),
      ];
    }),
  ],
};
