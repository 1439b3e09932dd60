/** 手工签到表: a power cut or a failure, many people at once, with a photo of the paper (ATT-05). Works without a network. */
import { useState } from "preact/hooks";
import { AttachField, DraftNotice, go, SubmitBar, useAmended, useDraft } from "../../app/feature";
import { clock, instant, t } from "../../i18n";
import type { Photo } from "../../sync/api";
import type { HandList } from "../../sync/types.gen";
import { Button, Check, Chips, DateTimeWheel, Loading, Section, TextField } from "../../ui";
import { listCauseWord } from "../hall/causes";
import { slotsOf, type Way } from "./model";
import { useAttendance } from "./rows";
import { edgeWord, sessionWord } from "./words";
import "./attendance.css";

interface Form {
  cause: HandList["cause"];
  session: number;
  way: Way;
  /** People on the list with the time written down (ms). */
  times: Record<string, number>;
  text: string;
  photos: Photo[];
}
const CAUSES: readonly HandList["cause"][] = ["power", "device", "network", "other"];

export default function HandListForm() {
  const { sync, me, hall, people, today, now } = useAttendance();
  const amended = useAmended("att.hand_list");
  const initial: Form = { cause: "power", session: 0, way: "in", times: {}, text: "", photos: [], ...(amended ? formOf(amended.a) : {}) };
  const draft = useDraft<Form>("att.hand_list", initial, t("手工签到表"));
  const [at, setAt] = useState<number | null>(null);
  if (!hall || !me) return <Loading />;
  const day = amended?.a.day ?? today;
  const form = draft.value;
  const slots = slotsOf(hall, day);
  const slot = slots[form.session];
  const mark = at ?? (slot ? (form.way === "in" ? slot.from : slot.to) : now);
  const unit = [...people].filter(([, { body }]) => body.unit === me.unit).sort(([, a], [, b]) => a.body.badge.localeCompare(b.body.badge, "en", { numeric: true }));
  const chosen = Object.entries(form.times);
  const toggle = (uid: string, on: boolean) => {
    const { [uid]: _, ...rest } = form.times;
    draft.set({ times: on ? { ...rest, [uid]: Math.min(mark, now) } : rest });
  };
  const missing = slots.length === 0 ? t("今天不是工作日。") : chosen.length === 0 ? t("请勾选签到的人。") : form.photos.length === 0 ? t("请拍下纸质签到表。") : null;
  const submit = async () => {
    const a: HandList = { unit: me.unit, day, session: form.session, way: form.way, cause: form.cause, people: chosen.map(([person, time]) => ({ person, at: time })) };
    if (form.text.trim()) a.text = form.text.trim();
    const receipt = await sync.save("att.hand_list", a, { ...draft.record, blobs: form.photos });
    await draft.done();
    go("/attendance");
    return receipt;
  };
  return (
    <>
      <DraftNotice draft={draft} />
      <Chips label={t("原因")} options={CAUSES.map((value) => ({ value, label: listCauseWord(value) }))} value={form.cause} onChange={(cause) => draft.set({ cause })} />
      <Chips
        label={t("时段")}
        options={slots.flatMap((one) => (["in", "out"] as const).map((way) => ({ value: `${one.number}${way}`, label: edgeWord(sessionWord(one.number, slots.length), way) })))}
        value={`${form.session}${form.way}`}
        onChange={(value) => draft.set({ session: Number.parseInt(value, 10), way: value.endsWith("in") ? "in" : "out", times: {} })}
      />
      <DateTimeWheel label={t("表上的时间")} value={mark} min={instant(day, "00:00")} max={now} onChange={setAt} hint={t("先定时间，再勾选这个时间签到的人；不同时间可以分几次勾。")} />
      <Section title={t("本单位人员")} aside={t("已选 {n} 人", { n: chosen.length })}>
        {unit.map(([uid, { body }]) => (
          <Check key={uid} label={body.name} value={uid in form.times} onChange={(on) => toggle(uid, on)} {...(form.times[uid] ? { hint: clock(form.times[uid]) } : {})} />
        ))}
        <Button tone="quiet" onPress={() => draft.set({ times: Object.fromEntries(unit.map(([uid]) => [uid, form.times[uid] ?? Math.min(mark, now)])) })}>
          {t("全部勾选")}
        </Button>
      </Section>
      <AttachField value={form.photos} onChange={(photos) => draft.set({ photos })} />
      <TextField label={t("说明（可不填）")} value={form.text} onChange={(text) => draft.set({ text })} max={200} />
      <SubmitBar onSubmit={submit} disabled={missing !== null} note={missing ?? t("负责人或办公室核对照片后生效。")} />
    </>
  );
}

const formOf = (a: HandList): Partial<Form> => ({
  cause: a.cause, session: a.session, way: a.way, text: a.text ?? "", times: Object.fromEntries(a.people.map((line) => [line.person, line.at])),
});
