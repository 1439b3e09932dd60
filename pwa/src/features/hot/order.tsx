/** 交办科室: what the section is told, on the figures it is told for (EMG-06, RCT-04). */
import { useState } from "preact/hooks";
import { SubmitBar } from "../../app/feature";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Chips, Sheet, TextArea, TextField } from "../../ui";
import { unitName } from "../hall/names";
import type { Line } from "./model";
import { whatWord } from "./words";

const TERMS = ["3", "5", "10"] as const;

interface OrderProps {
  sync: Sync;
  line: Line;
  from_day: string;
  to_day: string;
  onClose: () => void;
}

export function OrderSheet({ sync, line, from_day, to_day, onClose }: OrderProps) {
  const section = unitName(sync.rows("unit").value, line.unit);
  const [topic, setTopic] = useState(whatWord(sync, line.source, line.kind));
  const [demand, setDemand] = useState("");
  const [days, setDays] = useState<(typeof TERMS)[number]>("5");
  const submit = async () => {
    const receipt = await sync.save("hot.order", { unit: line.unit, topic: topic.trim(), demand: demand.trim(), from_day, to_day, counted: [{ source: line.source, kind: line.kind, count: line.count }], days: Number(days) });
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("交办：{unit}", { unit: section })} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("交办")} disabled={!topic.trim() || !demand.trim()} />}>
      <p class="muted num">{t("这段时间 {n} 次。交办时的数字会一并留下。", { n: line.count })}</p>
      <TextField label={t("热点难点")} value={topic} onChange={setTopic} required max={60} />
      <TextArea label={t("要求")} required rows={3} max={1000} value={demand} onChange={setDemand} hint={t("写明要查清什么、改什么。")} />
      <Chips label={t("答复期限")} options={TERMS.map((value) => ({ value, label: t("{n} 个工作日", { n: value }) }))} value={days} onChange={setDays} />
    </Sheet>
  );
}
