/** What bulletins say in the shell's lists: what an editor did, and what was issued for this reader. */
import type { Describe, Lists } from "../../app/feature";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { kindWord, numberWord, spanWord } from "./words";

const SHOWN_MS = 14 * 86_400_000;

const about = (title: string, sync: Sync, rid: string) => {
  const bulletin = sync.rows("bulletin").value.get(rid)?.body;
  return { title, ...(bulletin ? { text: bulletin.wording.title || kindWord(bulletin.kind) } : {}), edit: `/bulletins/${rid}/edit` };
};

const describe: Describe = {
  "bulletin.draft": ({ a }) => ({ title: t("生成通报草稿"), text: t("{kind}，{span}", { kind: kindWord(a.kind), span: spanWord(a.from_day, a.to_day) }) }),
  "bulletin.edit": ({ rid }, sync) => about(t("编辑通报"), sync, rid),
  "bulletin.issue": ({ rid }, sync) => about(t("发布通报"), sync, rid),
  "bulletin.withdraw": ({ rid }, sync) => about(t("收回通报"), sync, rid),
};

/** Issued in the last days: one line a bulletin, in the fullest version this person has. */
function inbox(sync: Sync) {
  const issued = new Map([...sync.rows("bulletin.pub").value, ...sync.rows("bulletin.in").value]);
  return [...issued].flatMap(([rid, { body }]) => {
    if (sync.now() - body.issued_at > SHOWN_MS) return [];
    const title = body.withdrawn ? t("{bulletin} 已收回", { bulletin: numberWord(body.kind, body.number) }) : numberWord(body.kind, body.number);
    return [{ id: `bulletin:${rid}`, at: body.issued_at, title, text: body.withdrawn || body.title, path: `/bulletins/${rid}`, waits: false }];
  });
}

export const lists: Lists = { describe, inbox };
