/** The tasks of a phase while a campaign is laid down: what, who, by when (CAMP-01). */
import { t } from "../../i18n";
import { uuid7 } from "../../sync/uuid7";
import type { CampaignDuty, Phase } from "../../sync/types.gen";
import "./campaign.css";
import { Button, DayField, Select, TextField } from "../../ui";

interface DutyFieldsProps {
  phase: Phase;
  people: { value: string; label: string }[];
  onChange: (duties: CampaignDuty[]) => void;
  now: number;
}

export function DutyFields({ phase, people, onChange, now }: DutyFieldsProps) {
  const duties = phase.duties ?? [];
  const change = (id: string, patch: Partial<CampaignDuty>) => onChange(duties.map((one) => (one.id === id ? { ...one, ...patch } : one)));
  return (
    <>
      {duties.map((one, at) => (
        <div key={one.id} class="stack duty" role="group" aria-label={t("任务 {n}", { n: at + 1 })}>
          <b>{t("任务 {n}", { n: at + 1 })}</b>
          <TextField label={t("内容")} required max={100} value={one.text} onChange={(text) => change(one.id, { text })} />
          <Select label={t("责任人")} value={one.who ?? ""} options={people} onChange={(who) => change(one.id, { who })} hint={t("不指定的由阶段责任人负责。")} />
          <DayField label={t("完成期限")} value={one.by_day ?? ""} onChange={(by_day) => change(one.id, { by_day })} hint={t("不填的为阶段结束日期。")} />
          <Button onPress={() => onChange(duties.filter(({ id }) => id !== one.id))}>{t("去掉这项任务")}</Button>
        </div>
      ))}
      <Button onPress={() => onChange([...duties, { id: uuid7(now), text: "", who: "", by_day: "" }])}>{t("增加一项任务")}</Button>
    </>
  );
}
