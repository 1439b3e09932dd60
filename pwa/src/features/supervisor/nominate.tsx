/** 推荐监督员: who, of what kind, vetted by whom, for which units; no account before the appointment (SUP-01). */
import { DraftNotice, go, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { names, t } from "../../i18n";
import { Chips, MultiChips, TextArea, TextField } from "../../ui";
import { KINDS, kindWord, type Kind } from "./words";

interface Form {
  name: string;
  kind: Kind;
  checked: string;
  units: string[];
}

export default function NominateScreen({ sync }: ScreenProps) {
  const draft = useDraft<Form>("sup.nominate", { name: "", kind: "citizen", checked: "", units: [] }, t("推荐监督员"));
  const form = draft.value;
  const units = [...sync.rows("unit").value].filter(([, { body }]) => body.kind !== "centre");
  const submit = async () => {
    const receipt = await sync.save("sup.nominate", { ...form, name: form.name.trim(), checked: form.checked.trim() }, { ...draft.record });
    await draft.done();
    go(`/supervisors/${receipt.rid}`, { replace: true });
    return receipt;
  };
  return (
    <div class="stack">
      <DraftNotice draft={draft} />
      <TextField label={t("姓名")} required max={60} value={form.name} onChange={(name) => draft.set({ name })} />
      <Chips label={t("类别")} value={form.kind} options={KINDS.map((value) => ({ value, label: kindWord(value) }))} onChange={(kind) => draft.set({ kind })} />
      <TextArea label={t("审核情况")} required rows={2} max={500} value={form.checked} hint={t("谁审核、核对了什么，如身份、利害关系。")} onChange={(checked) => draft.set({ checked })} />
      <MultiChips label={t("监督范围")} hint={t("不选就是全部窗口单位。")} value={form.units} options={units.map(([value, { body }]) => ({ value, label: names(body.short) || names(body.names) }))} onChange={(picked) => draft.set({ units: picked })} />
      <SubmitBar verb={t("推荐")} onSubmit={submit} disabled={!form.name.trim() || !form.checked.trim()} />
    </div>
  );
}
