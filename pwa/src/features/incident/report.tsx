/** 突发事件 first report: what, where and how grave, most of it already chosen; works without a network (EMG-07). */
import { AttachField, DraftNotice, go, SubmitBar, useAmended, useDraft, useNow, useSync } from "../../app/feature";
import { t } from "../../i18n";
import type { Photo } from "../../sync/api";
import type { Report } from "../../sync/types.gen";
import { Check, Chips, Select, TextArea, TextField } from "../../ui";
import { KINDS, placesFor, presetLevel, type Kind } from "./model";
import { CallLine } from "./call";
import { kindWord, levelTone, levelWord, messageText, placeWord } from "./words";
import "./incident.css";

interface Form {
  kind: Kind | null;
  place: string | null;
  level: number | null;
  people: string;
  text: string;
  drill: boolean;
  paper: string;
  photos: Photo[];
}

const EMPTY: Form = { kind: null, place: null, level: null, people: "", text: "", drill: false, paper: "", photos: [] };
/** The form of a report that was not accepted. */
const formOf = ({ kind, place, level, people, text, drill, paper }: Report): Form => {
  return { kind, place, level, people: people ? String(people) : "", text: text ?? "", drill: drill ?? false, paper: paper ?? "", photos: [] };
};
const LEVELS = ["1", "2", "3", "4"] as const;

export default function ReportScreen() {
  const sync = useSync();
  const now = useNow();
  const amended = useAmended("incident.report");
  const draft = useDraft<Form>("incident", amended ? { ...formOf(amended.a), photos: [...(amended.blobs ?? [])] } : EMPTY, t("报告突发事件"));
  const hall = sync.rows("hall").value.get("hall")?.body;
  const posts = sync.rows("post").value;
  const places = placesFor(hall, posts, sync.rows("duty").value, sync.uid, now);
  const { kind, text, people, drill, paper, photos } = draft.value;
  const place = draft.value.place ?? places[0]?.id ?? "";
  const level = draft.value.level ?? (kind ? presetLevel(kind) : 4);
  const other = places.some((one) => one.id === place) ? "" : place;

  const submit = async () => {
    if (!kind) return undefined;
    const a: Report = { kind, place, found_at: sync.now(), level };
    if (Number(people) > 0) a.people = Number(people);
    if (text.trim()) a.text = text.trim();
    if (drill) a.drill = true;
    if (paper.trim()) a.paper = paper.trim();
    const receipt = await sync.save("incident.report", a, { ...draft.record, blobs: photos });
    await draft.done();
    go(`/incidents/${receipt.rid}`, { replace: true });
    return receipt;
  };

  return (
    <>
      <DraftNotice draft={draft} />
      {places[0]?.kind === "post" && kind === null && <p class="muted">{t("来不及填：在首页长按右上角的警铃，立即从您的窗口报出。")}</p>}
      <div class="kinds">
        <Chips label={t("发生了什么")} options={KINDS.map((value) => ({ value, label: kindWord(value) }))} value={kind} onChange={(value) => draft.set({ kind: value })} />
      </div>
      <Chips
        label={t("在哪里")}
        options={places.map((one) => ({ value: one.id, label: placeWord(one.id, hall, posts), ...(one.kind === "post" ? { sub: t("我的岗位") } : {}) }))}
        value={other ? null : place}
        onChange={(value) => draft.set({ place: value })}
      />
      <Select
        label={t("其他窗口")}
        value={other}
        options={[{ value: "", label: t("不选") }, ...[...posts].map(([id]) => ({ value: id, label: placeWord(id, hall, posts) }))]}
        onChange={(value) => draft.set({ place: value || null })}
      />
      <Chips
        label={t("级别")}
        options={LEVELS.map((value) => ({ value, label: levelWord(Number(value)), tone: levelTone(Number(value)) === "bad" ? "bad" : levelTone(Number(value)) === "warn" ? "warn" : undefined }))}
        value={LEVELS[level - 1] ?? null}
        onChange={(value) => draft.set({ level: Number(value) })}
      />
      <CallLine hall={hall} {...(kind ? { report: messageText(kind, placeWord(place, hall, posts), level, now) } : {})} />
      <AttachField sound value={photos} onChange={(value) => draft.set({ photos: value })} />
      <details class="fold">
        <summary>{t("人数、情况说明")}</summary>
        <TextField label={t("涉及人数")} inputMode="numeric" value={people} onChange={(value) => draft.set({ people: value.replace(/\D/g, "") })} max={4} />
        <Check label={t("这是演练")} hint={t("演练不提醒、不上大屏、不影响考勤。")} value={drill} onChange={(value) => draft.set({ drill: value })} />
        <TextField label={t("纸质单号")} hint={t("停电断网时先写在纸上的，补录时填写。")} value={paper} onChange={(value) => draft.set({ paper: value })} max={40} />
        <TextArea label={t("情况说明")} value={text} onChange={(value) => draft.set({ text: value })} hint={t("不写群众姓名和证件号。")} />
      </details>
      <SubmitBar onSubmit={submit} disabled={kind === null || place === ""} verb={t("报告")} note={kind === null ? t("请选择发生了什么。") : t("报告后可以补充处理、报告、反馈。")} />
    </>
  );
}
