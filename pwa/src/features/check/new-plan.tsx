/** A new inspection plan: scope, people, period; sealed before the period begins. The secret is made on this device. */
import { useState } from "preact/hooks";
import { DraftNotice, go, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { toHex } from "../../sync/bytes";
import type { CommitPlan } from "../../sync/types.gen";
import { Chips, DayField, MultiChips, Section, Select, TextArea, TextField } from "../../ui";
import { listsNow } from "../hall/answering";
import { needed } from "./draw";
import { categoryWord, METHODS, methodWord, SLOTS, slotWord, type Method } from "./words";

interface Form {
  title: string;
  method: Method;
  checklist: string;
  categories: string[];
  visitors: string[];
  recused: Record<string, string[]>;
  from_day: string;
  to_day: string;
  slots: string[];
  percent: string;
  team: string;
  story: string;
  campaign: string;
}

const DAY_MS = 86_400_000;
const SECRET_BYTES = 32;

/** Units that have windows and are not the centre's own sections, by category. */
function scopeOf(sync: Sync): Map<string, string[]> {
  const posts = [...sync.rows("post").value.values()];
  const scope = new Map<string, string[]>();
  for (const [rid, { body }] of sync.rows("unit").value) {
    if (body.kind !== "resident" || !posts.some((post) => post.body.unit === rid)) continue;
    scope.set(body.category, [...(scope.get(body.category) ?? []), rid]);
  }
  return scope;
}

/** The newest lists a visit may be recorded by. */
const visitLists = (sync: Sync) => listsNow([...sync.rows("checklist").value].map(([rid, { body }]) => [rid, body] as const), "visit", dayOf(sync.now()));

/** The usual list of a method: a telephone test has one of its own (CHK-11). */
function listFor(sync: Sync, method: Method): string {
  const ids = visitLists(sync).map(([rid]) => rid);
  return ids.find((rid) => rid.startsWith(method === "phone" ? "tel-" : "ms-")) ?? ids[0] ?? "";
}

interface Floor {
  percent: number;
  team: number;
}

/** What a plan of this hall may not go below (CHK-02, CHK-04). */
function floorOf(sync: Sync): Floor {
  const rules = sync.rows("hall").value.get("hall")?.body.rules ?? {};
  return { percent: Number(rules["chk.coverage_min_percent"] ?? 30), team: Number(rules["chk.team_min"] ?? 2) };
}

function empty(sync: Sync, scope: Map<string, string[]>): Form {
  const floor = floorOf(sync);
  return {
    title: "",
    method: "covert",
    checklist: listFor(sync, "covert"),
    categories: [...scope.keys()],
    visitors: [...sync.rows("visitor").value.keys()],
    recused: {},
    from_day: dayOf(sync.now() + DAY_MS),
    to_day: dayOf(sync.now() + 14 * DAY_MS),
    slots: SLOTS.slice(0, 2),
    percent: String(floor.percent),
    team: String(floor.team),
    story: "",
    campaign: "",
  };
}

export default function NewPlan({ sync }: ScreenProps) {
  const scope = scopeOf(sync);
  const draft = useDraft<Form>("plan.new", empty(sync, scope), t("新建检查方案"));
  const { value: form, set: change } = draft;
  const [tied, setTied] = useState("");
  const units = form.categories.flatMap((name) => scope.get(name) ?? []);
  const visitors = sync.rows("visitor").value;
  const campaigns = [...sync.rows("campaign").value];
  const missing = problemOf(form, units.length, sync.now(), floorOf(sync));
  const submit = async () => {
    const secret = toHex(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
    const { categories: _, percent, team, campaign, ...said } = form;
    const args: CommitPlan = { ...said, ...(campaign ? { campaign } : {}), title: form.title.trim(), units, secret, coverage_percent: Number(percent), team_size: Number(team) };
    const receipt = await sync.save("plan.commit", args, { ...draft.record });
    await draft.done();
    go("/plans");
    return receipt;
  };
  const tie = (unit: string) => {
    const now = form.recused[tied] ?? [];
    const next = now.includes(unit) ? now.filter((one) => one !== unit) : [...now, unit];
    change({ recused: { ...form.recused, [tied]: next } });
  };
  return (
    <form class="stack" onSubmit={(event) => event.preventDefault()}>
      <DraftNotice draft={draft} />
      <Section title={t("方案")}>
        <TextField label={t("名称")} required max={60} value={form.title} onChange={(title) => change({ title })} />
        <Chips label={t("方式")} options={METHODS.map((value) => ({ value, label: methodWord(value) }))} value={form.method} onChange={(method) => change({ method, checklist: listFor(sync, method) })} />
        <Select
          label={t("检查表")}
          value={form.checklist}
          options={visitLists(sync).map(([value, list]) => ({ value, label: names(list.names) }))}
          onChange={(checklist) => change({ checklist })}
        />
        {campaigns.length > 0 && (
          <Select
            label={t("专项整治")}
            hint={t("公布后，覆盖情况写入这次整治的总结。")}
            value={form.campaign}
            options={[{ value: "", label: t("不属于专项整治") }, ...campaigns.map(([value, { body }]) => ({ value, label: body.title }))]}
            onChange={(campaign) => change({ campaign })}
          />
        )}
      </Section>
      <Section title={t("范围")} aside={t("{n} 家，至少检查 {m} 家", { n: units.length, m: needed(units.length, Number(form.percent) || 0) })}>
        <MultiChips
          label={t("单位类别")}
          hint={t("封存后不能增减；各类别都会抽到。")}
          options={[...scope].map(([value, ids]) => ({ value, label: categoryWord(value), sub: t("{n} 家", { n: ids.length }) }))}
          value={form.categories}
          onChange={(categories) => change({ categories })}
        />
        <TextField label={t("覆盖率（%）")} inputMode="numeric" max={3} value={form.percent} onChange={(percent) => change({ percent })} />
      </Section>
      <Section title={t("检查人员")}>
        <MultiChips
          label={t("可抽人员")}
          options={[...visitors].map(([value, { body }]) => ({ value, label: body.name }))}
          value={form.visitors}
          onChange={(picked) => change({ visitors: picked })}
        />
        <TextField label={t("每组人数")} inputMode="numeric" max={1} value={form.team} onChange={(team) => change({ team })} />
        <Select
          label={t("登记回避")}
          hint={t("本人所在单位自动回避；其他利害关系在这里登记。")}
          value={tied}
          options={[{ value: "", label: t("选择人员") }, ...form.visitors.map((uid) => ({ value: uid, label: visitors.get(uid)?.body.name ?? "—" }))]}
          onChange={setTied}
        />
        {tied && (
          <MultiChips
            label={t("回避的单位")}
            options={units.map((value) => ({ value, label: names(sync.rows("unit").value.get(value)?.body.names) }))}
            value={form.recused[tied] ?? []}
            onChange={(picked) => units.filter((unit) => picked.includes(unit) !== (form.recused[tied] ?? []).includes(unit)).forEach(tie)}
          />
        )}
      </Section>
      <Section title={t("期间")}>
        <DayField required label={t("开始日期")} value={form.from_day} min={dayOf(sync.now() + DAY_MS)} onChange={(from_day) => change({ from_day })} />
        <DayField required label={t("结束日期")} value={form.to_day} min={form.from_day} onChange={(to_day) => change({ to_day })} />
        <MultiChips
          label={t("时段")}
          options={SLOTS.map((value) => ({ value, label: slotWord(value) }))}
          value={form.slots}
          onChange={(slots) => change({ slots })}
        />
        <TextArea label={t("情节提示")} rows={2} max={500} value={form.story} onChange={(story) => change({ story })} />
      </Section>
      <SubmitBar verb={t("封存方案")} disabled={missing !== ""} note={missing || t("封存后不能修改，只能放弃。只有您看得到。")} onSubmit={submit} />
    </form>
  );
}

/** What is missing, in words; "" when it can be sealed. */
function problemOf(form: Form, units: number, now: number, floor: Floor): string {
  const team = Number(form.team);
  const percent = Number(form.percent);
  if (!form.title.trim()) return t("请填写名称。");
  if (units === 0) return t("请选择范围。");
  if (!(percent >= floor.percent && percent <= 100)) return t("覆盖率应在 {n} 到 100 之间。", { n: floor.percent });
  if (!(team >= floor.team)) return t("每组至少 {n} 人。", { n: floor.team });
  if (form.visitors.length < team) return t("可抽人员不足。");
  if (form.from_day <= dayOf(now)) return t("检查期间须从明天或以后开始。");
  if (form.to_day < form.from_day) return t("结束日期早于开始日期。");
  return form.slots.length === 0 ? t("请选择时段。") : "";
}
