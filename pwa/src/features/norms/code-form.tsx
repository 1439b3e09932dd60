/** A finding code as it is from a day on (PRH-01); a head writes the unit's own ones (PRH-04). */
import { useState } from "preact/hooks";
import { useMe } from "../../app/feature";
import { date, dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { CodeRule } from "../../sync/types.gen";
import { Card, Cell, Check, Chips, DayField, List, MultiChips, Notice, Section, Select, TextField } from "../../ui";
import { codesOn } from "../hall/codes";
import { FormFoot, on } from "../hall/form-foot";
import { NamesFields, said } from "../hall/names-fields";
import { unitName } from "../hall/names";
import { GROUPS, groupWord, PROOFS, proofWord, RECORDERS, roleWord, STEPS, stepWord } from "./words";

const CODE = /^[A-Z][A-Z0-9]{0,11}$/;
const POINTS_MAX = 100;

export function CodeForm({ sync, id, onDone }: { sync: Sync; id: string | null; onDone: () => void }) {
  const me = useMe();
  const today = dayOf(sync.now());
  const known = codesOn(sync, today).get(id ?? "");
  const desk = ["OFF", "EFF", "ADM"].some((role) => me?.roles.includes(role));
  const [code, setCode] = useState(id ?? "");
  const [points, setPoints] = useState(String(known?.points ?? 1));
  const [rule, setRule] = useState<CodeRule>({ names: {}, group: "slackness", ...known, valid_from: today, example: false, unit: known?.unit ?? (desk ? "" : (me?.unit ?? "")) });
  const set = (change: Partial<CodeRule>) => setRule({ ...rule, ...change });
  const mine = desk || (rule.unit !== "" && rule.unit === me?.unit);
  const rid = `${code}@${rule.valid_from}`;
  const versions = [...sync.rows("code").value.values()].map(({ body }) => body).filter((body) => body.code === id).sort((a, b) => (a.rule.valid_from < b.rule.valid_from ? 1 : -1));
  const number = Number(points);
  const missing = missingOf(code, id === null && codesOn(sync, today).has(code), rule, Number.isInteger(number) && number >= 0 && number <= POINTS_MAX, today);
  const units = [...sync.rows("unit").value].map(([value, { body }]) => ({ value, label: names(body.names) }));
  return (
    <div class="stack">
      {known?.example && <Notice tone="info" title={t("示例，请替换")}>{t("保存后就是本厅自己的代码。")}</Notice>}
      {!mine && <Notice tone="info" title={t("公共代码由办公室修改；您可以新建本单位自己的。")} />}
      <Card>
        <div class="stack">
          {id === null && <TextField label={t("代码")} required value={code} max={12} hint={t("大写字母开头，如 K01")} onChange={(text) => setCode(text.toUpperCase())} />}
          <NamesFields label={t("名称")} required value={rule.names} onChange={(value) => set({ names: value })} />
          <Chips label={t("四杜绝")} options={GROUPS.map((value) => ({ value, label: groupWord(value) }))} value={rule.group} onChange={(group) => set({ group })} />
          <NamesFields label={t("依据")} value={rule.basis ?? {}} onChange={(basis) => set({ basis })} />
          <TextField label={t("分值")} inputMode="numeric" max={3} value={points} onChange={setPoints} />
          <Select label={t("从哪一级起")} hint={t("只是起点，由人决定，不会自动追究。")} value={rule.step ?? "none"} options={STEPS.map((value) => ({ value, label: stepWord(value) }))} onChange={(step) => set({ step })} />
          <MultiChips label={t("须有的证据")} options={PROOFS.map((value) => ({ value, label: proofWord(value) }))} value={rule.proof ?? []} onChange={(proof) => set({ proof })} />
          <MultiChips label={t("谁可以登记")} hint={t("不选为所有登记人")} options={RECORDERS.map((value) => ({ value, label: roleWord(value) }))} value={(rule.who ?? []).filter((role): role is (typeof RECORDERS)[number] => RECORDERS.some((one) => one === role))} onChange={(who) => set({ who })} />
          <Check label={t("名称可以写进对外通报")} value={rule.public ?? false} onChange={(value) => set({ public: value })} />
          {desk && id === null && <Select label={t("单位")} value={rule.unit ?? ""} options={[{ value: "", label: t("公共代码") }, ...units]} onChange={(unit) => set({ unit })} />}
          {id !== null && rule.unit && <p class="muted">{t("{unit}自定", { unit: unitName(sync.rows("unit").value, rule.unit) })}</p>}
          <DayField label={t("自哪天起")} value={rule.valid_from} min={today} onChange={(valid_from) => set({ valid_from })} />
          {id !== null && <Check label={t("停用")} hint={t("以前登记的仍然有效，以后不能再选。")} value={rule.retired ?? false} onChange={(retired) => set({ retired })} />}
          {mine && <FormFoot missing={missing} onDone={onDone} onSave={() => sync.save("norm.code", { rule: { ...rule, names: said(rule.names), basis: said(rule.basis ?? {}), points: number } }, on(rid, sync.rows("code").value.get(rid)?.ver))} />}
        </div>
      </Card>
      {versions.length > 1 && (
        <Section title={t("各版")}>
          <List>
            {versions.map((one) => (
              <Cell key={one.rule.valid_from} title={names(one.rule.names)} sub={[t("{day} 起", { day: date(one.rule.valid_from) }), one.rule.points ? t("{n} 分", { n: one.rule.points }) : "", stepWord(one.rule.step ?? "none")].filter(Boolean).join("\u00a0· ")} />
            ))}
          </List>
        </Section>
      )}
    </div>
  );
}

function missingOf(code: string, taken: boolean, rule: CodeRule, sane: boolean, today: string): string {
  if (!CODE.test(code)) return t("代码用大写字母和数字，字母开头。");
  if (taken) return t("这个编号已被使用。");
  if (!rule.names["zh_Hans"]?.trim()) return t("请填写名称。");
  if (!sane) return t("分值是 0 到 100 的整数。");
  return rule.valid_from < today ? t("不能从过去的日子起。") : "";
}
