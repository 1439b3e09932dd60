/** A new period of irregular rounds; sealed before its first day. The secret is made on this device (PTL-05). */
import { DraftNotice, go, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { toHex } from "../../sync/bytes";
import type { Hall } from "../../sync/types.gen";
import { DayField, Loading, MultiChips, Section, TextField } from "../../ui";
import { useAct } from "../hall/act";

interface Form {
  from_day: string;
  to_day: string;
  zones: string[];
  inspectors: string[];
  per_zone: string;
  percent: string;
}

const DAY_MS = 86_400_000;
const SECRET_BYTES = 32;

export default function NewIrregular({ sync }: ScreenProps) {
  const hall = sync.rows("hall").value.get("hall")?.body;
  const ready = hall && sync.rows("post").value.size > 0 && sync.rows("person").value.size > 0;
  return ready ? <Write sync={sync} hall={hall} /> : <Loading />;
}

function Write({ sync, hall }: { sync: Sync; hall: Hall }) {
  const act = useAct();
  const posts = [...sync.rows("post").value.values()];
  const zones = hall.zones.filter((zone) => posts.some(({ body }) => body.zone === zone.id));
  const group = [...sync.rows("person").value].filter(([, { body }]) => body.roles.includes("EFF") && !body.left);
  const first: Form = {
    from_day: dayOf(sync.now() + DAY_MS),
    to_day: dayOf(sync.now() + 7 * DAY_MS),
    zones: zones.map((zone) => zone.id),
    inspectors: group.map(([uid]) => uid),
    per_zone: String(hall.rules["ptl.irregular_per_zone"] ?? 2),
    percent: String(hall.rules["ptl.irregular_percent"] ?? 60),
  };
  const draft = useDraft<Form>("irregular.new", first, t("新建不定时巡查计划"));
  const { value: form, set } = draft;
  const [per_zone, percent] = [Number(form.per_zone), Number(form.percent)];
  const count = Math.ceil((form.zones.length * per_zone * percent) / 100);
  const missing = problemOf(form, sync.now());
  const submit = async () => {
    const secret = toHex(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
    await act(() => sync.save("irregular.commit", { ...form, per_zone, percent, secret }, { ...draft.record }));
    await draft.done();
    go("/irregular");
    return undefined;
  };
  return (
    <form class="stack" onSubmit={(event) => event.preventDefault()}>
      <DraftNotice draft={draft} />
      <Section title={t("期间")}>
        <DayField required label={t("开始日期")} value={form.from_day} min={dayOf(sync.now() + DAY_MS)} onChange={(from_day) => set({ from_day })} />
        <DayField required label={t("结束日期")} value={form.to_day} min={form.from_day} onChange={(to_day) => set({ to_day })} hint={t("最长 31 天。")} />
      </Section>
      <Section title={t("范围")} aside={Number.isFinite(count) ? t("将抽出 {n} 次", { n: count }) : ""}>
        <MultiChips label={t("分区")} options={zones.map(({ id, names: named }) => ({ value: id, label: names(named) }))} value={form.zones} onChange={(picked) => set({ zones: picked })} />
        <TextField label={t("每区最多几次")} inputMode="numeric" max={2} value={form.per_zone} onChange={(value) => set({ per_zone: value })} />
        <TextField label={t("从中抽取（%）")} inputMode="numeric" max={3} value={form.percent} onChange={(value) => set({ percent: value })} hint={t("少于 100% 时，谁也说不准每区会来几次；每区至少一次优先。")} />
      </Section>
      <Section title={t("巡查人员")}>
        <MultiChips label={t("可抽人员")} options={group.map(([value, { body }]) => ({ value, label: body.name }))} value={form.inspectors} onChange={(inspectors) => set({ inspectors })} />
        <p class="muted">{t("本人所在单位和登记过回避的单位所在的分区，不会抽到本人。")}</p>
      </Section>
      <SubmitBar verb={t("封存计划")} disabled={missing !== ""} note={missing || t("封存后不能修改，只能放弃。只有效能建设小组看得到。")} onSubmit={submit} />
    </form>
  );
}

/** What is missing, in words; "" when it can be sealed. */
function problemOf(form: Form, now: number): string {
  if (form.from_day <= dayOf(now)) return t("须从明天或以后开始。");
  if (form.to_day < form.from_day) return t("结束日期早于开始日期。");
  if (form.zones.length === 0) return t("请选择分区。");
  if (form.inspectors.length === 0) return t("请选择巡查人员。");
  if (!(Number(form.per_zone) >= 1 && Number(form.per_zone) <= 20)) return t("每区次数应在 1 到 20 之间。");
  return Number(form.percent) >= 1 && Number(form.percent) <= 100 ? "" : t("抽取比例应在 1 到 100 之间。");
}
