/** What campaigns and problems say in the shell's lists. */
import { dueItems, type Describe, type InboxItem, type Lists } from "../../app/feature";
import { date, dayOf, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { unitName } from "../hall/names";
import { answersFor, dutiesOf } from "./model";
import { codeWord, outputWord } from "./words";

const ENDED = ["verified", "not_done", "lifted"];

const about = (sync: Sync, rid: string) => {
  const problem = sync.rows("problem").value.get(rid)?.body;
  return problem ? { text: `${unitName(sync.rows("unit").value, problem.unit)} · ${codeWord(sync, problem.code)}`, edit: `/problems/${rid}` } : { edit: `/problems/${rid}` };
};

const dutyText = (sync: Sync, rid: string, duty: string): string => sync.rows("campaign").value.get(rid)?.body.phases.flatMap((phase) => phase.duties ?? []).find(({ id }) => id === duty)?.text ?? "";

const describe: Describe = {
  "camp.put": ({ a }) => ({ title: t("专项整治方案"), text: a.title, edit: "/campaigns" }),
  "camp.finish": ({ rid }) => ({ title: t("结束阶段"), edit: `/campaigns/${rid}` }),
  "camp.self_check": ({ a }) => ({ title: t("自查自纠"), text: a.problems.length > 0 ? t("{n} 个问题", { n: a.problems.length }) : t("零报告"), edit: `/campaigns/${a.campaign}/self-check` }),
  "camp.output": ({ a }) => ({ title: outputWord(a.kind), text: a.title, edit: `/campaigns/${a.campaign}` }),
  "camp.duty": ({ rid, a }, sync) => ({ title: a.done === false ? t("改为未完成") : t("报告任务完成"), text: dutyText(sync, rid, a.duty), edit: `/campaigns/${rid}` }),
  "camp.file": ({ a }) => ({ title: a.gone ? t("撤下文件") : t("附上文件照片"), text: a.title, edit: `/campaigns/${a.campaign}` }),
  "problem.find": ({ a }, sync) => ({ title: t("登记问题"), text: `${unitName(sync.rows("unit").value, a.unit)} · ${codeWord(sync, a.code)}`, edit: "/problems/new" }),
  "problem.answer": ({ rid, a }, sync) => ({ title: a.dispute ? t("提出异议") : t("说明情况"), ...about(sync, rid) }),
  "problem.withdraw": ({ rid }, sync) => ({ title: t("撤销登记"), ...about(sync, rid) }),
  "problem.order": ({ rid }, sync) => ({ title: t("交办整改"), ...about(sync, rid) }),
  "problem.measures": ({ rid }, sync) => ({ title: t("整改措施"), ...about(sync, rid) }),
  "problem.claim": ({ rid }, sync) => ({ title: t("报告整改完成"), ...about(sync, rid) }),
  "problem.verify": ({ rid, a }, sync) => ({ title: a.accept ? t("核实通过") : t("退回"), ...about(sync, rid) }),
  "problem.close": ({ rid }, sync) => ({ title: t("认定未整改"), ...about(sync, rid) }),
};

/** My own open tasks of phases that have begun (CAMP-01). */
function dutyItems(sync: Sync): InboxItem[] {
  const today = dayOf(sync.now());
  return [...sync.rows("campaign").value].flatMap(([rid, { body }]) =>
    dutiesOf(body, today)
      .filter((one) => !one.done && one.phase.from_day <= today && one.who.includes(sync.uid))
      .map(({ duty, by_day, late }): InboxItem => ({ id: `duty:${rid}:${duty.id}`, at: Date.parse(`${by_day}T12:00:00Z`), title: late ? t("任务已逾期") : t("专项整治任务"), text: `${duty.text} · ${t("{day}前", { day: date(by_day) })}`, path: `/campaigns/${rid}`, waits: true })),
  );
}

/** Units I answer for whose self-check is still to come (CAMP-03). */
function checkItems(sync: Sync): InboxItem[] {
  const today = dayOf(sync.now());
  const me = sync.rows("me").value.get(sync.uid)?.body;
  return [...sync.rows("campaign").value].flatMap(([rid, { body }]) => {
    const phase = body.phases.find((one, at) => one.kind === "self_check" && one.from_day <= today && !body.finished?.includes(at));
    const missing = phase ? answersFor(body, sync.uid, me).filter((unit) => !body.progress[unit]?.reported) : [];
    return missing.map((unit): InboxItem => ({ id: `check:${rid}:${unit}`, at: Date.parse(`${phase?.to_day}T12:00:00Z`), title: t("填报自查"), text: `${unitName(sync.rows("unit").value, unit)} · ${t("{day}前", { day: date(phase?.to_day ?? "") })}`, path: `/campaigns/${rid}/self-check`, waits: true }));
  });
}

/** What waits: mine to do and to rectify, others' to verify. */
function inbox(sync: Sync): InboxItem[] {
  const me = sync.rows("me").value.get(sync.uid)?.body;
  const verifies = ["INS", "EFF", "CHECK", "OFF"].some((role) => me?.roles.includes(role));
  const lines = [...sync.rows("problem").value].flatMap(([rid, { body }]): InboxItem[] => {
    const mine = body.owner === sync.uid || body.named === sync.uid || (me?.roles.includes("HEAD") === true && me.unit === body.unit);
    const text = `${unitName(sync.rows("unit").value, body.unit)} · ${codeWord(sync, body.code)}`;
    const line = (title: string, at: number, waits = true): InboxItem[] => [{ id: `problem:${rid}`, at, title, text, path: `/problems/${rid}`, waits }];
    const told = body.demand || body.steps.some(({ step }) => step === "withdrawn");
    if (mine && body.state === "lifted" && told) return line(t("问题已撤销，不用再整改"), body.found_at, false);
    if (mine && ["ordered", "rectifying", "returned"].includes(body.state)) return line(body.overdue ? t("整改已逾期") : t("待整改"), body.due_at ?? body.found_at);
    if (verifies && me?.unit !== body.unit && body.state === "claimed") return line(t("整改待核实"), body.found_at);
    if (verifies && me?.unit !== body.unit && body.disputed && body.steps[0]?.by !== sync.uid && !ENDED.includes(body.state)) return line(t("问题有异议，待处理"), body.found_at);
    return [];
  });
  const paper = (rid: string) => `/campaigns/${sync.rows("camp.file").value.get(rid)?.body.campaign ?? ""}`;
  return [...dutyItems(sync), ...checkItems(sync), ...lines, ...dueItems(sync, "problem", (rid) => `/problems/${rid}`), ...dueItems(sync, "camp.file", paper)];
}

export const lists: Lists = { describe, inbox };
