/** 新建专项整治: scope, people, phases one after another, batches when there are any (CAMP-01, CAMP-02). */
import { useState } from "preact/hooks";
import { DraftNotice, go, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Campaign, Phase, PutCampaign } from "../../sync/types.gen";
import { Button, Card, Check, Chips, DayField, Loading, MultiChips, Section, Select, TextArea, TextField } from "../../ui";
import { BatchFields } from "./batch-fields";
import { DutyFields } from "./duty-fields";
import { batchesOf, needsAllVerified, type Share } from "./model";
import { PHASES, phaseWord } from "./words";

interface Form {
  title: string;
  units: string[];
  first: string;
  deputy: string;
  targets: string;
  phases: Required<Phase>[];
  split: Share[];
  heads: Record<string, string>;
  documents: string;
  /** Of the campaign that is changed, as it was read. */
  ver?: number;
}

const DAY_MS = 86_400_000;
const WEEK = 7;

/** The four stages of the template, four weeks each, from tomorrow on. */
function template(now: number): Required<Phase>[] {
  return PHASES.slice(0, 4).map((kind, at) => ({
    kind,
    from_day: dayOf(now + (1 + at * 4 * WEEK) * DAY_MS),
    to_day: dayOf(now + ((at + 1) * 4 * WEEK) * DAY_MS),
    tasks: [],
    duties: [],
    name: "",
    who: "",
    all_verified: null,
  }));
}

function empty(sync: Sync): Form {
  const units = [...sync.rows("unit").value].filter(([, { body }]) => body.kind === "resident").map(([rid]) => rid);
  const targets = [t("门难进"), t("脸难看"), t("事难办"), t("推三阻四"), t("不一次性告知"), t("不给钱不办事")].join(t("、"));
  return { title: "", units, first: "", deputy: "", targets, phases: template(sync.now()), split: [], heads: {}, documents: "" };
}

/** A campaign as it stands, to be changed; its units in the order of their batches. */
function formOf({ body, ver }: View<Campaign>): Form {
  const batched = body.batches.flatMap(({ units }) => units);
  return {
    title: body.title,
    units: batched.length > 0 ? batched : body.units,
    first: body.first,
    deputy: body.deputy,
    targets: body.targets.join(t("、")),
    phases: body.phases.map(({ kind, from_day, to_day, tasks = [], duties = [], name = "", who = "", all_verified = null }) => ({ kind, from_day, to_day, tasks, duties, name, who, all_verified })),
    split: body.batches.map(({ units, by_day }, at) => ({ size: at === body.batches.length - 1 ? "" : String(units.length), by_day })),
    heads: body.heads ?? {},
    documents: (body.documents ?? []).join("\n"),
    ver,
  };
}

/** A new campaign, or `:id` as it is to be from now on: what is finished of it stays as it was. */
export default function NewCampaign({ sync, params }: ScreenProps) {
  const id = params["id"];
  const known = id ? sync.rows("campaign").value.get(id) : undefined;
  return id && !known ? <Loading /> : <Write sync={sync} id={id} known={known} />;
}

function Write({ sync, id, known }: { sync: Sync; id: string | undefined; known: View<Campaign> | undefined }) {
  const draft = useDraft<Form>(id ? `campaign.plan:${id}` : "campaign.plan", known ? formOf(known) : empty(sync), known ? t("修改方案") : t("新建专项整治"));
  const form = draft.value;
  const all = [...sync.rows("unit").value].filter(([, { body }]) => body.kind === "resident");
  const leaders = [...sync.rows("person").value].filter(([, { body }]) => body.roles.some((role) => ["LEAD", "TOP", "OFF", "HEAD"].includes(role)));
  const people = [{ value: "", label: t("请选择") }, ...leaders.map(([value, { body }]) => ({ value, label: body.name }))];
  const everybody = [...sync.rows("person").value].filter(([, { body }]) => !body.left);
  const chosen = (of: typeof everybody) => [{ value: "", label: t("不指定") }, ...of.map(([value, { body }]) => ({ value, label: body.name }))];
  const anybody = chosen(everybody);
  const ofUnit = (id: string) => chosen(everybody.filter(([, { body }]) => body.unit === id));
  const [unit, setUnit] = useState("");
  const phase = (at: number, patch: Partial<Phase>) => draft.set({ phases: form.phases.map((one, index) => (index === at ? { ...one, ...patch } : one)) });
  const missing = problemOf(form);
  const submit = async () => {
    const { split, targets, deputy, phases, documents, heads, ver, ...said } = form;
    const resting = documents.split("\n").map((one) => one.trim()).filter(Boolean);
    const named = Object.entries(heads).filter(([unit, uid]) => uid && form.units.includes(unit));
    const args: PutCampaign = {
      ...said,
      title: form.title.trim(),
      phases: phases.map(({ tasks, duties = [], name, who, all_verified, ...one }) => ({
        ...one,
        ...(tasks.length > 0 ? { tasks } : {}),
        ...(duties.length > 0 ? { duties: duties.map((duty) => ({ ...duty, text: duty.text.trim() })) } : {}),
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(who ? { who } : {}),
        ...(all_verified === null ? {} : { all_verified }),
      })),
      targets: targets.split(/[\u3001\uFF0C\uFF1B,;]/).map((one) => one.trim()).filter(Boolean),
      batches: batchesOf(form.units, split) ?? [],
      ...(deputy ? { deputy } : {}),
      ...(named.length > 0 ? { heads: Object.fromEntries(named) } : {}),
      ...(resting.length > 0 ? { documents: resting } : {}),
    };
    const receipt = await sync.save("camp.put", args, { ...draft.record, ...(id && ver ? { rid: id, guard: { [id]: ver } } : {}) });
    await draft.done();
    go(`/campaigns/${receipt.rid}`, { replace: true });
    return receipt;
  };
  return (
    <div class="stack">
      <DraftNotice draft={draft} />
      <Section title={t("方案")}>
        <TextField label={t("名称")} required max={60} value={form.title} onChange={(title) => draft.set({ title })} />
        <Select label={t("第一责任人")} required value={form.first} options={people} onChange={(first) => draft.set({ first })} />
        <Select label={t("直接责任人")} value={form.deputy} options={people} onChange={(deputy) => draft.set({ deputy })} />
        <TextArea label={t("整治重点")} rows={2} max={300} value={form.targets} onChange={(targets) => draft.set({ targets })} hint={t("用顿号分开。")} />
        <TextArea label={t("依据文件")} rows={2} max={500} value={form.documents} onChange={(documents) => draft.set({ documents })} hint={t("一行一份：标题、文号、日期。")} />
      </Section>
      <Section title={t("阶段")} aside={t("按先后排列，不能重叠")}>
        {form.phases.map((one, at) => (
          <Card key={at}>
            <Chips label={t("阶段 {n}", { n: at + 1 })} options={PHASES.map((value) => ({ value, label: phaseWord({ kind: value, from_day: "", to_day: "" }) }))} value={one.kind} onChange={(kind) => phase(at, { kind })} />
            {one.kind === "other" && <TextField label={t("名称")} value={one.name} max={30} onChange={(name) => phase(at, { name })} />}
            <DayField required label={t("开始日期")} value={one.from_day} onChange={(from_day) => phase(at, { from_day })} />
            <DayField required label={t("结束日期")} value={one.to_day} onChange={(to_day) => phase(at, { to_day })} />
            <Select label={t("阶段责任人")} value={one.who} options={anybody} onChange={(who) => phase(at, { who })} />
            <DutyFields phase={one} people={anybody} onChange={(duties) => phase(at, { duties })} now={sync.now()} />
            {at < form.phases.length - 1 && <Check label={t("全部核实后才能结束")} value={needsAllVerified(form.phases, at)} onChange={(all_verified) => phase(at, { all_verified })} />}
            {form.phases.length > 1 && !known?.body.finished.includes(at) && (
              <Button tone="danger" onPress={() => draft.set({ phases: form.phases.filter((_, index) => index !== at) })}>
                {t("去掉")}
              </Button>
            )}
          </Card>
        ))}
        <Button onPress={() => draft.set({ phases: [...form.phases, next(form.phases)] })}>{t("增加一个阶段")}</Button>
      </Section>
      <Section title={t("范围")} aside={t("{n} 家单位", { n: form.units.length })}>
        <MultiChips label={t("单位")} hideLabel options={all.map(([value, { body }]) => ({ value, label: names(body.names) }))} value={form.units} onChange={(units) => draft.set({ units })} />
        <Select
          label={t("指定单位责任人")}
          hint={t("不指定的由单位负责人负责。")}
          value={unit}
          options={[{ value: "", label: t("选择单位") }, ...form.units.map((value) => ({ value, label: names(sync.rows("unit").value.get(value)?.body.names) }))]}
          onChange={setUnit}
        />
        {unit && <Select label={t("责任人")} value={form.heads[unit] ?? ""} options={ofUnit(unit)} onChange={(uid) => draft.set({ heads: { ...form.heads, [unit]: uid } })} />}
        <BatchFields
          units={form.units}
          name={(id) => names(sync.rows("unit").value.get(id)?.body.names)}
          split={form.split}
          day={form.phases.at(-1)?.to_day ?? ""}
          onChange={(split) => draft.set({ split })}
        />
      </Section>
      <SubmitBar verb={known ? t("修改方案") : t("发布方案")} disabled={missing !== ""} note={missing || (known ? t("修改后全厅看到新的方案。") : t("发布后全厅可见。"))} onSubmit={submit} />
    </div>
  );
}

function next(phases: readonly Phase[]): Required<Phase> {
  const after = Date.parse(`${phases.at(-1)?.to_day}T12:00:00Z`) + DAY_MS;
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return { kind: "other", from_day: day(after), to_day: day(after + 4 * WEEK * DAY_MS), tasks: [], duties: [], name: "", who: "", all_verified: null };
}

/** What is missing, in words; "" when it can be published. */
export function problemOf(form: Pick<Form, "title" | "first" | "units" | "phases" | "split">): string {
  if (!form.title.trim()) return t("请填写名称。");
  if (!form.first) return t("请选择第一责任人。");
  if (form.units.length === 0) return t("请选择单位。");
  if (batchesOf(form.units, form.split) === null) return t("各批单位数要大于零，加起来不超过范围。");
  if (form.split.some(({ by_day }) => !by_day)) return t("请填写每批的完成期限。");
  if (form.phases.some((one) => one.to_day < one.from_day)) return t("结束日期早于开始日期。");
  if (form.phases.some(({ duties = [] }) => duties.some(({ text }) => !text.trim()))) return t("有任务没有写明内容。");
  if (form.phases.some((one) => one.duties?.some(({ by_day }) => by_day && (by_day < one.from_day || by_day > one.to_day)))) return t("任务的期限要在阶段之内。");
  return form.phases.some((one, at) => at > 0 && one.from_day <= (form.phases[at - 1]?.to_day ?? "")) ? t("阶段的日期有重叠。") : "";
}
