/** The visit recorder: 46 items, one tap each, kept on the device at every change, handed in as one op. */
import { useEffect, useState } from "preact/hooks";
import { SubmitBar, go, useDraft, useNow, type ScreenProps } from "../../app/feature";
import { clock, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Checklist, Mission } from "../../sync/types.gen";
import { Button, Empty, IconButton, Loading } from "../../ui";
import { Discreet, hide, useNotes } from "./discreet";
import { Arrival, Leaving } from "./facts";
import { ChecklistPart, itemInView, jumpTo } from "../hall/checklist-items";
import { daysText } from "./missions";
import { answered, answersOf, draftKey, isOpenFor, itemsOf, missingOf, newDraft, nextOpen, photosOf, points, recordOf, scoreOf, withAnswer, withoutNote, type Draft } from "./model";
import { methodText, missingText } from "./words";
import "./visit.css";

interface RecorderProps {
  sync: Sync;
  rid: string;
  mission: Mission;
  checklist: Checklist;
}

/** What the visitor was told: folded away, because the screen may be seen. */
function Brief({ mission }: { mission: Mission }) {
  const { notes } = useNotes();
  return (
    <details class="v-brief">
      <summary>{t("要点")}</summary>
      <p>
        {names(mission.unit_names)} · {t("{number}号窗口", { number: mission.window })} · {daysText(mission)}
      </p>
      {mission.method && mission.method !== "covert" && <p>{methodText(mission.method)}</p>}
      <p>{mission.story}</p>
      {notes.length > 0 && (
        <ul>
          {notes.map((note, at) => (
            <li key={`${at}${note}`}>{note}</li>
          ))}
        </ul>
      )}
    </details>
  );
}

/** Progress, the way to the next open item, and the quiet way out. The score stands small. */
function Bar({ checklist, draft }: { checklist: Checklist; draft: Draft }) {
  const all = itemsOf(checklist);
  const done = answered(all, draft);
  const score = scoreOf(checklist, answersOf(checklist, draft));
  const jump = (): void => {
    const here = itemInView();
    const next = nextOpen(checklist, draft, all[all.findIndex((item) => item.id === here) - 1]?.id);
    if (next) jumpTo(next.id);
  };
  return (
    <div class="v-bar">
      <progress value={done} max={all.length} aria-label={t("已记 {n}/{all} 项", { n: done, all: all.length })} />
      <b class="num">{t("{n} / {m} 项", { n: done, m: all.length })}</b>
      {score.possible > 0 && (
        <small class="num" aria-label={t("得分预估 {n}", { n: points(score.tenths) })}>
          {t("{n} 分", { n: points(score.tenths) })}
          {score.vetoes.length > 0 && "↓"}
        </small>
      )}
      <span class="grow" />
      {done < all.length && <Button onPress={jump}>{t("未选 {n}", { n: all.length - done })}</Button>}
      <IconButton icon="ledger" label={t("备忘")} onPress={hide} />
    </div>
  );
}

/** The line above the submit button: what is missing, else what would make the record stronger. */
function noteOf(checklist: Checklist, draft: Draft, team: boolean): string {
  const missing = missingOf(checklist, draft, team);
  if (missing[0]) return missingText(missing[0], itemsOf(checklist).length - answered(itemsOf(checklist), draft));
  const left = itemsOf(checklist).length - answered(itemsOf(checklist), draft);
  if (left > 0) return t("还有 {n} 项没有选，由同组人员补齐。提交后不能修改。", { n: left });
  const silent = withoutNote(draft).length;
  if (silent > 0) return t("有 {n} 项不合格没有写情况。提交后不能修改。", { n: silent });
  return t("提交后不能修改。");
}

function Recorder({ sync, rid, mission, checklist, first, kept_at }: RecorderProps & { first: Draft; kept_at: number | null }) {
  // Taken up at once: nobody should be able to lose forty answers by a wrong tap.
  const draft = useDraft<Draft>(draftKey(rid), first, t("备忘"), { at_once: true });
  const now = useNow(15_000);
  const { value, set } = draft;
  const team = mission.team.length > 1;
  const submit = async () => {
    const receipt = await sync.save("visit.record", recordOf(rid, mission.checklist, checklist, value), { ...draft.record, blobs: photosOf(value) });
    await draft.done();
    go("/missions", { replace: true });
    return receipt;
  };
  return (
    <div class="v-record">
      <Bar checklist={checklist} draft={value} />
      <Brief mission={mission} />
      {kept_at !== null && <p class="muted num">{t("接着 {time} 的记录", { time: clock(kept_at) })}</p>}
      <Arrival draft={value} now={now} onChange={set} />
      {checklist.groups.map((group) => (
        <ChecklistPart key={group.id} group={group} answers={value.answers} onChange={(item, change) => set({ answers: withAnswer(value.answers, item, change.mark ? { ...change, at: sync.now() } : change) })} />
      ))}
      <Leaving draft={value} now={now} onChange={set} />
      <SubmitBar onSubmit={submit} disabled={missingOf(checklist, value, team).length > 0} note={noteOf(checklist, value, team)} />
    </div>
  );
}

/** Reads the draft before anything can be tapped, so that no tap ever overwrites an earlier one. */
function Opening(props: RecorderProps) {
  const { sync, rid } = props;
  const [kept, setKept] = useState<{ value: Draft; saved_at: number } | null>();
  useEffect(() => void sync.draft.load<Draft>(draftKey(rid)).then((found) => setKept(found ?? null)), [sync, rid]);
  if (kept === undefined) return <Loading />;
  const first = newDraft(sync.now());
  return <Recorder {...props} first={kept ? { ...first, ...kept.value } : first} kept_at={kept?.saved_at ?? null} />;
}

export default function RecorderScreen({ sync, params }: ScreenProps) {
  const rid = params["mission"] ?? "";
  const mission = sync.rows("mission").value.get(rid)?.body;
  const checklist = mission && sync.rows("checklist").value.get(mission.checklist)?.body;
  const visits = [...sync.rows("visit").value.values()].map(({ body }) => body);
  return (
    <>
      {mission && checklist && isOpenFor(sync.uid, rid, mission, visits) ? (
        <Opening sync={sync} rid={rid} mission={mission} checklist={checklist} />
      ) : (
        <Empty title={t("这里没有待写的内容")}>{t("内容提交后就从这里移走。")}</Empty>
      )}
      <Discreet />
    </>
  );
}
