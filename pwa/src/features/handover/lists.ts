/** What handovers say in the shell's lists. */
import type { Describe, InboxItem, Lists } from "../../app/feature";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { personName, postName } from "../hall/names";
import { sheetsOf, wantedOf } from "./model";
import { leadsUnit } from "./rows";
import { spanWord, troubleWord } from "./words";

function named(title: string, sync: Sync, rid: string) {
  const sheet = sync.rows("handover").value.get(rid)?.body;
  return { title, ...(sheet ? { text: postName(sync.rows("post").value, sheet.post) } : {}), edit: `/handover/${rid}` };
}

const ofNotice = (title: string, sync: Sync, rid: string) => ({ title, text: personName(sync.rows("person").value, sync.rows("away.office").value.get(rid)?.body.person), edit: "/post" });

const describe: Describe = {
  "handover.prepare": ({ a }, sync) => ({ title: t("移交工作"), text: `${postName(sync.rows("post").value, a.post)} → ${personName(sync.rows("person").value, a.to)}`, edit: "/handover/new" }),
  "handover.received": ({ rid }, sync) => named(t("移交单已送达本机"), sync, rid),
  "handover.answer": ({ rid, a }, sync) => named(a.accept ? t("接受移交") : t("不能接受移交"), sync, rid),
  "handover.assign": ({ rid }, sync) => named(t("换接手人"), sync, rid),
  "handover.item": ({ rid }, sync) => named(t("移交事项办理情况"), sync, rid),
  "handover.back": ({ rid }, sync) => named(t("交回移交的工作"), sync, rid),
  "handover.close": ({ rid }, sync) => named(t("确认收回移交的工作"), sync, rid),
  "handover.withdraw": ({ rid }, sync) => named(t("撤回移交"), sync, rid),
  "away.received": ({ rid }, sync) => ofNotice(t("告示已送达本机"), sync, rid),
  "away.assign": ({ rid }, sync) => ofNotice(t("安排顶岗人"), sync, rid),
  "away.consent": ({ rid, a }, sync) => ofNotice(a.accept ? t("同意离岗") : t("不同意离岗"), sync, rid),
};

/** What waits for this person at a sheet, and what to know about those that do not wait. */
function inbox(sync: Sync): InboxItem[] {
  const now = sync.now();
  const me = sync.rows("me").value.get(sync.uid)?.body;
  const people = sync.rows("person").value;
  const posts = sync.rows("post").value;
  return sheetsOf(sync.rows("handover").value).flatMap((sheet) => {
    const wanted = wantedOf(sheet, sync.uid, leadsUnit(me, sheet.unit), now);
    if (wanted === null) return [];
    const other = personName(people, wanted === "answer" || wanted === "back" ? sheet.a : sheet.b);
    const titles = {
      answer: () => t("{name} 向您移交工作", { name: other }),
      back: () => t("顶岗时间已到，请交回"),
      close: () => t("{name} 已交回，请确认", { name: other }),
      assign: () => (sheet.trouble ? troubleWord(sheet.trouble, other) : t("请另行安排接手人")),
    };
    const text = `${postName(posts, sheet.post)}${t("；")}${spanWord(sheet.from_at, sheet.to_at, now)}`;
    return [{ id: `handover:${wanted}:${sheet.rid}`, at: wanted === "answer" ? sheet.made_at : sheet.from_at, title: titles[wanted](), text, path: `/handover/${sheet.rid}`, waits: true }];
  });
}

export const lists: Lists = { describe, inbox };
