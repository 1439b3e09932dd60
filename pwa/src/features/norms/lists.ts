/** What the hall's norms say in the shell's lists: a handbook I have not read yet waits for me (PRH-06). */
import type { Describe, InboxItem, Lists } from "../../app/feature";
import { names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { editionNow } from "./model";
import { sceneWord } from "./words";

const describe: Describe = {
  "norm.checklist": ({ rid, a }) => ({ title: t("发布检查表"), text: `${names(a.names)} ${rid}`, edit: "/norms/lists" }),
  "norm.code": ({ rid, a }) => ({ title: t("修改问题代码"), text: `${rid} ${names(a.rule.names)}`, edit: "/norms/codes" }),
  "norm.phrase": ({ a }) => ({ title: t("修改用语"), text: sceneWord(a.scene), edit: "/norms/phrases" }),
  "norm.phrase_end": () => ({ title: t("删去用语"), edit: "/norms/phrases" }),
  "norm.tags": ({ a }) => ({ title: t("修改行为标签"), text: names(a.names), edit: "/norms/tags" }),
  "norm.handbook": ({ a }) => ({ title: t("发布纪律手册"), text: names(a.title), edit: "/norms/handbook" }),
  "norm.read": () => ({ title: t("已阅读纪律手册"), edit: "/handbook" }),
};

function inbox(sync: Sync): InboxItem[] {
  const now = editionNow(sync);
  if (!now || now.body.example || sync.rows("handbook.read").value.has(`${now.rid}:${sync.uid}`)) return [];
  return [{ id: `handbook:${now.rid}`, at: Date.parse(`${now.body.from_day}T00:00:00Z`), title: t("请阅读纪律手册"), text: names(now.body.title), path: "/handbook", waits: true }];
}

export const lists: Lists = { describe, inbox };
