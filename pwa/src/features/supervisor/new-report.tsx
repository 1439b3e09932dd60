/** A supervisor's report: what was seen, a suggestion, a request to know (SUP-03, SUP-04); works without a network. */
import { AttachField, DraftNotice, go, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { names, t } from "../../i18n";
import type { Photo } from "../../sync/api";
import { Chips, DateTimeWheel, Select, TextArea } from "../../ui";
import { REPORT_KINDS, reportWord, type ReportKind } from "./words";

interface Form {
  kind: ReportKind;
  unit: string;
  text: string;
  at: number;
  photos: Photo[];
}

export default function NewReport({ sync }: ScreenProps) {
  const own = sync.rows("sup.own").value.get(sync.uid)?.body;
  const draft = useDraft<Form>("sup.report", { kind: "seen", unit: "", text: "", at: sync.now(), photos: [] }, t("写一份报告"));
  const form = draft.value;
  const submit = async () => {
    const { photos, unit, kind } = form;
    const said = { kind, text: form.text.trim(), at: Math.min(form.at, sync.now()), ...(unit ? { unit } : {}) };
    const receipt = await sync.save("sup.report", said, { ...draft.record, blobs: photos });
    await draft.done();
    go(`/reports/${receipt.rid}`, { replace: true });
    return receipt;
  };
  const hints: Record<ReportKind, string> = {
    seen: t("写看到的事实：什么时候、在哪里、什么情况；不写群众姓名和证件号。"),
    suggestion: t("写建议怎样做，为什么。"),
    request: t("写想了解什么情况。"),
  };
  return (
    <div class="stack">
      <DraftNotice draft={draft} />
      <Chips label={t("报告类别")} value={form.kind} options={REPORT_KINDS.map((value) => ({ value, label: reportWord(value) }))} onChange={(kind) => draft.set({ kind })} />
      <Select
        label={t("关于哪个单位")}
        value={form.unit}
        options={[{ value: "", label: t("全厅") }, ...Object.entries(own?.unit_names ?? {}).map(([value, said]) => ({ value, label: names(said) }))]}
        onChange={(unit) => draft.set({ unit })}
      />
      {form.kind === "seen" && <DateTimeWheel label={t("所见时间")} value={form.at} presets={[{ label: t("现在"), at: sync.now() }]} onChange={(at) => draft.set({ at })} />}
      <TextArea label={t("内容")} required rows={5} max={2000} value={form.text} hint={hints[form.kind]} onChange={(text) => draft.set({ text })} />
      <AttachField max={5} value={form.photos} onChange={(photos) => draft.set({ photos })} />
      <SubmitBar onSubmit={submit} disabled={form.text.trim() === ""} note={t("办公室在期限内答复；提交后不能修改。")} />
    </div>
  );
}
