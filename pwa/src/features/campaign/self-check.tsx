/** 自查自纠: a unit's list; corrected at once is said at once; nothing found needs a name (CAMP-03). Works without a network. */
import { DraftNotice, go, SubmitBar, useDraft, useMe, type ScreenProps } from "../../app/feature";
import { t } from "../../i18n";
import { uuid7 } from "../../sync/uuid7";
import type { FoundProblem } from "../../sync/types.gen";
import { Button, Card, Chips, Section, Select, TextArea, TextField } from "../../ui";
import { unitName } from "../hall/names";
import { answersFor, isSigned } from "./model";
import { codeOptions, LEVELS, levelWord } from "./words";

interface Form {
  problems: Required<FoundProblem>[];
  signed: string;
  unit: string;
}

export default function SelfCheck({ sync, params }: ScreenProps) {
  const me = useMe();
  const campaign = params["id"] ?? "";
  const name = sync.rows("person").value.get(sync.uid)?.body.name ?? "";
  const body = sync.rows("campaign").value.get(campaign)?.body;
  const units = body ? answersFor(body, sync.uid, me) : [];
  const first = units.find((unit) => !body?.progress[unit]?.reported) ?? units[0] ?? "";
  const draft = useDraft<Form>(`self-check:${campaign}`, { problems: [], signed: "", unit: "" }, t("自查自纠"));
  const { problems, signed } = draft.value;
  const unit = units.includes(draft.value.unit) ? draft.value.unit : first;
  const change = (rid: string, patch: Partial<FoundProblem>) => draft.set({ problems: problems.map((one) => (one.rid === rid ? { ...one, ...patch } : one)) });
  const submit = async () => {
    const said = problems.map(({ fixed, ...one }) => ({ ...one, text: one.text.trim(), ...(fixed.trim() ? { fixed: fixed.trim() } : {}) }));
    const receipt = await sync.save("camp.self_check", { campaign, unit, problems: said, ...(signed.trim() ? { signed: signed.trim() } : {}) }, { ...draft.record });
    await draft.done();
    go(`/campaigns/${campaign}`, { replace: true });
    return receipt;
  };
  const incomplete = problems.some((one) => !one.code || !one.text.trim());
  const missing = incomplete ? t("请写全每个问题。") : problems.length === 0 && !isSigned(signed, name) ? t("没有发现问题的，由负责人签本人姓名（{name}）确认零报告。", { name }) : "";
  return (
    <div class="stack">
      <DraftNotice draft={draft} />
      <Section title={body?.title ?? ""}>
        {units.length > 1 && <Select label={t("单位")} value={unit} options={units.map((value) => ({ value, label: unitName(sync.rows("unit").value, value) }))} onChange={(chosen) => draft.set({ unit: chosen })} />}
        {problems.map((one, at) => (
          <Card key={one.rid}>
            <b>{t("问题 {n}", { n: at + 1 })}</b>
            <Select label={t("问题类别")} required value={one.code} options={[{ value: "", label: t("请选择") }, ...codeOptions(sync)]} onChange={(code) => change(one.rid, { code })} />
            <TextArea label={t("情况")} required rows={2} max={1000} value={one.text} onChange={(text) => change(one.rid, { text })} />
            <Chips label={t("程度")} options={LEVELS.map((value) => ({ value, label: levelWord(value) }))} value={one.level} onChange={(level) => change(one.rid, { level })} />
            <TextField label={t("边查边改")} hint={t("已经改好的，写明怎样改的。")} value={one.fixed} onChange={(fixed) => change(one.rid, { fixed })} />
            <Button tone="danger" onPress={() => draft.set({ problems: problems.filter((other) => other.rid !== one.rid) })}>
              {t("去掉")}
            </Button>
          </Card>
        ))}
        <Button onPress={() => draft.set({ problems: [...problems, { rid: uuid7(sync.now()), code: "", text: "", level: "minor", fixed: "" }] })}>{t("增加一个问题")}</Button>
        {problems.length === 0 && <TextField label={t("零报告签名")} hint={t("写负责人姓名，表示已逐项自查，没有发现问题。")} value={signed} onChange={(typed) => draft.set({ signed: typed })} max={40} />}
      </Section>
      <SubmitBar verb={problems.length > 0 ? t("报自查清单") : t("签署零报告")} disabled={missing !== "" || !unit} {...(missing ? { note: missing } : {})} onSubmit={submit} />
    </div>
  );
}
