/** What leave says in the shell's lists: records in the outbox, what waits for this person. */
import type { Describe, InboxItem, Lists } from "../../app/feature";
import { dueItems } from "../../app/feature";
import { dayOf, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { personName } from "../hall/names";
import { askedAs, DAY_MS, isSecret, principalsOf } from "./model";
import { rowsOf } from "./rows";
import { spanWord, typeWord } from "./words";

const leaver = (sync: Sync, rid: string) => personName(sync.rows("person").value, sync.rows("leave").value.get(rid)?.body.person);
const of = (title: string, sync: Sync, rid: string) => ({ title, text: leaver(sync, rid), edit: `/leave/${rid}` });

const describe: Describe = {
  "leave.request": ({ a, saved_at }, sync) => ({
    title: a.extension_of ? t("续假") : t("请假"),
    text: t("{type}，{span}", { type: typeWord(sync.rows("leave.type").value, a.type, a.from_at), span: spanWord(a.from_at, a.to_at, saved_at) }),
    edit: "/leave/new",
  }),
  "leave.told": ({ a }, sync) => ({ title: t("电话报告请假"), text: personName(sync.rows("person").value, a.person), edit: "/leave" }),
  "leave.decide": ({ rid, a }, sync) => ({ ...of(a.accept ? t("同意请假") : t("不同意请假"), sync, rid), edit: "/approve" }),
  "leave.withdraw": ({ rid }, sync) => of(t("撤回请假"), sync, rid),
  "leave.return": ({ rid }, sync) => of(t("销假"), sync, rid),
  "leave.recall": ({ rid }, sync) => of(t("召回"), sync, rid),
  "leave.cover": ({ rid }, sync) => of(t("指定顶岗人"), sync, rid),
  "leave.proof": ({ rid }, sync) => of(t("交证明"), sync, rid),
  "leave.open": ({ rid }, sync) => of(t("查看密封证明"), sync, rid),
  "leave.merge": ({ rid }, sync) => of(t("合并请假"), sync, rid),
  "leave.convert": ({ rid }, sync) => of(t("转换假别"), sync, rid),
  "leave.type": ({ rid }) => ({ title: t("修改假别规则"), text: rid }),
  "leave.chain": ({ rid }) => ({ title: t("修改审批链"), text: rid }),
  "leave.entitle": ({ rid }, sync) => ({ title: t("登记假期依据"), text: personName(sync.rows("person").value, rid) }),
  "leave.deputy": ({ rid }, sync) => ({ title: t("指定代理审批人"), text: personName(sync.rows("person").value, rid) }),
  "hall.calendar": () => ({ title: t("导入年度日历"), edit: "/calendar" }),
  "hall.opening": () => ({ title: t("修改开放时间"), edit: "/calendar" }),
  "hall.rules": ({ a }) => ({ title: t("修改参数"), text: a.valid_from, edit: `/parameters/${Object.keys(a.rules)[0] ?? ""}` }),
  "hall.about": () => ({ title: t("修改大厅资料"), edit: "/parameters/about" }),
  "hall.day": ({ a }) => ({ title: t("大厅自定开闭"), text: a.first, edit: "/calendar" }),
};

/** The person's own: 销假, a leave about to end, one to file, one that was decided or counted anew; requests to stand in. */
function ownLines(sync: Sync): InboxItem[] {
  const rows = rowsOf(sync);
  const now = sync.now();
  return [...rows.leaves].flatMap(([rid, { body }]): InboxItem[] => {
    if (body.person !== sync.uid) return [];
    const text = spanWord(body.from_at, body.to_at, now);
    const line = (id: string, at: number, title: string, waits: boolean): InboxItem => ({ id: `${id}:${rid}`, at, title, text, path: `/leave/${rid}`, waits });
    const found: InboxItem[] = [];
    if (body.state === "overdue") found.push(line("over", body.back_by ?? body.to_at, t("逾期未销假，请销假或说明原因"), true));
    if (body.state === "ended") found.push(line("back", body.to_at, t("休假已结束，请销假"), true));
    if (body.state === "told") found.push(line("file", body.asked_at, t("电话报告的请假，请补办"), true));
    if (body.state === "running" && body.to_at - now <= DAY_MS && body.to_at - body.from_at > DAY_MS) found.push(line("ends", body.to_at - DAY_MS, t("休假将在一天内结束，届时请销假"), false));
    if (body.proof_due) found.push(line("proof", body.asked_at, t("请交证明"), true));
    if (body.state === "approved" || body.state === "refused") found.push(line(body.state, decidedAt(body), body.state === "approved" ? t("请假已批准") : t("请假未批准"), false));
    if (body.was_centidays !== undefined && body.was_centidays !== null) found.push(line("count", now, t("日历更新，计假天数已重算"), false));
    if (body.twin) found.push(line("twin", body.asked_at, t("两张请假单时间重叠，请合并或选定一种"), true));
    return found;
  });
}

const decidedAt = (body: { decisions?: { at: number }[]; asked_at: number }) => Math.max(body.asked_at, ...(body.decisions ?? []).map((one) => one.at));

/** What waits for a decision, or for a third person at a post. */
function deskLines(sync: Sync): InboxItem[] {
  const rows = rowsOf(sync);
  const me = sync.rows("me").value.get(sync.uid)?.body;
  const now = sync.now();
  const principals = principalsOf(sync.rows("leave.deputy").value, rows.people, sync.uid, dayOf(now));
  return [...rows.leaves].flatMap(([rid, { body }]): InboxItem[] => {
    const name = personName(rows.people, body.person);
    const line = (title: string): InboxItem => ({ id: `ask:${rid}`, at: body.asked_at, title, text: t("{type}，{span}", { type: typeWord(rows.types, body.type, body.from_at), span: spanWord(body.from_at, body.to_at, now) }), path: "/approve", waits: true });
    if (askedAs(body, sync.uid, me?.unit ?? "", me?.roles ?? [], principals, isSecret(rows.types, body))) return [line(t("{name} 请假待审批", { name }))];
    const leads = me?.roles.includes("OFF") || (me?.roles.includes("HEAD") && me.unit === body.unit);
    if (body.person === sync.uid || !leads) return [];
    if (body.needs_cover) return [line(t("{name} 已批·待补岗，请指定第三人", { name }))];
    if (body.over_quota) return [line(t("{name} 的请假超额待处理", { name }))];
    return body.state === "overdue" ? [line(t("{name} 逾期未销假", { name }))] : [];
  });
}

/** Colleagues' leave in which this person stands in. */
function standInLines(sync: Sync): InboxItem[] {
  const now = sync.now();
  return [...sync.rows("leave.unit").value]
    .filter(([, { body }]) => body.stand_in === sync.uid && body.to_at > now)
    .map(([rid, { body }]) => ({
      id: `cover:${rid}`,
      at: body.from_at,
      title: body.settled ? t("{name} 请假，由您顶岗", { name: personName(sync.rows("person").value, body.person) }) : t("{name} 请假时请您顶岗，待批准", { name: personName(sync.rows("person").value, body.person) }),
      text: spanWord(body.from_at, body.to_at, now),
      waits: false,
    }));
}

const alarms = (sync: Sync): InboxItem[] =>
  [...sync.rows("leave.alarm").value].map(([rid, { body }]) => ({
    id: `alarm:${rid}`,
    at: sync.now(),
    title: t("{name} 旷工累计 {total} 天，连续 {n} 天，接近辞退界限", { name: personName(sync.rows("person").value, body.person), total: body.total, n: body.consecutive }),
    waits: true,
  }));

const inbox = (sync: Sync) => [...ownLines(sync), ...deskLines(sync), ...standInLines(sync), ...alarms(sync), ...dueItems(sync, "leave", (rid) => `/leave/${rid}`)];

export const lists: Lists = { describe, inbox, counts: { approve: (sync) => deskLines(sync).length } };
