/** 分批: how many units each batch takes, by which day, and which these are (CAMP-02). */
import { t } from "../../i18n";
import { Chips, DayField, TextField } from "../../ui";
import { batchesOf, evenly, type Share } from "./model";
import "./campaign.css";

const COUNTS = ["1", "2", "3", "4"] as const;

interface BatchFieldsProps {
  units: readonly string[];
  name: (unit: string) => string;
  split: readonly Share[];
  /** The day a new batch begins with. */
  day: string;
  onChange: (split: Share[]) => void;
}

export function BatchFields({ units, name, split, day, onChange }: BatchFieldsProps) {
  const batches = batchesOf(units, split);
  const change = (at: number, patch: Partial<Share>) => onChange(split.map((one, index) => (index === at ? { ...one, ...patch } : one)));
  return (
    <>
      <Chips
        label={t("分几批")}
        options={COUNTS.map((value) => ({ value, label: value === "1" ? t("不分批") : t("{n} 批", { n: value }) }))}
        value={COUNTS[Math.max(1, split.length) - 1] ?? null}
        onChange={(value) => onChange(evenly(units.length, Number(value), day))}
      />
      {split.map((one, at) => (
        <div key={at} class="stack duty" role="group" aria-label={t("第 {n} 批", { n: at + 1 })}>
          <b>{t("第 {n} 批", { n: at + 1 })}</b>
          {at < split.length - 1 && <TextField label={t("单位数")} required inputMode="numeric" max={3} value={one.size} onChange={(size) => change(at, { size })} />}
          <DayField label={t("完成期限")} required value={one.by_day} onChange={(by_day) => change(at, { by_day })} />
          <small class="muted">{batches?.[at] ? t("{n} 家：{names}", { n: batches[at]!.units.length, names: batches[at]!.units.map(name).join(t("、")) }) : t("单位数加起来超过了范围。")}</small>
        </div>
      ))}
    </>
  );
}
