/** 场所检查: the whole list on the phone, one tap an item; a failure becomes a repair. Works without a network (FAC-05, FAC-06). */
import { useEffect, useState } from "preact/hooks";
import { go, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { clock, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Checklist, ChecklistItem, Fault } from "../../sync/types.gen";
import { Button, Check, Chips, Empty, Loading, TextArea } from "../../ui";
import { answered, answersOf, nextOpen, photosOf, points, withAnswer } from "../hall/answering";
import { itemsOf, scoreOf } from "../hall/checklist";
import { ChecklistPart, itemInView, jumpTo } from "../hall/checklist-items";
import { allWell, inspectOf, missingOf, type Draft, type Missing } from "./model";
import { PlacePick } from "./place";
import { KINDS, kindWord, SEVERITIES, severityWord } from "./words";

const draftKey = (list: string): string => `facility:${list}`;

/** Progress, the score so far, and the way to the next open item. */
function Bar({ checklist, draft }: { checklist: Checklist; draft: Draft }) {
  const all = itemsOf(checklist);
  const done = answered(all, draft.answers);
  const score = scoreOf(checklist, answersOf(checklist, draft.answers));
  const jump = (): void => {
    const here = itemInView();
    const next = nextOpen(checklist, draft.answers, all[all.findIndex((item) => item.id === here) - 1]?.id);
    if (next) jumpTo(next.id);
  };
  return (
    <div class="v-bar">
      <progress value={done} max={all.length} aria-label={t("已记 {n}/{all} 项", { n: done, all: all.length })} />
      <b class="num">{t("{n} / {m} 项", { n: done, m: all.length })}</b>
      {score.possible > 0 && <span class="num">{t("{n} 分", { n: points(score.tenths) })}</span>}
      <span class="grow" />
      {done < all.length && <Button onPress={jump}>{t("未选 {n}", { n: all.length - done })}</Button>}
    </div>
  );
}

/** What a failed item says beside its note: which kind, how bad, where exactly. */
function FaultFields({ sync, item, fault, onChange }: { sync: Sync; item: ChecklistItem; fault: Fault; onChange: (item: string, fault: Fault) => void }) {
  const set = (change: Partial<Fault>) => onChange(item.id, { ...fault, ...change });
  const isPost = sync.rows("post").value.has(fault.place ?? "");
  return (
    <>
      <Chips label={t("问题类别")} hideLabel options={KINDS.map((value) => ({ value, label: kindWord(value) }))} value={fault.kind ?? "fault"} onChange={(kind) => set({ kind })} />
      <Chips label={t("程度")} hideLabel options={SEVERITIES.map((value) => ({ value, label: severityWord(value) }))} value={fault.severity ?? "minor"} onChange={(severity) => set({ severity })} />
      <PlacePick sync={sync} label={t("具体地点")} none={t("同检查范围")} value={fault.place ?? ""} onPick={(place) => set({ place })} />
      {isPost && <Check label={t("窗口因此不能办理")} hint={t("大屏随即显示暂停，修好后恢复。")} value={fault.closes ?? false} onChange={(closes) => set({ closes })} />}
    </>
  );
}

function missingText(missing: Missing, open: number): string {
  if (missing === "items") return t("还有 {n} 项没有选", { n: open });
  return missing === "proof" ? t("有不合格的项须写明情况或附照片") : t("不能每一项都选不适用");
}

interface RecorderProps {
  sync: Sync;
  id: string;
  checklist: Checklist;
}

function Recorder({ sync, id, checklist, first, kept_at }: RecorderProps & { first: Draft; kept_at: number | null }) {
  const draft = useDraft<Draft>(draftKey(id), first, t("场所检查"), { at_once: true });
  const { value, set } = draft;
  const missing = missingOf(checklist, value);
  const items = itemsOf(checklist);
  const failed = items.filter((item) => value.answers[item.id]?.mark === "fail").length;
  const submit = async () => {
    const receipt = await sync.save("facility.inspect", inspectOf(id, checklist, value, sync.now()), { ...draft.record, blobs: photosOf(value.answers) });
    await draft.done();
    go(`/facility/${receipt.rid}`, { replace: true });
    return receipt;
  };
  return (
    <div class="v-record">
      <Bar checklist={checklist} draft={value} />
      {kept_at !== null && <p class="muted num">{t("接着 {time} 的记录", { time: clock(kept_at) })}</p>}
      <PlacePick sync={sync} label={t("检查范围")} none={t("全厅")} zonesOnly value={value.place} onPick={(place) => set({ place })} />
      {checklist.groups.map((group) => (
        <div key={group.id} class="v-part">
          <ChecklistPart
            group={group}
            answers={value.answers}
            onChange={(item, change) => set({ answers: withAnswer(value.answers, item, change) })}
            more={(item) => <FaultFields sync={sync} item={item} fault={value.faults[item.id] ?? {}} onChange={(one, fault) => set({ faults: { ...value.faults, [one]: fault } })} />}
          />
          {answered(group.items, value.answers) < group.items.length && (
            <Button onPress={() => set({ answers: allWell(checklist, value.answers, group.id) })}>{t("{group}：其余合格", { group: names(group.names) })}</Button>
          )}
        </div>
      ))}
      <TextArea label={t("总的情况（可不填）")} rows={2} max={500} value={value.text} onChange={(text) => set({ text })} />
      <SubmitBar
        onSubmit={submit}
        disabled={missing !== null}
        note={missing ? missingText(missing, items.length - answered(items, value.answers)) : failed > 0 ? t("{n} 项不合格将成为报修。", { n: failed }) : t("提交后不能修改。")}
      />
    </div>
  );
}

/** Reads the draft before anything can be tapped, so that no tap ever overwrites an earlier one. */
function Opening(props: RecorderProps) {
  const { sync, id } = props;
  const [kept, setKept] = useState<{ value: Draft; saved_at: number } | null>();
  useEffect(() => void sync.draft.load<Draft>(draftKey(id)).then((found) => setKept(found ?? null)), [sync, id]);
  if (kept === undefined) return <Loading />;
  const first: Draft = { answers: {}, faults: {}, place: "", text: "", from_at: sync.now() };
  return <Recorder {...props} first={kept ? { ...first, ...kept.value } : first} kept_at={kept?.saved_at ?? null} />;
}

export default function InspectScreen({ sync, params }: ScreenProps) {
  const id = params["list"] ?? "";
  const checklist = sync.rows("checklist").value.get(id)?.body;
  if (!checklist) return <Empty title={t("本机没有这个版本的检查表")} icon="search">{t("请回到场所检查，选现行的一份。")}</Empty>;
  return <Opening sync={sync} id={id} checklist={checklist} />;
}
