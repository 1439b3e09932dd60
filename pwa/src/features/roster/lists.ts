/** What the roster says in the shell's lists: records in the outbox. */
import type { Describe, InboxItem, Lists } from "../../app/feature";
import { monthDay, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { personName, postName } from "../hall/names";

const span = (from: string, to: string) => (from === to ? monthDay(from) : t("{from} 至 {to}", { from: monthDay(from), to: monthDay(to) }));
const post = (sync: Sync, id: string) => postName(sync.rows("post").value, id);

const describe: Describe = {
  "roster.swap": ({ a }, sync) => ({ title: t("调换A岗B岗"), text: t("{post}：{name} 为A岗", { post: post(sync, a.post), name: personName(sync.rows("person").value, a.a) }), edit: "/roster" }),
  "roster.draft": ({ a }) => ({ title: t("排班草稿"), text: t("{n} 个格子", { n: a.cells.length }), edit: "/roster/week" }),
  "roster.copy": ({ a }) => ({ title: t("复制排班"), text: t("自{day}起", { day: monthDay(a.to_day) }), edit: "/roster/week" }),
  "roster.discard": ({ a }) => ({ title: t("放弃排班草稿"), text: span(a.from_day, a.to_day), edit: "/roster/week" }),
  "roster.publish": ({ a }) => ({ title: t("发布排班"), text: span(a.from_day, a.to_day), edit: `/roster/week?day=${a.from_day}` }),
  "roster.consent": ({ a }, sync) => ({ title: t("同意多岗B岗"), text: personName(sync.rows("person").value, a.person), edit: "/roster/week" }),
  "org.unit": ({ rid, a }) => ({ title: t("修改单位"), text: names(a.names), edit: `/organisation/units/${rid}` }),
  "org.unit_end": () => ({ title: t("停用单位"), edit: "/organisation/units" }),
  "org.post": ({ rid, a }) => ({ title: t("修改岗位"), text: a.number, edit: `/organisation/posts/${rid}` }),
  "org.post_end": () => ({ title: t("停用岗位"), edit: "/organisation/posts" }),
  "org.person": ({ rid, a }) => ({ title: t("修改人员"), text: a.name, edit: `/organisation/people/${rid}` }),
  "org.person_end": ({ rid }, sync) => ({ title: t("人员离任"), text: personName(sync.rows("person").value, rid), edit: "/organisation/people" }),
  "org.service": ({ rid, a }) => ({ title: t("修改事项"), text: names(a.names), edit: `/organisation/services/${rid}` }),
  "org.service_end": () => ({ title: t("停用事项"), edit: "/organisation/services" }),
  "org.zone": ({ rid, a }) => ({ title: t("修改区域"), text: names(a.names), edit: `/organisation/zones/${rid}` }),
  "org.zone_end": () => ({ title: t("停用区域"), edit: "/organisation/zones" }),
  "org.qualify": ({ a }, sync) => ({ title: t("修改资质"), text: personName(sync.rows("person").value, a.person), edit: `/organisation/people/${a.person}` }),
};

/** What a new hall needs before anybody can work in it, one step at a time, for those who may do it. */
function firstSteps(sync: Sync): InboxItem[] {
  const roles = sync.rows("me").value.get(sync.uid)?.body.roles ?? [];
  const hall = sync.rows("hall").value.get("hall")?.body;
  if (!hall || !(roles.includes("ADM") || roles.includes("OFF"))) return [];
  const step = { at: sync.now(), waits: true };
  if (sync.rows("post").value.size === 0) {
    return [{ ...step, id: "roster:organisation", title: t("第一步：建立组织"), text: t("下载模板，填好区域、单位、岗位和人员，一次导入。"), path: "/organisation/import" }];
  }
  if (hall.roster_version > 0) return [];
  return [{ ...step, id: "roster:first", title: t("下一步：发布第一份排班"), text: t("排班发布后，各窗口才有A岗和B岗。"), path: "/roster/week" }];
}

/** The head of a unit is asked before the office can publish (ORG-05). */
const asks = (sync: Sync): InboxItem[] =>
  [...sync.rows("roster.ask").value].map(([rid, { body }]) => ({
    id: `roster:${rid}`,
    at: sync.now(),
    title: t("排班草稿待您同意：{day}", { day: monthDay(body.day) }),
    text: body.loads.map((load) => t("{name} 同时 {n} 处B岗", { name: personName(sync.rows("person").value, load.person), n: load.posts })).join(t("，")),
    path: `/roster/week?day=${body.day}&consent=${body.loads[0]?.person ?? ""}`,
    waits: true,
  }));

export const lists: Lists = { describe, inbox: (sync) => [...firstSteps(sync), ...asks(sync)] };
