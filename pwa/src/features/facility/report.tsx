/** 报修: where, what, how bad; a photo if there is time. Works without a network. */
import { AttachField, DraftNotice, go, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { t } from "../../i18n";
import type { Photo } from "../../sync/api";
import type { ReportFault } from "../../sync/types.gen";
import { Check, Chips, TextArea } from "../../ui";
import { mayClose } from "./model";
import { KINDS, kindWord, SEVERITIES, SEVERITY_TONES, severityWord } from "./words";
import { PlacePick } from "./place";

interface Form {
  place: string;
  text: string;
  kind: NonNullable<ReportFault["kind"]>;
  severity: NonNullable<ReportFault["severity"]>;
  closes: boolean;
  photos: Photo[];
}

export default function Report({ sync, query }: ScreenProps) {
  const draft = useDraft<Form>("repair.new", { place: query.get("place") ?? "", text: "", kind: "fault", severity: "minor", closes: false, photos: [] }, t("报修"));
  const form = draft.value;
  const post = sync.rows("post").value.get(form.place);
  const closing = !!post && mayClose(sync.rows("me").value.get(sync.uid)?.body, post.body.unit);
  const missing = !form.place ? t("请选择地点。") : !form.text.trim() ? t("请写明什么坏了。") : "";
  const submit = async () => {
    const { photos, closes, ...said } = form;
    const receipt = await sync.save("repair.report", { ...said, text: form.text.trim(), at: sync.now(), ...(closes && closing ? { closes } : {}) }, { ...draft.record, blobs: photos });
    await draft.done();
    go(`/repairs/${receipt.rid}`, { replace: true });
    return receipt;
  };
  return (
    <div class="stack">
      <DraftNotice draft={draft} />
      <PlacePick sync={sync} label={t("地点")} value={form.place} onPick={(place) => draft.set({ place })} />
      <TextArea label={t("情况")} required rows={3} max={500} value={form.text} onChange={(text) => draft.set({ text })} />
      <AttachField value={form.photos} onChange={(photos) => draft.set({ photos })} />
      <Chips label={t("问题类别")} options={KINDS.map((value) => ({ value, label: kindWord(value) }))} value={form.kind} onChange={(kind) => draft.set({ kind })} />
      <Chips
        label={t("程度")}
        options={SEVERITIES.map((value) => ({ value, label: severityWord(value), tone: SEVERITY_TONES[value] === "bad" ? ("bad" as const) : undefined }))}
        value={form.severity}
        onChange={(severity) => draft.set({ severity })}
      />
      {closing && <Check label={t("窗口因此不能办理")} hint={t("大屏随即显示暂停，修好后恢复。")} value={form.closes} onChange={(closes) => draft.set({ closes })} />}
      <SubmitBar verb={t("报修")} disabled={missing !== ""} {...(missing ? { note: missing } : {})} onSubmit={submit} />
    </div>
  );
}
