/** What a visit needs besides its items: times, badge, story, words heard, and two honest statements. */
import { t } from "../../i18n";
import { Check, Chips, DateTimeWheel, Section, TextArea, TextField } from "../../ui";
import type { Draft } from "./model";

interface FactsProps {
  draft: Draft;
  now: number;
  onChange: (patch: Partial<Draft>) => void;
}

export function Arrival({ draft, now, onChange }: FactsProps) {
  return (
    <Section title={t("到达")}>
      <DateTimeWheel
        label={t("到达时间")}
        value={draft.arrived_at || null}
        presets={[{ label: t("现在"), at: now }]}
        onChange={(arrived_at) => onChange({ arrived_at })}
      />
    </Section>
  );
}

export function Leaving({ draft, now, onChange }: FactsProps) {
  const late = draft.left_at > 0 && draft.left_at < draft.arrived_at;
  return (
    <Section title={t("离开")}>
      <DateTimeWheel
        label={t("离开时间")}
        value={draft.left_at || null}
        presets={[{ label: t("现在"), at: now }]}
        error={late ? t("离开时间早于到达时间") : undefined}
        onChange={(left_at) => onChange({ left_at })}
      />
      <TextField label={t("看到的工号")} value={draft.badge} max={40} hint={t("没有看清就留空")} onChange={(badge) => onChange({ badge })} />
      <TextArea label={t("所用情节")} value={draft.story} onChange={(story) => onChange({ story })} />
      <TextArea label={t("对方原话")} value={draft.said} hint={t("简短，照原样")} onChange={(said) => onChange({ said })} />
      <Check label={t("身份已暴露")} hint={t("暴露后的记录由牵头人决定是否作废")} value={draft.revealed} onChange={(revealed) => onChange({ revealed })} />
      <Chips
        label={t("利害关系声明")}
        value={draft.conflict_stated || null}
        options={[
          { value: "none" as const, label: t("无利害关系") },
          { value: "some" as const, label: t("有，需说明") },
        ]}
        onChange={(conflict_stated) => onChange({ conflict_stated })}
      />
      {draft.conflict_stated === "some" && (
        <TextArea label={t("利害关系说明")} value={draft.conflict} required onChange={(conflict) => onChange({ conflict })} />
      )}
    </Section>
  );
}
