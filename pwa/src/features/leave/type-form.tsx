/** One type of leave from a day on: how it counts, how much there is, who decides, what proof is wanted (LVT-01, LVT-02). */
import { useState } from "preact/hooks";
import { dayOf, names, t } from "../../i18n";
import type { LeaveEvent, LeaveTypeRule } from "../../sync/types.gen";
import { Button, Buttons, Card, Cell, Check, Chips, DayField, List, Section, Select, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { NamesFields, said } from "../hall/names-fields";
import { chainWord } from "./chain-form";
import type { LeaveBook } from "./rows";
import { chainsOn, inForce } from "./versions";

const ID = /^[a-z0-9_]{1,24}$/;
const FIRST: LeaveTypeRule = { names: {}, count: "working", min_unit: "half_day", chain: "usual", privacy: "P2", displaceable: true, valid_from: "" };

type Pair = [string, string];

/** The parts of a rule that are typed as text. */
interface Typed {
  quota: Pair[];
  carry: string;
  proof: string;
  before: string;
  after: string;
}

const typedOf = (rule: LeaveTypeRule): Typed => ({
  quota: (rule.quota?.days ?? []).map(([years, days]): Pair => [String(years), String(days)]),
  carry: String(rule.quota?.carry_days ?? 0),
  proof: rule.proof_days === undefined || rule.proof_days < 0 ? "" : String(rule.proof_days),
  before: String(rule.before_days ?? 0),
  after: String(rule.after_days ?? 0),
});

const isCount = (text: string) => /^\d{1,4}$/.test(text);

/** The rule as it is saved. */
function ruleOf(rule: LeaveTypeRule, typed: Typed, valid_from: string): LeaveTypeRule {
  const days = typed.quota.map(([years, amount]): [number, number] => [Number(years), Number(amount)]).sort(([x], [y]) => x - y);
  return {
    ...rule,
    names: said(rule.names),
    proof: said(rule.proof ?? {}),
    quota: { by: rule.quota?.by ?? "none", days, carry_days: Number(typed.carry) },
    proof_days: typed.proof === "" ? -1 : Number(typed.proof),
    before_days: Number(typed.before),
    after_days: Number(typed.after),
    valid_from,
  };
}

interface TypeFormProps {
  book: LeaveBook;
  /** "": a new one. */
  code: string;
  onDone: () => void;
}

export function TypeForm({ book, code, onDone }: TypeFormProps) {
  const { sync, rows, now } = book;
  const act = useAct();
  const today = dayOf(now);
  const versions = [...rows.types.values()].filter(({ body }) => body.code === code).map(({ body }) => body.rule).sort((x, y) => (x.valid_from < y.valid_from ? 1 : -1));
  const known = inForce(versions, today) ?? FIRST;
  const [id, setId] = useState(code);
  const [from, setFrom] = useState(today);
  const [rule, setRule] = useState<LeaveTypeRule>(known);
  const [typed, setTyped] = useState<Typed>(typedOf(known));
  const set = (change: Partial<LeaveTypeRule>) => setRule({ ...rule, ...change });
  const numbers = [...typed.quota.flat(), typed.carry, typed.before, typed.after, ...(typed.proof === "" ? [] : [typed.proof])];
  const taken = code === "" && [...rows.types.values()].some(({ body }) => body.code === id);
  const missing = !ID.test(id) || taken ? (taken ? t("这个代码已被使用。") : t("代码用小写字母和数字。")) : !rule.names["zh_Hans"]?.trim() ? t("请填写名称。") : from < today ? t("只能从今天或以后起生效。") : numbers.every(isCount) ? null : t("天数和年数是不小于零的整数。");
  const save = () =>
    act(async () => {
      const receipt = await sync.save("leave.type", { rule: ruleOf(rule, typed, from) }, { rid: `${id}@${from}` });
      onDone();
      return receipt;
    });
  return (
    <Card>
      <div class="stack">
        {code ? <h2>{names(known.names)}</h2> : <TextField label={t("代码")} required value={id} max={24} onChange={setId} />}
        <NamesFields label={t("名称")} required value={rule.names} onChange={(value) => set({ names: value })} />
        <Counting rule={rule} set={set} />
        <Quota rule={rule} set={set} typed={typed} setTyped={setTyped} />
        <Select label={t("审批链")} value={rule.chain} options={chainsOn(sync.rows("leave.chain").value, today).map(({ name }) => ({ value: name, label: chainWord(name) }))} onChange={(chain) => set({ chain })} />
        <Proof rule={rule} set={set} typed={typed} setTyped={setTyped} />
        <Eligible rule={rule} set={set} typed={typed} setTyped={setTyped} />
        <DayField label={t("从哪天起")} value={from} min={today} onChange={setFrom} />
        {missing && <p class="muted">{missing}</p>}
        <Buttons>
          <Button onPress={onDone}>{t("取消")}</Button>
          <Button tone="main" disabled={missing !== null} onPress={() => void save()}>
            {t("保存")}
          </Button>
        </Buttons>
      </div>
      {versions.length > 0 && (
        <Section title={t("历次版本")}>
          <List label={t("历次版本")}>
            {versions.map((one) => (
              <Cell key={one.valid_from} title={t("{day} 起", { day: one.valid_from })} sub={quotaWord(one)} onPress={() => (setRule(one), setTyped(typedOf(one)))} />
            ))}
          </List>
        </Section>
      )}
    </Card>
  );
}

/** What a version grants, in one line. */
function quotaWord({ quota, events }: LeaveTypeRule): string {
  const days = quota?.days ?? [];
  if (quota?.by === "service_years") return days.map(([years, amount]) => t("满 {years} 年 {n} 天", { years, n: amount })).join(t("，"));
  if (quota?.by === "fixed" && days[0]) return t("每年 {n} 天", { n: days[0][1] });
  if (quota?.by === "event") return [...(events ?? []).map((one) => `${names(one.names)} ${t("{n} 天", { n: one.days })}`), ...((events ?? []).length === 0 && days[0] ? [t("每次 {n} 天", { n: days[0][1] })] : [])].join(t("，")) || t("待核定");
  return t("不限");
}

interface PartProps {
  rule: LeaveTypeRule;
  set: (change: Partial<LeaveTypeRule>) => void;
}
interface TypedProps extends PartProps {
  typed: Typed;
  setTyped: (typed: Typed) => void;
}

function Counting({ rule, set }: PartProps) {
  return (
    <>
      <Chips<LeaveTypeRule["count"]> label={t("计算方式")} options={[{ value: "working", label: t("工作日") }, { value: "calendar", label: t("自然日") }]} value={rule.count} onChange={(count) => set({ count })} />
      <Chips<LeaveTypeRule["min_unit"]>
        label={t("最小单位")}
        options={[{ value: "hour", label: t("小时") }, { value: "half_day", label: t("半天") }, { value: "day", label: t("一天") }]}
        value={rule.min_unit}
        onChange={(min_unit) => set({ min_unit })}
      />
      <Chips<NonNullable<LeaveTypeRule["pay"]>>
        label={t("待遇标记（本系统只算天数）")}
        options={[{ value: "full", label: t("照发") }, { value: "reduced", label: t("减发") }, { value: "none", label: t("不发") }, { value: "local", label: t("按当地规定") }]}
        value={rule.pay ?? "full"}
        onChange={(pay) => set({ pay })}
      />
    </>
  );
}

function Quota({ rule, set, typed, setTyped }: TypedProps) {
  const by = rule.quota?.by ?? "none";
  const years = by === "service_years";
  const choose = (next: NonNullable<NonNullable<LeaveTypeRule["quota"]>["by"]>) => {
    set({ quota: { ...rule.quota, by: next } });
    setTyped({ ...typed, quota: next === "none" ? [] : next === "service_years" || typed.quota.length < 2 ? typed.quota : typed.quota.slice(0, 1) });
  };
  const put = (at: number, pair: Pair) => setTyped({ ...typed, quota: typed.quota.map((one, index) => (index === at ? pair : one)) });
  return (
    <>
      <Chips
        label={t("额度")}
        options={[{ value: "none", label: t("不限") }, { value: "fixed", label: t("每年固定") }, { value: "service_years", label: t("按工作年限") }, { value: "event", label: t("按次") }]}
        value={by}
        onChange={choose}
      />
      {by !== "none" &&
        typed.quota.map(([least, days], at) => (
          <div key={at} class="lv-pair">
            {years && <TextField label={t("工作满（年）")} inputMode="numeric" value={least} max={2} onChange={(text) => put(at, [text, days])} />}
            <TextField label={t("天数")} inputMode="numeric" value={days} max={4} onChange={(text) => put(at, [least, text])} />
          </div>
        ))}
      {by !== "none" && (years || typed.quota.length === 0) && (
        <div class="row wrap">
          <Button tone="quiet" onPress={() => setTyped({ ...typed, quota: [...typed.quota, ["0", "0"]] })}>
            {t("加一档")}
          </Button>
          {typed.quota.length > 0 && (
            <Button tone="quiet" onPress={() => setTyped({ ...typed, quota: typed.quota.slice(0, -1) })}>
              {t("去掉末档")}
            </Button>
          )}
        </div>
      )}
      {(by === "fixed" || years) && <TextField label={t("上年结余可结转（天）")} inputMode="numeric" value={typed.carry} max={3} onChange={(carry) => setTyped({ ...typed, carry })} />}
      {by === "event" && <Events events={rule.events ?? []} onChange={(events) => set({ events })} />}
    </>
  );
}

/** The cases of a type that is granted by event. */
function Events({ events, onChange }: { events: readonly LeaveEvent[]; onChange: (events: LeaveEvent[]) => void }) {
  const put = (at: number, change: Partial<LeaveEvent>) => onChange(events.map((one, index) => (index === at ? { ...one, ...change } : one)));
  const fresh = () => `case${events.length + 1}`;
  return (
    <>
      {events.map((one, at) => (
        <div key={at} class="lv-pair">
          <TextField label={t("情形")} value={one.names["zh_Hans"] ?? ""} max={60} onChange={(text) => put(at, { names: { ...one.names, zh_Hans: text } })} />
          <TextField label={t("天数")} inputMode="numeric" value={String(one.days)} max={4} onChange={(text) => put(at, { days: Number(text.replace(/\D/g, "")) })} />
        </div>
      ))}
      <div class="row wrap">
        <Button tone="quiet" onPress={() => onChange([...events, { code: fresh(), names: { zh_Hans: "" }, days: 0 }])}>
          {t("加一种情形")}
        </Button>
        {events.length > 0 && (
          <Button tone="quiet" onPress={() => onChange(events.slice(0, -1))}>
            {t("去掉末一种")}
          </Button>
        )}
      </div>
    </>
  );
}

function Proof({ rule, set, typed, setTyped }: TypedProps) {
  return (
    <>
      <TextField label={t("证明材料")} value={rule.proof?.["zh_Hans"] ?? ""} max={60} onChange={(text) => set({ proof: { ...rule.proof, zh_Hans: text } })} />
      <TextField label={t("满几天须交证明")} hint={t("0 为每次都要，留空为不要。")} inputMode="numeric" value={typed.proof} max={3} onChange={(text) => setTyped({ ...typed, proof: text.trim() })} />
      <Select<LeaveTypeRule["privacy"]>
        label={t("密级")}
        hint={t("敏感个人信息的事由和证明密封保存，审批人看不到。")}
        value={rule.privacy}
        options={[{ value: "P1", label: t("内部") }, { value: "P2", label: t("人事") }, { value: "P3", label: t("敏感个人信息") }, { value: "P4", label: t("涉密") }]}
        onChange={(privacy) => set({ privacy })}
      />
    </>
  );
}

function Eligible({ rule, set, typed, setTyped }: TypedProps) {
  return (
    <>
      <Chips<NonNullable<LeaveTypeRule["sex"]>> label={t("限定性别")} options={[{ value: "", label: t("不限") }, { value: "f", label: t("女") }, { value: "m", label: t("男") }]} value={rule.sex ?? ""} onChange={(sex) => set({ sex })} />
      <Chips<NonNullable<LeaveTypeRule["who"]>>
        label={t("由谁提出")}
        options={[{ value: "self", label: t("本人") }, { value: "office", label: t("办公室") }, { value: "lead", label: t("中心领导") }]}
        value={rule.who ?? "self"}
        onChange={(who) => set({ who })}
      />
      <div class="lv-pair">
        <TextField label={t("事前可休（天）")} inputMode="numeric" value={typed.before} max={4} onChange={(before) => setTyped({ ...typed, before })} />
        <TextField label={t("事后期限（天）")} inputMode="numeric" value={typed.after} max={4} onChange={(after) => setTyped({ ...typed, after })} />
      </div>
      <TextField label={t("适用省份")} hint={t("各省天数不同的，在此写明依据哪省规定。")} value={rule.province ?? ""} max={40} onChange={(province) => set({ province })} />
      <Check label={t("可因补岗改期")} hint={t("法定假别不得因缺人改期。")} value={rule.displaceable} onChange={(displaceable) => set({ displaceable })} />
      <Check label={t("待核定")} hint={t("天数须由本大厅按当地规定核定；核定后取消勾选。")} value={rule.confirm ?? false} onChange={(confirm) => set({ confirm })} />
      <Check label={t("停用")} hint={t("不能再申请；已开始的照旧。")} value={rule.closed ?? false} onChange={(closed) => set({ closed })} />
    </>
  );
}
