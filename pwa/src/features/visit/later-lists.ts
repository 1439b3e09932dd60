/** What follows a visit says in the shell's lists. What is still sealed is called notes. */
import { dueItems, type Describe, type InboxItem, type Lists } from "../../app/feature";
import { monthDay, t } from "../../i18n";
import type { Sync } from "../../sync/api";

const describe: Describe = {
  "visit.check": () => ({ title: t("事实核对") }),
  "visit.withdraw": ({ a }) => ({ title: t("撤回检查记录"), text: a.text }),
  "visit.settle": ({ a }) => ({ title: t("认定不一致的一项"), text: a.item }),
  "visit.tell": ({ a }, sync) => ({ title: t("把检查结果转告本人"), text: sync.rows("person").value.get(a.person)?.body.name ?? "" }),
  "visit.answer": ({ a }) => ({ title: a.review ? t("申请复核检查结果") : t("对检查结果的说明"), text: a.text }),
  "visit.review": ({ a }) => ({ title: t("复核决定"), text: a.text }),
  "case.permit": ({ a }) => ({ title: t("备忘"), text: a.number }),
  "case.open": () => ({ title: t("备忘") }),
  "case.step": () => ({ title: t("备忘") }),
};

/** Whoever has something to answer can do so without a network: a screen that was loaded once is kept. */
function keepScreens(sync: Sync): void {
  if (sync.rows("visit.unit").value.size > 0) void import("./results");
  if (sync.rows("visit.own").value.size > 0) void import("./own");
}

function inbox(sync: Sync): InboxItem[] {
  keepScreens(sync);
  const me = sync.rows("me").value.get(sync.uid)?.body;
  const heads = (unit: string) => me?.roles.includes("HEAD") === true && me.unit === unit;
  const results = [...sync.rows("visit.unit").value].flatMap(([rid, { body }]): InboxItem[] => {
    const line = (title: string, text: string): InboxItem[] => [{ id: `visit.do:${rid}`, at: body.published_at, title, text, path: `/visit-results/${rid}`, waits: true }];
    const last = (day: string | undefined) => (day ? t("{day}前", { day: monthDay(day) }) : "");
    if (heads(body.unit) && body.state === "checking") return line(t("检查事实待核对"), last(body.answer_until));
    if (heads(body.unit) && (body.state ?? "published") === "published" && !body.told?.length && body.failed.length > 0) return line(t("检查结果待转告本人"), last(body.tell_until));
    if (body.asked && me?.roles.includes("CHECK")) return [{ ...line(t("复核申请待决定"), "")[0]!, path: `/visits/${rid}` }];
    return [];
  });
  const own = [...sync.rows("visit.own").value].map(([, { body }]): InboxItem => {
    const waits = body.state === "published" && !body.answers?.some((word) => word.at >= body.told_at);
    return { id: `visit.own:${body.visit}`, at: body.told_at, title: waits ? t("检查结果待您说明") : t("检查结果"), text: t("{day}前可以说明", { day: monthDay(body.answer_until) }), path: `/visit-own/${body.visit}`, waits };
  });
  return [...results, ...own, ...dueItems(sync, "case", (rid) => `/cases/${rid}`)];
}

export const lists: Lists = { describe, inbox };
