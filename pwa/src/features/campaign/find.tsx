/** 登记问题: which unit, what, from where; works without a network. */
import { DraftNotice, go, SubmitBar, useDraft, useMe, type ScreenProps } from "../../app/feature";
import { names, t } from "../../i18n";
import type { FindProblem } from "../../sync/types.gen";
import { Chips, Select, TextArea } from "../../ui";
import { codeOptions, LEVEL_TONES, LEVELS, levelWord, SOURCES, sourceWord } from "./words";

type Form = Required<FindProblem>;

export default function Find({ sync, query }: ScreenProps) {
  const me = useMe();
  const heads = me?.roles.includes("HEAD") === true && !["INS", "EFF", "CHECK", "OFF", "LEAD"].some((role) => me.roles.includes(role));
  const fact = query.get("fact") ?? "";
  const from = SOURCES.find((one) => one === query.get("source")) ?? (heads ? "self_check" : "patrol");
  const first: Form = { unit: heads ? me.unit : (query.get("unit") ?? ""), source: from, code: "", text: "", level: "minor", campaign: query.get("campaign") ?? "", fact };
  const draft = useDraft<Form>(fact ? `problem.new:${fact}` : "problem.new", first, t("登记问题"));
  const form = draft.value;
  const units = [...sync.rows("unit").value].filter(([rid]) => !heads || rid === me.unit);
  const campaigns = [...sync.rows("campaign").value];
  const submit = async () => {
    const { campaign, fact, ...said } = form;
    const receipt = await sync.save("problem.find", { ...said, text: form.text.trim(), ...(campaign ? { campaign } : {}), ...(fact ? { fact } : {}) }, { ...draft.record });
    await draft.done();
    go(`/problems/${receipt.rid}`, { replace: true });
    return receipt;
  };
  const missing = !form.unit ? t("请选择单位。") : !form.code ? t("请选择问题类别。") : !form.text.trim() ? t("请写明情况。") : "";
  return (
    <div class="stack">
      <DraftNotice draft={draft} />
      <Select
        label={t("单位")}
        required
        value={form.unit}
        options={[{ value: "", label: t("请选择") }, ...units.map(([value, { body }]) => ({ value, label: names(body.names) }))]}
        onChange={(unit) => draft.set({ unit })}
      />
      <Select label={t("问题类别")} required value={form.code} options={[{ value: "", label: t("请选择") }, ...codeOptions(sync)]} onChange={(code) => draft.set({ code })} />
      <TextArea label={t("情况")} required rows={3} max={1000} value={form.text} onChange={(text) => draft.set({ text })} hint={t("写看到的事实，不写群众姓名和证件号。")} />
      <Chips
        label={t("程度")}
        options={LEVELS.map((value) => ({ value, label: levelWord(value), tone: LEVEL_TONES[value] === "bad" ? ("bad" as const) : undefined }))}
        value={form.level}
        onChange={(level) => draft.set({ level })}
      />
      {!heads && <Chips label={t("来源")} options={SOURCES.map((value) => ({ value, label: sourceWord(value) }))} value={form.source} onChange={(source) => draft.set({ source })} />}
      {campaigns.length > 0 && (
        <Select
          label={t("属于哪次专项整治")}
          value={form.campaign}
          options={[{ value: "", label: t("不属于") }, ...campaigns.map(([value, { body }]) => ({ value, label: body.title }))]}
          onChange={(campaign) => draft.set({ campaign })}
        />
      )}
      <SubmitBar verb={t("登记")} disabled={missing !== ""} {...(missing ? { note: missing } : {})} onSubmit={submit} />
    </div>
  );
}
