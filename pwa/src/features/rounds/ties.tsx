/** 回避登记: units and people I have a tie to; what I see there is marked for another to look at (PTL-07). */
import { DraftNotice, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { names, t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Button, Cell, List, Loading, Notice, Section, Select, TextArea } from "../../ui";
import { personName, unitName } from "../hall/names";

interface Form {
  units: string[];
  people: string[];
  text: string;
}

export default function Ties({ sync }: ScreenProps) {
  return sync.rows("unit").value.size > 0 ? <Write sync={sync} /> : <Loading />;
}

function Write({ sync }: { sync: Sync }) {
  const known = sync.rows("tie").value.get(sync.uid)?.body;
  const first: Form = { units: known?.units ?? [], people: known?.people ?? [], text: known?.text ?? "" };
  const draft = useDraft<Form>("ties", first, t("回避登记"));
  const { value: form, set } = draft;
  const units = sync.rows("unit").value;
  const people = sync.rows("person").value;
  const staff = [...people].filter(([uid, { body }]) => uid !== sync.uid && body.unit && !body.left).sort(([, a], [, b]) => a.body.name.localeCompare(b.body.name));
  const submit = async () => {
    const receipt = await sync.save("patrol.tie", { ...form, text: form.text.trim() }, { rid: sync.uid, draft: draft.key });
    await draft.done();
    return receipt;
  };
  return (
    <form class="stack" onSubmit={(event) => event.preventDefault()}>
      <DraftNotice draft={draft} />
      <Notice tone="info" title={t("与您有亲属或其他利害关系的单位和人员，请在这里登记。")}>
        {t("您本人所在单位不用登记。登记后，您在那里的记录会标明，应由其他人复核；抽取不定时巡查时也会避开。")}
      </Notice>
      <Section title={t("单位")} aside={known ? t("{time} 登记", { time: when(known.at, sync.now()) }) : ""}>
        <Picked ids={form.units} name={(id) => unitName(units, id)} onDrop={(id) => set({ units: form.units.filter((one) => one !== id) })} />
        <Select
          label={t("增加单位")}
          value=""
          options={[{ value: "", label: t("请选择") }, ...[...units].filter(([rid]) => !form.units.includes(rid)).map(([value, { body }]) => ({ value, label: names(body.names) }))]}
          onChange={(unit) => unit && set({ units: [...form.units, unit] })}
        />
      </Section>
      <Section title={t("人员")}>
        <Picked ids={form.people} name={(id) => personName(people, id)} onDrop={(id) => set({ people: form.people.filter((one) => one !== id) })} />
        <Select
          label={t("增加人员")}
          value=""
          options={[
            { value: "", label: t("请选择") },
            ...staff.filter(([uid]) => !form.people.includes(uid)).map(([value, { body }]) => ({ value, label: t("{name}（{unit}）", { name: body.name, unit: unitName(units, body.unit) }) })),
          ]}
          onChange={(uid) => uid && set({ people: [...form.people, uid] })}
        />
        <TextArea label={t("说明（可不填）")} rows={2} max={300} value={form.text} onChange={(text) => set({ text })} />
      </Section>
      <SubmitBar verb={t("登记")} note={t("办公室和效能建设小组看得到，别人看不到。")} onSubmit={submit} />
    </form>
  );
}

function Picked({ ids, name, onDrop }: { ids: readonly string[]; name: (id: string) => string; onDrop: (id: string) => void }) {
  if (ids.length === 0) return <p class="muted">{t("没有登记。")}</p>;
  return (
    <List>
      {ids.map((id) => (
        <Cell key={id} title={name(id)} value={<Button tone="quiet" onPress={() => onDrop(id)}>{t("去掉")}</Button>} />
      ))}
    </List>
  );
}
