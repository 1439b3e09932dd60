/** What supervision from outside says in the shell's lists. */
import { dueItems, type Describe, type InboxItem, type Lists } from "../../app/feature";
import { monthDay, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { reportWord } from "./words";

const describe: Describe = {
  "sup.nominate": ({ a }) => ({ title: t("推荐监督员"), text: a.name }),
  "sup.appoint": ({ a }) => ({ title: t("聘任监督员"), text: a.number }),
  "sup.end": ({ a }) => ({ title: t("结束聘任"), text: a.text }),
  "sup.report": ({ a }) => ({ title: reportWord(a.kind), text: a.text }),
  "sup.answer": ({ a }) => ({ title: t("答复监督报告"), text: a.text }),
};

/** Reports this person should answer, the most urgent first. */
export function unanswered(sync: Sync) {
  const me = sync.rows("me").value.get(sync.uid)?.body;
  if (!["OFF", "EFF"].some((role) => me?.roles.includes(role))) return [];
  return [...sync.rows("sup.report").value].filter(([, { body }]) => !body.answer).sort(([, a], [, b]) => a.body.due_day.localeCompare(b.body.due_day));
}

function inbox(sync: Sync): InboxItem[] {
  const waiting = unanswered(sync).map(([rid, { body }]): InboxItem => ({
    id: `sup.report:${rid}`,
    at: body.received_at,
    title: body.overdue ? t("监督报告答复已逾期") : t("监督报告待答复"),
    text: [names(body.unit_names), body.due_day ? t("{day}前答复", { day: monthDay(body.due_day) }) : ""].filter(Boolean).join("\u00a0· "),
    path: `/reports/${rid}`,
    waits: true,
  }));
  const answered = [...sync.rows("sup.report").value]
    .filter(([, { body }]) => body.by === sync.uid && body.answer)
    .map(([rid, { body }]): InboxItem => ({ id: `sup.answer:${rid}`, at: body.answered_at ?? body.at, title: t("您的报告有答复"), text: body.answer ?? "", path: `/reports/${rid}`, waits: false }));
  return [...waiting, ...answered, ...dueItems(sync, "sup.report", (rid) => `/reports/${rid}`)];
}

export const lists: Lists = { describe, inbox, counts: { reports: (sync) => unanswered(sync).length } };
