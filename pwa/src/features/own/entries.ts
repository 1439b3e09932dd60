/** Everything this device knows about its person, one entry each, newest first. Pure over the rows; sealed material is in none of them. */
import { clock, monthDay, monthName, names, t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Explain } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import { listCauseWord } from "../hall/causes";
import { codeWord } from "../hall/seen";
import { personName, postName, postNames } from "../hall/names";
import { sentence } from "../hall/sentence";

export type Kind = "finding" | "attendance" | "notice" | "cover" | "leave" | "handover" | "visit" | "problem" | "repair";

/** A moment of a record: when it happened, was saved, was received, was decided (GEN-02). ms. */
type ClockLine = readonly [string, number];

export interface Entry {
  id: string;
  kind: Kind;
  at: number;
  title: string;
  text: string;
  tone: Tone;
  state: string;
  clocks: ClockLine[];
  grade?: "A" | "B" | "C";
  /** Who wrote it down, when that is somebody else. */
  by?: string;
  /** What this person has said to it. */
  answers: readonly string[];
  /** How it can be answered: the op and the record, with the usual words. */
  answer?: { k: "finding.answer" | "att.answer"; rid: string; appeal: boolean; usual: string[]; until?: string };
  /** The screen where more can be done about it. */
  href?: string;
}

/** The entries of `sync`'s person. */
export function entriesOf(sync: Sync): Entry[] {
  const found = [...findings(sync), ...coded(sync), ...visits(sync), ...attendance(sync), ...candidates(sync), ...notices(sync), ...covers(sync), ...leaves(sync), ...handovers(sync), ...problems(sync), ...repairs(sync)];
  return found.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
}

const said = (sync: Sync, explain: Explain) => sentence(explain, sync.rows("person").value, sync.rows("post").value);
const name = (sync: Sync, uid: string | null | undefined) => personName(sync.rows("person").value, uid);
const clocks = (...lines: [string, number | null | undefined][]): ClockLine[] => lines.flatMap(([label, at]) => (at ? [[label, at] as const] : []));

function findings(sync: Sync): Entry[] {
  const words = { glance: t("临时不在位"), unattended: t("空岗无告示"), explained: t("已说明"), pending: t("待核"), late_notice: t("补告示"), covered: t("已顶岗"), contradictory: t("记录矛盾"), withdrawn: t("已撤回") };
  const tones = { glance: "idle", unattended: "bad", explained: "ok", pending: "warn", late_notice: "warn", covered: "info", contradictory: "warn", withdrawn: "idle" } as const;
  const usual = [t("当时在后台取件或复印"), t("当时由同事临时代办"), t("当时在接待其他办事群众"), t("情况属实")];
  return [...sync.rows("finding.own").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.person !== sync.uid) return [];
    return [{
      id: rid, kind: "finding", at: body.from_at, title: t("巡查核对：{post}", { post: postName(sync.rows("post").value, body.post) }), text: said(sync, body.explain), tone: tones[body.state], state: words[body.state],
      clocks: clocks([t("首次看到"), body.from_at], [t("最后看到"), body.to_at]), grade: body.grade, answers: body.answers ?? [],
      ...(body.state === "withdrawn" ? {} : { answer: { k: "finding.answer" as const, rid, appeal: false, usual, until: body.answer_until } }), href: `/records/${rid}`,
    }];
  });
}

/** What was coded beside the state of a post: late, phone, badge, manner; praise, to which there is nothing to answer (GEN-08). */
function coded(sync: Sync): Entry[] {
  return [...sync.rows("coded").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.person !== sync.uid) return [];
    const answers = body.answers ?? [];
    const praise = !body.answer_until;
    return [{
      id: rid, kind: "finding", at: body.at, title: t("巡查核对：{post}", { post: postName(sync.rows("post").value, body.post) }), text: [...body.codes.map((code) => codeWord(sync, code)), body.note].filter(Boolean).join(t("；")), tone: body.ended ? "ok" : "info",
      state: praise ? codeWord(sync, "P0") : body.ended ? t("当场提醒") : answers.length > 0 ? t("已说明") : t("待说明"), clocks: clocks([t("记录时间"), body.at]), grade: body.grade, answers, href: `/records/${rid}`,
      ...(body.ended ? {} : { answer: { k: "finding.answer" as const, rid, appeal: false, usual: [t("情况属实")], until: body.answer_until } }),
    }];
  });
}

/** Results of checks that were passed on to this person; who came is in none of them. */
function visits(sync: Sync): Entry[] {
  return [...sync.rows("visit.own").value].map(([rid, { body }]): Entry => {
    const gone = body.state === "withdrawn";
    return {
      id: rid, kind: "visit", at: body.told_at, title: t("检查结果"), text: [t("{number}号窗口", { number: body.window }), body.text].filter(Boolean).join(t("；")), tone: gone ? "idle" : body.failed.length > 0 ? "warn" : "ok",
      state: gone ? t("已撤回") : t("{day}前可以说明", { day: monthDay(body.answer_until) }), clocks: clocks([t("转告时间"), body.told_at]), answers: (body.answers ?? []).filter((one) => one.by === sync.uid).map((one) => one.text), href: `/visit-own/${body.visit}`,
    };
  });
}

/** More late and early events in a month than the hall lets pass (ATT-02). */
function candidates(sync: Sync): Entry[] {
  return [...sync.rows("att.candidate").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.person !== sync.uid) return [];
    const last = Math.max(...body.events.map((one) => sync.rows("att.exc").value.get(one)?.body.due_at ?? Date.parse(`${one.slice(0, 10)}T00:00:00Z`)));
    return [{
      id: `candidate:${rid}`, kind: "attendance", at: last, title: t("迟到早退超过规定次数：{month}", { month: monthName(body.month) }), text: t("已认定 {n} 次，规定每月不超过 {limit} 次", { n: body.events.length, limit: body.limit }), tone: "warn",
      state: t("提请处理"), clocks: [], answers: [], href: "/attendance",
    }];
  });
}

function attendance(sync: Sync): Entry[] {
  const words = { detected: t("待说明"), pending: t("待核"), answered: t("已说明，待认定"), explained: t("说明已采信，不计"), confirmed: t("已认定"), appealed: t("申诉中"), upheld: t("申诉后维持"), withdrawn: t("申诉后撤销，不计"), cleared: t("已核销，不计") };
  const tones = { detected: "warn", pending: "warn", answered: "info", explained: "ok", confirmed: "bad", appealed: "info", upheld: "bad", withdrawn: "ok", cleared: "ok" } as const;
  const exceptions = [...sync.rows("att.exc").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.person !== sync.uid) return [];
    const open = body.state === "detected" || body.state === "answered" || body.state === "pending";
    const appeal = body.state === "confirmed" && !body.appeal;
    const usual = appeal ? [t("当时在岗，有同事可证明"), t("时间记录不对，请复核")] : [t("忘记打卡，当时在岗"), t("先在大厅接待群众，后打卡"), t("家中急事，已告知负责人"), t("情况属实")];
    return [{
      id: rid, kind: "attendance", at: body.due_at, title: t("考勤：{day} {way}", { day: monthDay(body.day), way: body.way === "in" ? t("签到") : t("签退") }), text: said(sync, body.explain), tone: tones[body.state], state: words[body.state],
      clocks: clocks([t("应到"), body.due_at], [t("记录时间"), body.at], [t("服务器收到"), body.received_at], [t("认定时间"), body.decided_at]), grade: body.grade ?? "A", by: body.decided_by ?? "", answers: [...(body.answers ?? []), ...(body.appeal ? [body.appeal] : [])],
      ...(open || appeal ? { answer: { k: "att.answer" as const, rid, appeal, usual, until: body.answer_until ?? "" } } : {}), href: `/attendance/x/${rid}`,
    }];
  });
  const corrections = [...sync.rows("att.correction").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.person !== sync.uid) return [];
    const state = body.state ?? "waiting";
    return [{
      id: rid, kind: "attendance", at: body.at, title: t("补签：{day} {time}", { day: monthDay(body.day), time: clock(body.claim_at) }), text: [body.text, body.decision].filter(Boolean).join(t("；")), tone: state === "accepted" ? "ok" : state === "refused" ? "bad" : "info",
      state: { waiting: t("待审批"), accepted: t("已同意"), refused: t("未同意") }[state], clocks: clocks([t("实际时间"), body.claim_at], [t("本机保存"), body.at], [t("服务器收到"), body.received_at], [t("认定时间"), body.decided_at]), grade: body.grade, by: body.decided_by ?? "", answers: [],
    }];
  });
  const adjustments = [...sync.rows("att.adjustment").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.person !== sync.uid) return [];
    const approved = body.approved ?? null;
    return [{
      id: `adjust:${rid}`, kind: "attendance", at: body.at, title: t("结算后调整：{day}", { day: monthDay(body.day) }), text: body.text || t("结算后收到新的记录"), tone: approved === null ? "info" : approved ? "ok" : "idle",
      state: approved === null ? t("待另一人同意") : approved ? (body.counts ? t("调整为计入") : t("调整为不计")) : t("未同意"), clocks: clocks([t("提出"), body.at], [t("认定时间"), body.approved_at]), by: body.by ?? "", answers: [],
    }];
  });
  // What somebody else's hand list says of this person, whatever became of it.
  const lists = [...sync.rows("att.listed").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.person !== sync.uid) return [];
    return [{
      id: rid, kind: "attendance", at: body.at, title: t("考勤：{day} {way}", { day: monthDay(body.day), way: body.way === "in" ? t("签到") : t("签退") }), text: [t("手工签到表"), listCauseWord(body.cause), body.decision].filter(Boolean).join(t("；")), tone: body.state === "accepted" ? "ok" : body.state === "refused" ? "bad" : "info",
      state: { waiting: t("待审批"), accepted: t("已同意"), refused: t("未同意") }[body.state], clocks: clocks([t("实际时间"), body.claim_at], [t("记录时间"), body.at], [t("服务器收到"), body.received_at], [t("认定时间"), body.decided_at]), by: body.by, answers: [],
    }];
  });
  return [...exceptions, ...corrections, ...adjustments, ...lists];
}

function notices(sync: Sync): Entry[] {
  const words = { active: t("有效"), overdue: t("逾期未归"), returned: t("已返岗"), cancelled: t("已取消"), closed: t("已由他人办结") };
  const tones = { active: "info", overdue: "bad", returned: "ok", cancelled: "idle", closed: "warn" } as const;
  return [...sync.rows("away.office").value].flatMap(([rid, { body }]): Entry[] => {
    const asked = body.stand_in === sync.uid && body.person !== sync.uid;
    if (body.person !== sync.uid && !asked) return [];
    const where = body.whole_unit ? t("全室") : postNames(sync.rows("post").value, body.posts);
    const span = t("{from} 至约 {to}", { from: when(body.leaves_at, sync.now()), to: clock(body.back_at) });
    const late = body.late ? (body.late_accepted === true ? t("补告示，负责人已采信。") : body.late_accepted === false ? t("补告示，负责人未采信。") : t("补告示：离开之后登记，待负责人判定。")) : "";
    return [{
      id: rid, kind: "notice", at: body.announced_at, title: asked ? t("{name} 请您顶岗", { name: name(sync, body.person) }) : t("离岗告示：{where}", { where: where || "—" }), text: [span, late, body.late_text].filter(Boolean).join(t("；")), tone: tones[body.state], state: words[body.state],
      clocks: clocks([t("所称离岗时间"), body.leaves_at], [t("登记时间"), body.announced_at], [t("服务器收到"), body.received_at], [t("返岗"), body.returned_at]), grade: body.grade, by: body.by && body.by !== sync.uid ? body.by : "", answers: [],
    }];
  });
}

function covers(sync: Sync): Entry[] {
  return [...sync.rows("cover").value].flatMap(([rid, { body }]): Entry[] => {
    const mine = body.person === sync.uid;
    if (!mine && body.for_person !== sync.uid) return [];
    const post = postName(sync.rows("post").value, body.post);
    const over = (body.until_at ?? Infinity) <= sync.now();
    return [{
      id: rid, kind: "cover", at: body.from_at, title: mine ? t("顶岗：{post}，代 {name}", { post, name: name(sync, body.for_person) }) : t("{name} 顶岗：{post}", { post, name: name(sync, body.person) }), text: "", tone: over ? "idle" : "ok", state: over ? t("已结束") : t("正在顶岗"),
      clocks: clocks([t("开始"), body.from_at], [t("结束"), body.until_at]), by: mine ? "" : body.person, answers: [],
    }];
  });
}

function leaves(sync: Sync): Entry[] {
  const words = { approved: t("已批准"), ended: t("已结束"), extended: t("已续假"), merged: t("已合并"), overdue: t("逾期未销假"), pending: t("待审批"), recalled: t("已召回"), refused: t("未批准"), returned: t("已销假"), running: t("休假中"), told: t("已口头报告"), withdrawn: t("已撤回") };
  const tones = { approved: "ok", ended: "idle", extended: "info", merged: "idle", overdue: "bad", pending: "info", recalled: "warn", refused: "bad", returned: "ok", running: "ok", told: "warn", withdrawn: "idle" } as const;
  return [...sync.rows("leave").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.person !== sync.uid) return [];
    const now = sync.now();
    const type = [...sync.rows("leave.type").value.values()].find((one) => one.body.code === body.type)?.body.rule.names;
    const decided = (body.decisions ?? []).map((one): [string, number] => [t("{name} 审批", { name: name(sync, one.by) }), one.at]);
    return [{
      id: rid, kind: "leave", at: body.asked_at, title: t("请假：{type}", { type: names(type) || t("假别未定") }), text: [t("{from} 至 {to}", { from: when(body.from_at, now), to: when(body.to_at, now) }), body.text].filter(Boolean).join(t("；")), tone: tones[body.state], state: words[body.state],
      clocks: clocks([t("本机保存"), body.asked_at], [t("服务器收到"), body.received_at], ...decided, [t("销假"), body.returned_at]), grade: body.grade, by: body.by !== sync.uid ? body.by : "", answers: [], href: `/leave/${rid}`,
    }];
  });
}

/** Problems this person answers for, by order or for his unit (RCT-01, CAMP-01). */
function problems(sync: Sync): Entry[] {
  const words = { found: t("已登记"), ordered: t("已交办"), rectifying: t("整改中"), claimed: t("待核实"), returned: t("退回重改"), verified: t("已销号"), not_done: t("未整改"), lifted: t("已撤销") };
  const tones = { found: "info", ordered: "info", rectifying: "info", claimed: "warn", returned: "bad", verified: "ok", not_done: "bad", lifted: "idle" } as const;
  return [...sync.rows("problem").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.owner !== sync.uid && body.named !== sync.uid) return [];
    return [{
      id: rid, kind: "problem", at: body.found_at, title: t("问题"), text: [codeWord(sync, body.code), body.text, body.demand].filter(Boolean).join(t("；")), tone: tones[body.state], state: words[body.state],
      clocks: clocks([t("记录时间"), body.found_at]), answers: [], href: `/problems/${rid}`,
    }];
  });
}

/** What this person is to repair (§7). */
function repairs(sync: Sync): Entry[] {
  const words = { reported: t("已报修"), assigned: t("已派修"), repaired: t("已修，待检查"), checked: t("已修好"), dropped: t("不予维修") };
  const tones = { reported: "warn", assigned: "info", repaired: "warn", checked: "ok", dropped: "idle" } as const;
  return [...sync.rows("repair").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.owner !== sync.uid) return [];
    return [{
      id: rid, kind: "repair", at: body.reported_at, title: t("报修"), text: [sync.rows("post").value.has(body.place) ? postName(sync.rows("post").value, body.place) : "", names(body.names) || body.text].filter(Boolean).join(t("；")), tone: tones[body.state], state: words[body.state],
      clocks: clocks([t("记录时间"), body.reported_at]), answers: [], href: `/repairs/${rid}`,
    }];
  });
}

function handovers(sync: Sync): Entry[] {
  const words = { accepted: t("已接收"), closed: t("已办结"), declined: t("未接收"), delivered: t("已送达"), handed_back: t("已交回"), in_force: t("进行中"), prepared: t("已准备"), withdrawn: t("已撤回") };
  const tones = { accepted: "ok", closed: "idle", declined: "bad", delivered: "info", handed_back: "ok", in_force: "ok", prepared: "info", withdrawn: "idle" } as const;
  return [...sync.rows("handover").value].flatMap(([rid, { body }]): Entry[] => {
    if (body.a !== sync.uid && body.b !== sync.uid) return [];
    const other = body.a === sync.uid ? t("移交给 {name}", { name: name(sync, body.b) }) : t("{name} 移交给我", { name: name(sync, body.a) });
    return [{
      id: rid, kind: "handover", at: body.made_at, title: t("工作移交：{post}", { post: postName(sync.rows("post").value, body.post) }), text: [other, t("{n} 项", { n: body.items.length }), body.declined_text].filter(Boolean).join(t("；")), tone: tones[body.state], state: words[body.state],
      clocks: clocks([t("本机保存"), body.made_at], [t("送达"), body.delivered_at], [t("接收"), body.accepted_at], [t("开始履职"), body.taken_at], [t("交回"), body.back_at]), grade: body.grade, by: body.by !== sync.uid ? body.by : "", answers: [],
    }];
  });
}
