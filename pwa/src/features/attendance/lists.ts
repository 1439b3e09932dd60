/** What attendance says in the shell's lists: records in the outbox, exceptions to answer, sheets to confirm, what HEAD and the office decide. */
import { dueItems, type Describe, type InboxItem, type Lists } from "../../app/feature";
import { clock, monthDay, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { personName } from "../hall/names";
import { sentence } from "../hall/sentence";
import { canAnswer } from "./model";
import { waitingFor } from "./waiting";
import { exceptionTitle, sessionWord, stateWord, wayWord } from "./words";

const about = (sync: Sync, rid: string) => {
  const exc = sync.rows("att.exc").value.get(rid)?.body;
  return exc ? exceptionTitle(exc, monthDay(exc.day)) : "";
};
const named = (sync: Sync, uid: string | undefined) => personName(sync.rows("person").value, uid);

const describe: Describe = {
  "att.punch": ({ a, saved_at }) => ({ title: wayWord(a.way), text: t("{session}，{time}", { session: sessionWord(a.session), time: clock(saved_at) }) }),
  "att.hand_list": ({ a }) => ({ title: t("手工签到表"), text: t("{n} 人", { n: a.people.length }), edit: "/attendance/list" }),
  "att.correct": ({ a }) => ({ title: t("申请补签"), text: a.text, edit: `/attendance/x/${a.day}` }),
  "att.answer": ({ rid, a }, sync) => ({ title: a.appeal ? t("申诉") : t("说明考勤异常"), text: [about(sync, rid), a.text].filter(Boolean).join(t("；")), edit: `/attendance/x/${rid}` }),
  "att.confirm": ({ a }) => ({ title: a.agree ? t("确认月考勤表") : t("对月考勤表有异议"), ...(a.text ? { text: a.text } : {}), edit: "/attendance" }),
  "att.decide": ({ rid, a }, sync) => ({ title: a.accept ? t("采信考勤说明") : t("认定考勤异常"), text: about(sync, rid), edit: `/attendance/unit?rid=${rid}` }),
  "att.decide_correction": ({ rid, a }, sync) => ({ title: a.accept ? t("同意补签") : t("不同意补签"), text: named(sync, sync.rows("att.correction").value.get(rid)?.body.person), edit: `/attendance/unit?rid=${rid}` }),
  "att.decide_list": ({ rid, a }) => ({ title: a.accept ? t("认可手工签到表") : t("不认可手工签到表"), edit: `/attendance/unit?rid=${rid}` }),
  "att.confirm_unit": () => ({ title: t("确认本单位月考勤"), edit: "/attendance/unit" }),
  "att.excuse": ({ a }) => ({ title: t("统一免计"), text: a.text, edit: "/attendance/grid" }),
  "att.end_excuse": () => ({ title: t("取消统一免计"), edit: "/attendance/grid" }),
  "att.close_day": ({ rid }) => ({ title: t("日结"), text: monthDay(rid), edit: "/attendance/grid" }),
  "att.close_month": ({ rid }) => ({ title: t("月结"), text: rid, edit: "/attendance/grid" }),
  "att.adjust": ({ rid, a }, sync) => ({ title: t("结算后调整"), text: [about(sync, rid), a.text].filter(Boolean).join(t("；")), edit: "/attendance/grid" }),
  "att.approve": ({ a }) => ({ title: a.accept ? t("同意调整") : t("不同意调整"), edit: "/attendance/unit" }),
};

/** The person's own exceptions, and months to confirm. */
function ownLines(sync: Sync): InboxItem[] {
  const own = [...sync.rows("att.exc").value].filter(([, { body }]) => body.person === sync.uid);
  const lines = own.map(([rid, { body }]): InboxItem => {
    const waits = canAnswer(body) === "answer" && (body.answers ?? []).length === 0 && body.state === "detected";
    const title = waits ? t("考勤异常，请说明：{title}", { title: about(sync, rid) }) : t("{title}：{state}", { title: about(sync, rid), state: stateWord(body.state) });
    return { id: `att:${rid}`, at: body.decided_at || body.received_at || body.due_at, title, text: sentence(body.explain, sync.rows("person").value, sync.rows("post").value), path: `/attendance/x/${rid}`, waits };
  });
  const sheets = [...sync.rows("att.sheet").value].filter(([, { body }]) => body.person === sync.uid && body.state === "asked");
  return [...lines, ...sheets.map(([rid, { body }]): InboxItem => ({ id: `sheet:${rid}`, at: body.due_at, title: t("请确认 {month} 月考勤表", { month: Number(body.month.slice(5)) }), path: "/attendance", waits: true }))];
}

function decisions(sync: Sync): InboxItem[] {
  const me = sync.rows("me").value.get(sync.uid)?.body;
  if (!me) return [];
  const words = { exception: () => t("考勤说明待认定"), correction: () => t("补签待审批"), list: () => t("手工签到表待核对"), adjustment: () => t("结算后调整待同意") };
  return waitingFor(sync, me).map((one): InboxItem => ({ id: `att.${one.what}:${one.rid}`, at: one.at, title: words[one.what](), text: named(sync, one.person), path: `/attendance/unit?rid=${one.rid}`, waits: true }));
}

const inbox = (sync: Sync): InboxItem[] => [...ownLines(sync), ...decisions(sync), ...dueItems(sync, "att.list", () => "/attendance/list")];

export const lists: Lists = { describe, inbox, counts: { approve: (sync) => decisions(sync).length } };
