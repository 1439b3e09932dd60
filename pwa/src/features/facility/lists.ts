/** What inspections and repairs say in the shell's lists. */
import { dueItems, type Describe, type InboxItem, type Lists } from "../../app/feature";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { actsOf } from "./model";
import { placeWord, whatWord } from "./words";

const about = (sync: Sync, rid: string) => {
  const repair = sync.rows("repair").value.get(rid)?.body;
  return { ...(repair ? { text: `${placeWord(sync, repair.place)} · ${whatWord(repair)}` } : {}), edit: `/repairs/${rid}` };
};

const describe: Describe = {
  "facility.inspect": ({ a }, sync) => ({ title: t("场所检查"), text: placeWord(sync, a.place ?? ""), edit: "/facility" }),
  "repair.report": ({ a }, sync) => ({ title: t("报修"), text: `${placeWord(sync, a.place)} · ${a.text}`, edit: "/repairs/new" }),
  "repair.assign": ({ rid }, sync) => ({ title: t("派修"), ...about(sync, rid) }),
  "repair.done": ({ rid }, sync) => ({ title: t("报告修好"), ...about(sync, rid) }),
  "repair.check": ({ rid, a }, sync) => ({ title: a.accept ? t("检查通过") : t("退回再修"), ...about(sync, rid) }),
  "repair.drop": ({ rid }, sync) => ({ title: t("不予维修"), ...about(sync, rid) }),
};

/** What waits: mine to repair, others' to assign or to check. */
function inbox(sync: Sync): InboxItem[] {
  const me = sync.rows("me").value.get(sync.uid)?.body;
  const office = me?.roles.includes("OFF") === true;
  const lines = [...sync.rows("repair").value].flatMap(([rid, { body, pending }]): InboxItem[] => {
    if (pending) return [];
    const line = (title: string, at: number): InboxItem[] => [{ id: `repair:${rid}`, at, title, text: `${placeWord(sync, body.place)} · ${whatWord(body)}`, path: `/repairs/${rid}`, waits: true }];
    if (body.state === "assigned" && body.owner === sync.uid) return line(body.overdue ? t("维修已逾期") : t("待维修"), body.reported_at);
    if (body.state === "reported" && office) return line(t("报修待派修"), body.reported_at);
    if (actsOf(body, sync.uid, me).includes("accept")) return line(t("维修待检查"), body.steps.at(-1)?.at ?? body.reported_at);
    return [];
  });
  return [...lines, ...dueItems(sync, "repair", (rid) => `/repairs/${rid}`), ...dueItems(sync, "facility", (rid) => `/facility/${rid}`)];
}

export const lists: Lists = { describe, inbox };
