/** What presence says in the shell's lists: records in the outbox, what waits for this person. */
import type { Describe, InboxItem, Lists } from "../../app/feature";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Hall } from "../../sync/types.gen";
import { personName, postName, postNames, unitName } from "../hall/names";
import { minutesMs, rule } from "../hall/rules";
import { consentsOf, troublesOf } from "./cover";
import { coversOf, inForce } from "./model";
import { asksOf, lateToJudge, noticesOf, overdueOf, ownNotice, phaseOf, type Notice } from "./notice";
import { spanWord } from "./words";

const leaver = (sync: Sync, rid: string) => personName(sync.rows("person").value, sync.rows("away.office").value.get(rid)?.body.person);
const named = (title: string, sync: Sync, rid: string) => ({ title, text: leaver(sync, rid), edit: "/post" });

const describe: Describe = {
  "away.announce": ({ a, saved_at }, sync) => ({
    title: a.unit ? t("全室离岗") : t("离岗"),
    text: [postNames(sync.rows("post").value, a.posts), spanWord(a.leaves_at, a.back_at, saved_at)].filter(Boolean).join(t("；")),
    // What the office wrote down for a unit, it wrote on its own screen.
    edit: a.person === sync.uid ? "/post" : "/overview",
  }),
  "away.extend": ({ rid }, sync) => named(t("延长离岗"), sync, rid),
  "away.return": ({ rid }, sync) => named(t("返岗"), sync, rid),
  "away.cancel": ({ rid }, sync) => named(t("取消离岗"), sync, rid),
  "away.answer": ({ rid, a }, sync) => named(a.accept ? t("接受顶岗") : t("不能顶岗"), sync, rid),
  "away.close": ({ rid }, sync) => ({ ...named(t("办结逾期离岗"), sync, rid), edit: decisionPlace(known(sync).roles) }),
  "away.judge_late": ({ rid, a }, sync) => ({ ...named(a.accept ? t("采信补告示") : t("不采信补告示"), sync, rid), edit: decisionPlace(known(sync).roles) }),
  "cover.step_up": ({ a }, sync) => ({ title: t("顶岗"), text: postName(sync.rows("post").value, a.post), edit: "/post" }),
  "cover.hand_back": ({ rid }, sync) => {
    const cover = sync.rows("cover").value.get(rid)?.body;
    return { title: t("交回顶岗"), ...(cover ? { text: postName(sync.rows("post").value, cover.post) } : {}), edit: "/post" };
  },
};

function known(sync: Sync) {
  const notices = noticesOf({ office: sync.rows("away.office").value, unit: sync.rows("away.unit").value, inspector: new Map() });
  return { notices, told: sync.rows("away.told").value, hall: sync.rows("hall").value.get("hall")?.body, roles: sync.rows("me").value.get(sync.uid)?.body.roles ?? [], now: sync.now() };
}

const toLine = (path: string) => (id: string, at: number, title: string, text: string): InboxItem => ({ id, at, title, text, path, waits: true });

/** What is asked of this person: requests to stand in, an overdue return. */
function ownLines(sync: Sync): InboxItem[] {
  const { notices, told, hall, now } = known(sync);
  const people = sync.rows("person").value;
  const posts = sync.rows("post").value;
  const line = toLine("/post");
  const asks = asksOf(notices, sync.uid, now, hall).map((one) =>
    line(`ask:${one.rid}`, one.leaves_at, t("{name} 请您顶岗", { name: personName(people, one.person) }), [postNames(posts, one.posts), spanWord(one.leaves_at, one.back_at, now)].filter(Boolean).join(t("；"))),
  );
  const lines = [...asks, ...standingInLines(sync)];
  const own = ownNotice(notices, sync.uid, now, hall);
  if (!own) return lines;
  const phase = phaseOf(own, now, hall);
  if (phase === "overdue") lines.push(line(`back:${own.rid}`, own.back_at, t("逾期未归，请返岗或延长"), postNames(posts, own.posts)));
  if (phase === "due") lines.push(line(`due:${own.rid}`, own.back_at, t("已到预计返回时间，请返岗或延长"), postNames(posts, own.posts)));
  const trouble = told.get(own.rid)?.body.trouble;
  if (trouble && trouble !== "nobody") lines.push(line(`cover:${own.rid}`, own.leaves_at, t("顶岗没有落实，请另行安排"), personName(people, own.stand_in)));
  return lines;
}

/** Whoever stands in is told when the other does not come back in time (AWY-07). */
function standingInLines(sync: Sync): InboxItem[] {
  const { notices, hall, now } = known(sync);
  const people = sync.rows("person").value;
  const line = toLine("/post");
  return overdueOf(notices, now, hall)
    .filter((one) => one.stand_in === sync.uid && inForce(one, now))
    .map((one) => line(`stay:${one.rid}`, one.back_at, t("{name} 逾期未归，请继续顶岗", { name: personName(people, one.person) }), postNames(sync.rows("post").value, one.posts)));
}

/** What waits for a head's or the office's decision, where they take it. */
function decisionLines(sync: Sync): InboxItem[] {
  const { notices, told, hall, roles, now } = known(sync);
  if (!roles.includes("HEAD") && !roles.includes("OFF")) return [];
  const people = sync.rows("person").value;
  const line = toLine(decisionPlace(roles));
  const late = lateToJudge(notices, sync.uid).map((one) => line(`late:${one.rid}`, one.leaves_at, t("补告示待判定"), personName(people, one.person)));
  const over = overdueOf(notices, now, hall)
    .filter((one) => one.office && one.person !== sync.uid && (roles.includes("HEAD") || isOffices(one.back_at, now, hall)))
    .map((one) => line(`over:${one.rid}`, one.back_at, t("逾期未归待办结"), personName(people, one.person)));
  const unit = sync.rows("me").value.get(sync.uid)?.body.unit;
  const mine = (one: Notice) => (roles.includes("HEAD") && one.office?.unit === unit) || (roles.includes("OFF") && isHead(sync, one.person));
  const consents = consentsOf(notices, sync.uid).filter(mine).map((one) => line(`word:${one.rid}`, one.leaves_at, t("离岗须您同意"), personName(people, one.person)));
  // The head settles it at once, the office only where the head is the one who is away.
  const troubles = troublesOf(notices, told, now, hall)
    .filter(({ notice }) => notice.person !== sync.uid && mine(notice))
    .map(({ notice }) => line(`gap:${notice.rid}`, notice.leaves_at, t("顶岗没有落实，请安排"), personName(people, notice.person)));
  const units = roles.includes("OFF") ? [...notices.values()].filter((one) => one.whole_unit && phaseOf(one, now, hall) !== "ended") : [];
  const whole = units.map((one) => ({ ...line(`unit:${one.rid}`, one.leaves_at, t("全室离岗已告知办公室"), [unitName(sync.rows("unit").value, one.office?.unit), one.office?.contact].filter(Boolean).join(t("；"))), waits: false }));
  return [...late, ...over, ...consents, ...troubles, ...whole, ...emptyContacts(sync, unit, roles), ...atTwo(sync, roles, now)];
}

/** Whoever has taken more posts than the hall lets pass without a word, perhaps on two phones without a network: one of them has nobody (AB-04, ORG-05). */
function atTwo(sync: Sync, roles: readonly string[], now: number): InboxItem[] {
  const covers = sync.rows("cover").value;
  const most = rule(sync.rows("hall").value.get("hall")?.body, "ab.max_live_posts_warn");
  return [...new Set([...covers.values()].map(({ body }) => body.person))].flatMap((uid) => {
    const taken = coversOf(covers, uid, now);
    const posts = [...new Set(taken.map(({ post }) => post))];
    if (uid === sync.uid || posts.length <= most) return [];
    const text = [personName(sync.rows("person").value, uid), t("同时 {n} 个岗位", { n: posts.length }), postNames(sync.rows("post").value, posts)].join(t("；"));
    return [toLine(decisionPlace(roles))(`two:${uid}`, taken.at(-1)?.from_at ?? now, t("顶岗没有落实，请安排"), text)];
  });
}

/** The office's contact post is never empty (ORG-06): its head and the office are told as soon as nobody keeps it. */
function emptyContacts(sync: Sync, unit: string | undefined, roles: readonly string[]): InboxItem[] {
  return [...sync.rows("unit").value].flatMap(([rid, { body }]): InboxItem[] => {
    const label = sync.rows("post.pub").value.get(body.contact_post ?? "")?.body;
    if (label?.label !== "suspended" || (rid !== unit && !roles.includes("OFF"))) return [];
    return [toLine(decisionPlace(roles))(`contact:${body.contact_post}`, label.since, t("顶岗没有落实，请安排"), postName(sync.rows("post").value, body.contact_post ?? ""))];
  });
}

const isHead = (sync: Sync, uid: string) => sync.rows("person").value.get(uid)?.body.roles.includes("HEAD") === true;
/** An overdue return reaches the office only when person and head have let it pass (AWY-07). */
const isOffices = (back_at: number, now: number, hall: Hall | undefined) => now >= back_at + minutesMs(hall, "awy.overdue_office_min");

const decisionPlace = (roles: readonly string[]) => (roles.includes("OFF") ? "/overview" : "/post");

const inbox = (sync: Sync) => [...ownLines(sync), ...decisionLines(sync)];
const waitingAt = (path: string) => (sync: Sync) => inbox(sync).filter((item) => item.path === path).length;

export const lists: Lists = { describe, inbox, counts: { post: waitingAt("/post"), overview: waitingAt("/overview") } };
