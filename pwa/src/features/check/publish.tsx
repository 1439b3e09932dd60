/** 公布全部结果: everything of a plan that is finished and fact-checked, in one act; what is left is named (CHK-09, PRV-17). */
import { useState } from "preact/hooks";
import { SubmitBar } from "../../app/feature";
import { dayOf, names, t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Plan } from "../../sync/types.gen";
import { BigButton, Cell, Check, List, Notice, Section, Sheet, Tag, TextArea } from "../../ui";
import { waitingOf, type Waiting, type Why } from "./model";

function whyText(why: string): string {
  const words: Record<Exclude<Why, "">, () => string> = {
    ANSWER_TIME: () => t("等待受检单位核对"),
    CASE_OPEN: () => t("测试件还没有撤回或标注"),
    GONE: () => t("记录已作废"),
    ITEMS_OPEN: () => t("有未评定的项目或须说明的情况，请逐份公布"),
    NO_RIGHT: () => t("不属于这个方案"),
    STALE: () => t("刚有改动，请再看一遍"),
    UNCHECKED: () => t("没有作事实核对"),
  };
  return (words[why as Exclude<Why, "">] ?? words.STALE)();
}

export function Publish({ sync, rid, plan }: { sync: Sync; rid: string; plan: Plan }) {
  const [open, setOpen] = useState(false);
  const visits = sync.rows("visit").value;
  const rows = { missions: sync.rows("mission").value, visits, teams: sync.rows("visit.team").value, results: sync.rows("visit.unit").value };
  const waiting = waitingOf(plan, rows, dayOf(sync.now()));
  const left = (plan.left ?? []).filter(({ visit }) => visits.get(visit)?.body.state !== "published");
  if (waiting.length === 0 && left.length === 0) return null;
  const unit = (mission: string | undefined) => names(rows.missions.get(mission ?? "")?.body.unit_names);
  return (
    <Section title={t("公布结果")} aside={t("{n} 份等待公布", { n: waiting.length })}>
      {left.length > 0 && (
        <Notice tone="warn" title={t("{time} 公布时有 {n} 份没有一起公布", { time: when(plan.published_at ?? 0, sync.now()), n: left.length })}>
          {left.map(({ visit, code }) => (
            <p key={visit}>{t("{name}：{what}", { name: unit(visits.get(visit)?.body.mission), what: whyText(code) })}</p>
          ))}
        </Notice>
      )}
      <List>
        {waiting.map((one) => (
          <Cell key={one.visit} title={unit(one.mission)} value={<Tag tone={one.why === "" ? "ok" : "warn"}>{one.why === "" ? t("可以公布") : whyText(one.why)}</Tag>} href={`/visits/${one.visit}`} />
        ))}
      </List>
      {waiting.length > 0 && <BigButton label={t("公布全部结果")} sub={t("各单位同时看到，未公布的仍然保密")} onPress={() => setOpen(true)} />}
      {open && <All sync={sync} rid={rid} waiting={waiting} onClose={() => setOpen(false)} />}
    </Section>
  );
}

function All({ sync, rid, waiting, onClose }: { sync: Sync; rid: string; waiting: readonly Waiting[]; onClose: () => void }) {
  const [text, setText] = useState("");
  const [unchecked, setUnchecked] = useState(false);
  const bare = waiting.filter(({ why }) => why === "UNCHECKED").length;
  const ready = waiting.filter(({ why }) => why === "" || (unchecked && why === "UNCHECKED"));
  const words = text.trim();
  const submit = async () => {
    // All that wait are named: the server knows what has become ready meanwhile, and says of each other why not.
    const guard: Record<string, number> = Object.assign({}, ...waiting.map((one) => one.guard));
    const receipt = await sync.save("plan.publish", { visits: waiting.map(({ visit }) => visit), ...(unchecked ? { unchecked } : {}), ...(words ? { text: words } : {}) }, { rid, guard });
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("公布全部结果")} onClose={onClose} foot={<SubmitBar verb={t("公布 {n} 份", { n: ready.length })} disabled={ready.length === 0} onSubmit={submit} note={t("公布后不能收回，只能写明理由撤回。")} />}>
      {ready.length > 0 && <p>{t("{n} 份已经核对，同时公布给各受检单位负责人、办公室和领导；每份结果各自留存。", { n: ready.length })}</p>}
      {bare > 0 && <Check label={t("没有作事实核对的 {n} 份也公布", { n: bare })} value={unchecked} onChange={setUnchecked} />}
      {ready.length < waiting.length && <p class="muted">{t("其余 {n} 份不公布，仍然保密；原因会列在方案里。", { n: waiting.length - ready.length })}</p>}
      <TextArea label={t("给各受检单位的话")} rows={2} max={500} value={text} onChange={setText} />
    </Sheet>
  );
}
