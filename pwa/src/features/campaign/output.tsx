/** 登记成果: a rule, a training, a facility, a good practice, a result of an evaluation (CAMP-05, CAMP-06). */
import { useState } from "preact/hooks";
import { go, SubmitBar, useMe, type ScreenProps } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import type { Output } from "../../sync/types.gen";
import { Chips, Select, TextArea, TextField } from "../../ui";
import { answersFor } from "./model";
import { OUTPUTS, outputWord } from "./words";

export default function OutputScreen({ sync, params }: ScreenProps) {
  const me = useMe();
  const campaign = params["id"] ?? "";
  const leads = ["EFF", "CHECK", "OFF", "LEAD", "TOP"].some((role) => me?.roles.includes(role));
  const body = sync.rows("campaign").value.get(campaign)?.body;
  const units = (leads ? body?.units : body && answersFor(body, sync.uid, me)) ?? [];
  const [kind, setKind] = useState<Output["kind"]>("rule");
  const [unit, setUnit] = useState(units[0] ?? "");
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const [figure, setFigure] = useState("");
  const score = Math.round(Number(figure) * 10);
  const submit = async () => {
    const a: Output = { campaign, unit, kind, title: title.trim(), day: dayOf(sync.now()), ...(text.trim() ? { text: text.trim() } : {}), ...(kind === "evaluation" ? { figure: score } : {}) };
    const receipt = await sync.save("camp.output", a);
    go(`/campaigns/${campaign}`, { replace: true });
    return receipt;
  };
  const missing = !title.trim() ? t("请填写名称。") : kind === "evaluation" && !(score >= 0 && score <= 1000 && figure !== "") ? t("请填写 0 到 100 的得分。") : "";
  return (
    <div class="stack">
      <Chips label={t("哪一类")} options={OUTPUTS.filter((one) => leads || one !== "evaluation").map((value) => ({ value, label: outputWord(value) }))} value={kind} onChange={setKind} />
      <Select label={t("单位")} value={unit} options={units.map((value) => ({ value, label: names(sync.rows("unit").value.get(value)?.body.names) }))} onChange={setUnit} />
      <TextField label={t("名称")} required value={title} onChange={setTitle} max={100} />
      {kind === "evaluation" && <TextField label={t("得分")} required inputMode="numeric" value={figure} onChange={setFigure} max={5} />}
      <TextArea label={t("说明")} rows={2} max={1000} value={text} onChange={setText} />
      <SubmitBar verb={t("登记")} disabled={missing !== "" || !unit} {...(missing ? { note: missing } : {})} onSubmit={submit} />
    </div>
  );
}
