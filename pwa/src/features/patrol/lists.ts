/** What patrol says in the shell's lists: records in the outbox, second looks and findings that wait. */
import { dueItems, type Describe, type InboxItem, type Lists, type OpText } from "../../app/feature";
import { names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { postName } from "../hall/names";
import { rechecksOf } from "./model";
import { findingWord, seenWord, slotWord } from "./words";

const postOf = (sync: Sync, post: string | undefined) => postName(sync.rows("post").value, post ?? "");

const describe: Describe = {
  "patrol.start": ({ a }) => ({ title: t("开始巡查"), text: slotWord(a.slot) }),
  "patrol.zone_clear": ({ a }, sync) => {
    const zone = sync.rows("hall").value.get("hall")?.body.zones.find((one) => one.id === a.zone);
    return { title: t("其余均在岗"), text: t("{zone}，{n} 个岗位", { zone: names(zone?.names), n: a.posts.length }) };
  },
  "patrol.observe": ({ a }, sync) => ({
    title: a.recheck_of ? t("复查") : t("巡查记录"),
    text: t("{post}，{seen}", { post: postOf(sync, a.post), seen: seenWord(a.seen) }),
    ...(a.recheck_of ? {} : { edit: "/patrol" }),
  }),
  "patrol.finish": () => ({ title: t("结束巡查") }),
  "patrol.withdraw": ({ rid, a }, sync) => ({ title: t("撤回记录"), text: t("{post}，{text}", { post: postOf(sync, sync.rows("obs").value.get(rid)?.body.post), text: a.text }) }),
  "finding.decide": ({ a }): OpText => ({ title: t("待核判定"), text: a.text }),
  "finding.void": ({ a }): OpText => ({ title: t("撤回记录"), text: a.text }),
  "finding.answer": ({ rid, a }): OpText => ({ title: t("说明情况"), text: a.text, edit: `/records/${rid}` }),
};

/** Second looks that are due, and findings about this person that can still be answered. */
function inbox(sync: Sync): InboxItem[] {
  const now = sync.now();
  const posts = sync.rows("post").value;
  const looks = rechecksOf(sync.rows("obs").value, sync.uid, now)
    .filter((one) => one.left_ms <= 0)
    .map((one): InboxItem => ({ id: `recheck:${one.rid}`, at: one.due_at, title: t("可以复查了"), text: postName(posts, one.observation.post), path: "/patrol", waits: true }));
  const me = sync.rows("me").value.get(sync.uid)?.body;
  const own = [...sync.rows("finding.own").value].flatMap(([rid, { body }]): InboxItem[] => {
    // The discipline section reads those of all units; what comes to it as news is its own.
    if (body.person !== sync.uid && body.cover !== sync.uid && posts.get(body.post)?.body.unit !== me?.unit) return [];
    const mine = (body.person === sync.uid && body.person_count > 0) || (body.cover === sync.uid && Boolean(body.cover_count));
    const open = mine && (body.answers ?? []).length === 0;
    return [{ id: `finding:${rid}`, at: body.from_at, title: t("巡查核对：{state}", { state: findingWord(body.state) }), text: postName(posts, body.post), path: `/records/${rid}`, waits: open }];
  });
  const coded = [...sync.rows("coded").value].flatMap(([rid, { body }]): InboxItem[] => {
    if (body.person !== sync.uid) return [];
    return [{ id: `coded:${rid}`, at: body.at, title: t("巡查中记下的其他情况"), text: postName(posts, body.post), path: `/records/${rid}`, waits: !body.ended && (body.answers ?? []).length === 0 }];
  });
  const doubts = [...sync.rows("finding").value].flatMap(([rid, { body }]): InboxItem[] => {
    const path = `/findings/${rid}`;
    if (body.asked?.includes(sync.uid)) return [{ id: `asked:${rid}`, at: body.from_at, title: t("记录矛盾，请核对"), text: postName(posts, body.post), path, waits: true }];
    if (!body.doubt || !sync.rows("me").value.get(sync.uid)?.body.roles.includes("OFF")) return [];
    return [{ id: `doubt:${rid}`, at: body.from_at, title: t("待核判定"), text: postName(posts, body.post), path, waits: true }];
  });
  const gaps = [...sync.rows("slot").value].map(([rid, { body }]): InboxItem => {
    const slot = slotWord(rid);
    const words = {
      late: () => t("{slot} 的巡查已补到，提醒撤销", { slot }),
      missed: () => t("{slot} 没有收到巡查记录", { slot }),
      partial: () => t("{slot} 的巡查只看了 {n}/{m} 个岗位", { slot, n: body.looked ?? 0, m: body.due ?? 0 }),
      wide: () => t("{slot} 的巡查与上一轮相隔 {n} 分钟，间隔过长", { slot, n: body.gap_min ?? 0 }),
    };
    const title = words[body.state]();
    return { id: `slot:${rid}`, at: body.alarm_at, title, text: "", path: "/patrol", waits: (body.state === "missed" || body.state === "partial") && sync.now() < body.final_at };
  });
  const twice = [...sync.rows("round").value].flatMap(([rid, { body }]): InboxItem[] =>
    body.repeated && body.inspector === sync.uid
      ? [{ id: `round:${rid}`, at: body.started_at, title: t("{slot} 已有人先巡过，本轮记为重复轮次", { slot: slotWord(body.slot) }), text: t("两轮都保留，时段只计一次。"), path: "/patrol", waits: false }]
      : [],
  );
  return [...looks, ...own, ...coded, ...doubts, ...gaps, ...twice, ...dueItems(sync, "obs", () => "/patrol")];
}

/** Second looks that are due. */
const due = (sync: Sync) => rechecksOf(sync.rows("obs").value, sync.uid, sync.now()).filter((one) => one.left_ms <= 0).length;

export const lists: Lists = { describe, inbox, counts: { patrol: due } };
