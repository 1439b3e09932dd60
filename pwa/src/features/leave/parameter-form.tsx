/** One parameter of the hall: another value from a day on, with the reason; and everything that was said of it before (GEN-03). */
import { useState } from "preact/hooks";
import { useSync } from "../../app/feature";
import { roleWord } from "../../app/words";
import { date, dayOf, exact, lookup, t } from "../../i18n";
import type { Hall } from "../../sync/types.gen";
import { Card, Cell, Chips, DayField, Field, List, MultiChips, Section, TextField } from "../../ui";
import { FormFoot } from "../hall/form-foot";
import { personName } from "../hall/names";
import { addDays } from "../hall/terms";
import { valueWord } from "./parameters";
import { standing, type Value } from "./params";
import type { Param } from "./params.gen";

const AHEAD_DAYS_MAX = 400;
const ROLES = ["STF", "HEAD", "LEAD", "TOP", "OFF", "INS", "EFF", "TEAM", "CHECK", "SUP", "DIS", "ADM"] as const;

export function ParameterForm({ hall, param, onDone }: { hall: Hall; param: Param; onDone: () => void }) {
  const sync = useSync();
  const today = dayOf(sync.now());
  const { now } = standing(hall, param, today);
  const [value, setValue] = useState<Value | null>(now.value);
  const [from, setFrom] = useState(addDays(today, 1));
  const [text, setText] = useState("");
  const missing = value === null ? t("数值超出范围。") : from <= today || from > addDays(today, AHEAD_DAYS_MAX) ? t("最早从明天起生效。") : text.trim() ? null : t("请写明理由。");
  return (
    <div class="lv-col">
      <Card>
        <div class="stack">
          <h2>{lookup(param.label)}</h2>
          <ValueField param={param} value={now.value} onChange={setValue} />
          <DayField label={t("从哪天起")} value={from} min={addDays(today, 1)} max={addDays(today, AHEAD_DAYS_MAX)} onChange={setFrom} />
          <TextField label={t("理由")} required value={text} onChange={setText} />
          <FormFoot missing={missing} onSave={() => sync.save("hall.rules", { valid_from: from, rules: { [param.key]: value ?? param.default }, text: text.trim() }, { rid: "hall" })} onDone={onDone} />
        </div>
      </Card>
      <History param={param} />
    </div>
  );
}

/** The field a value is given in, by what it can be; null while what stands there is none. */
function ValueField({ param, value, onChange }: { param: Param; value: Value; onChange: (value: Value | null) => void }) {
  const [shown, setShown] = useState(value);
  const set = (next: Value, is: Value | null = next) => (setShown(next), onChange(is));
  const standard = t("默认 {value}", { value: valueWord(param, param.default) });
  if (param.kind === "count") {
    const read = (text: string) => (/^\d{1,5}$/.test(text) && Number(text) >= param.low && Number(text) <= param.high ? Number(text) : null);
    return <TextField label={t("数值")} hint={t("{low} 至 {high}，{standard}", { low: param.low, high: valueWord(param, param.high), standard })} inputMode="numeric" max={5} value={String(shown)} onChange={(next) => set(next.trim(), read(next.trim()))} />;
  }
  if (param.kind === "switch") return <Chips label={t("数值")} hint={standard} options={[{ value: "1", label: t("是") }, { value: "", label: t("否") }]} value={shown ? "1" : ""} onChange={(next) => set(next === "1")} />;
  if (param.kind === "choice") return <Chips label={t("数值")} hint={standard} options={Object.entries(param.options).map(([option, label]) => ({ value: option, label: lookup(label) }))} value={String(shown)} onChange={set} />;
  if (param.kind === "roles") return <MultiChips label={t("数值")} hint={standard} options={ROLES.map((role) => ({ value: role, label: roleWord(role) }))} value={ROLES.filter((role) => String(shown).split(",").includes(role))} onChange={(roles) => set(roles.join(","))} />;
  return <Field label={t("数值")} hint={standard}>{({ id, describedBy }) => <input id={id} type="time" class="num" value={String(shown)} aria-describedby={describedBy} onChange={({ currentTarget }) => set(currentTarget.value, currentTarget.value || null)} />}</Field>;
}

function History({ param }: { param: Param }) {
  const sync = useSync();
  const people = sync.rows("person").value;
  const said = [...sync.rows("hall.setting").value].filter(([, { body }]) => body.rules?.[param.key] !== undefined).sort(([, x], [, y]) => y.body.at - x.body.at);
  if (said.length === 0) return null;
  return (
    <Section title={t("修改记录")}>
      <List label={t("修改记录")}>
        {said.map(([rid, { body }]) => (
          <Cell key={rid} title={t("{day} 起 {value}", { day: date(body.from_day ?? ""), value: valueWord(param, body.rules?.[param.key] ?? param.default) })} sub={[personName(people, body.by), exact(body.at), body.text ?? ""].filter(Boolean).join("\u00a0· ")} />
        ))}
      </List>
    </Section>
  );
}
