/** 回避登记: units and people I have a tie to; what I see there is marked for another to look at (PTL-07). */
import { DraftNotice, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { names, t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Button, Cell, List, Loading, Notice, Section, Select, TextArea } from "../../ui";
import { personName } from "../hall/names";

interface Form {
  units: string[];
  people: string[];
  text: string;
}

export default function Ties({ sync }: ScreenProps) {
  return sync.rows("me").value.size > 0 ? <Write sync={sync} /> : <Loading />;
}

/** Units by name: of the hall, or those that a mystery shopper or supervisor, whose device holds no roster of it, is sent to. */
function unitsOf(sync: Sync): Map<string, string> {
  const found = new Map([...sync.rows("unit").value].map(([rid, { body }]) => [rid, names(body.names)]));
  if (found.size > 0) return found;
  for (const { body } of sync.rows("mission").value.values()) found.set(body.unit, names(body.unit_names));
  for (const { body } of sync.rows("sup.own").value.values()) for (const [rid, said] of Object.entries(body.unit_names)) found.set(rid, names(said));
  return found;
}

function Write({ sync }: { sync: Sync }) {
  const known = sync.rows("tie").value.get(sync.uid)?.body;
  const first: Form = { units: known?.units ?? [], people: known?.people ?? [], text: known?.text ?? "" };
  const draft = useDraft<Form>("ties", first, t("回避登记"));
  const { value: form, set } = draft;
  const units = unitsOf(sync);
  const people = sync.rows("person").value;
  const staff = [...people].filter(([uid, { body }]) => uid !== sync.uid && body.unit && !body.left).sort(([, a], [, b]) => a.body.name.localeCompare(b.body.name));
  const known_to_inspect = sync.rows("me").value.get(sync.uid)?.body.roles.some((role) => role === "INS" || role === "EFF") === true;
  const submit = async () => {
    const receipt = await sync.save("patrol.tie", { ...form, text: form.text.trim() }, { rid: sync.uid, ...draft.record });
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
        <Picked ids={form.units} name={(id) => units.get(id) ?? "—"} onDrop={(id) => set({ units: form.units.filter((one) => one !== id) })} />
        <Select
          label={t("增加单位")}
          value=""
          options={[{ value: "", label: t("请选择") }, ...[...units].filter(([rid]) => !form.units.includes(rid)).map(([value, label]) => ({ value, label }))]}
          onChange={(unit) => unit && set({ units: [...form.units, unit] })}
        />
      </Section>
      <Section title={t("人员")}>
        <Picked ids={form.people} name={(id) => personName(people, id)} onDrop={(id) => set({ people: form.people.filter((one) => one !== id) })} />
        {staff.length > 0 && (
          <Select
            label={t("增加人员")}
            value=""
            options={[
              { value: "", label: t("请选择") },
              ...staff.filter(([uid]) => !form.people.includes(uid)).map(([value, { body }]) => ({ value, label: t("{name}（{unit}）", { name: body.name, unit: units.get(body.unit) ?? "—" }) })),
            ]}
            onChange={(uid) => uid && set({ people: [...form.people, uid] })}
          />
        )}
        <TextArea label={t("说明（可不填）")} {...(staff.length === 0 ? { hint: t("没有名单可选的人员，请写在这里。") } : {})} rows={2} max={300} value={form.text} onChange={(text) => set({ text })} />
      </Section>
      <SubmitBar verb={t("登记")} note={known_to_inspect ? t("办公室和效能建设小组看得到，别人看不到。") : t("检查牵头人看得到，别人看不到。")} onSubmit={submit} />
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
