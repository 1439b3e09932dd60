/** A table of approvers: whose leave, up to how long, through whose hands in which order (LV-03, LV-04). */
import { useState } from "preact/hooks";
import { dayOf, t } from "../../i18n";
import type { LeaveChainRow, LeaveStep } from "../../sync/types.gen";
import { Button, Buttons, Card, Cell, DayField, List, Section, Select, Table, TextField } from "../../ui";
import { useAct } from "../hall/act";
import type { LeaveBook } from "./rows";
import { numberOf, roleWord } from "./words";

type Role = LeaveStep["role"];
const ROLES: readonly Role[] = ["HEAD", "OFF", "LEAD", "TOP"];
const RANKS = ["staff", "head", "lead"] as const;
type Rank = (typeof RANKS)[number];
const ID = /^[a-z0-9_-]{1,24}$/;
const STEPS_MAX = 4;

/** What the hall calls a table; those that come with the product have names of their own. */
export function chainWord(name: string): string {
  const words: Record<string, () => string> = { usual: () => t("一般请假"), notice: () => t("公务外出（告知）"), sealed: () => t("涉密事由") };
  return words[name]?.() ?? name;
}

const rankWord = (rank: Rank): string => ({ staff: () => t("工作人员"), head: () => t("科室负责人"), lead: () => t("中心领导") })[rank]();

/** A line as it is typed: days as text, "" for any length. */
interface Line {
  rank: Rank;
  upto: string;
  steps: Role[];
}

const FIRST: Line[] = RANKS.map((rank) => ({ rank, upto: "", steps: [rank === "staff" ? "HEAD" : rank === "head" ? "OFF" : "TOP"] }));
const lineOf = (row: LeaveChainRow): Line => ({ rank: row.rank, upto: row.upto_centidays ? numberOf(row.upto_centidays) : "", steps: [...row.steps] });
const rowOf = (line: Line): LeaveChainRow => ({ rank: line.rank, upto_centidays: line.upto ? Math.round(Number(line.upto) * 100) : 0, steps: line.steps });

/** Shorter leave first, any length last: the first line that fits decides. */
const ordered = (lines: readonly Line[]): LeaveChainRow[] =>
  lines.map(rowOf).sort((x, y) => RANKS.indexOf(x.rank) - RANKS.indexOf(y.rank) || (x.upto_centidays || Infinity) - (y.upto_centidays || Infinity));

/** What is wrong with a table, in words; null when nothing is. */
function wrongWith(lines: readonly Line[]): string | null {
  if (lines.some((line) => line.upto && !(Number(line.upto) > 0))) return t("天数是大于零的数，可以带小数。");
  if (lines.some((line) => line.steps.length === 0)) return t("每一行至少要有一级审批。");
  if (RANKS.some((rank) => !lines.some((line) => line.rank === rank && !line.upto))) return t("每类人员都要有一行不限天数。");
  return null;
}

export function ChainForm({ book, name, onDone }: { book: LeaveBook; name: string; onDone: () => void }) {
  const { sync, now } = book;
  const act = useAct();
  const today = dayOf(now);
  const versions = [...sync.rows("leave.chain").value.values()].map(({ body }) => body).filter((one) => one.name === name).sort((x, y) => (x.valid_from < y.valid_from ? 1 : -1));
  const [code, setCode] = useState(name);
  const [from, setFrom] = useState(today);
  const [lines, setLines] = useState<Line[]>((versions.find((one) => one.valid_from <= today) ?? versions[0])?.rows.map(lineOf) ?? FIRST);
  const set = (at: number, change: Partial<Line>) => setLines(lines.map((line, index) => (index === at ? { ...line, ...change } : line)));
  const missing = !ID.test(code) ? t("代码用小写字母和数字。") : from < today ? t("只能从今天或以后起生效。") : wrongWith(lines);
  const save = () =>
    act(async () => {
      const receipt = await sync.save("leave.chain", { valid_from: from, rows: ordered(lines) }, { rid: `${code}@${from}` });
      onDone();
      return receipt;
    });
  return (
    <Card>
      <div class="stack">
        {name ? <h2>{chainWord(name)}</h2> : <TextField label={t("代码")} required value={code} max={24} onChange={setCode} />}
        {lines.map((line, at) => (
          <ChainLine key={at} line={line} onChange={(change) => set(at, change)} onDrop={() => setLines(lines.filter((_, index) => index !== at))} />
        ))}
        <Button tone="quiet" onPress={() => setLines([...lines, { rank: "staff", upto: "1", steps: ["HEAD"] }])}>
          {t("加一行")}
        </Button>
        <DayField label={t("从哪天起")} value={from} min={today} onChange={setFrom} />
        {missing && <p class="muted">{missing}</p>}
        <Buttons>
          <Button onPress={onDone}>{t("取消")}</Button>
          <Button tone="main" disabled={missing !== null} onPress={() => void save()}>
            {t("保存")}
          </Button>
        </Buttons>
      </div>
      {versions.length > 0 && <History versions={versions} />}
    </Card>
  );
}

function ChainLine({ line, onChange, onDrop }: { line: Line; onChange: (change: Partial<Line>) => void; onDrop: () => void }) {
  const steps: (Role | "")[] = line.steps.length < STEPS_MAX ? [...line.steps, ""] : line.steps;
  const step = (at: number, role: Role | "") => onChange({ steps: role ? [...line.steps.slice(0, at), role, ...line.steps.slice(at + 1)] : line.steps.filter((_, index) => index !== at) });
  return (
    <fieldset class="lv-line">
      <div class="lv-pair">
        <Select label={t("申请人")} value={line.rank} options={RANKS.map((value) => ({ value, label: rankWord(value) }))} onChange={(rank) => onChange({ rank })} />
        <TextField label={t("不超过（天）")} inputMode="tel" value={line.upto} max={6} placeholder={t("不限")} onChange={(upto) => onChange({ upto: upto.trim() })} />
      </div>
      <div class="lv-steps">
        {steps.map((role, at) => (
          <Select<Role | "">
            key={at}
            label={t("第 {n} 级", { n: at + 1 })}
            value={role}
            options={[{ value: "", label: t("无") }, ...ROLES.map((value) => ({ value, label: roleWord(value) }))]}
            onChange={(value) => step(at, value)}
          />
        ))}
      </div>
      <Button tone="quiet" onPress={onDrop}>
        {t("去掉这一行")}
      </Button>
    </fieldset>
  );
}

/** Every version, the newest first (LVT-02). */
function History({ versions }: { versions: readonly { valid_from: string; rows: LeaveChainRow[] }[] }) {
  const [open, setOpen] = useState<string | null>(null);
  const shown = versions.find((one) => one.valid_from === open);
  return (
    <Section title={t("历次版本")}>
      <List label={t("历次版本")}>
        {versions.map((one) => (
          <Cell key={one.valid_from} title={t("{day} 起", { day: one.valid_from })} sub={t("{n} 行", { n: one.rows.length })} onPress={() => setOpen(one.valid_from)} on={one.valid_from === open} />
        ))}
      </List>
      {shown && (
        <Table
          caption={t("{day} 起", { day: shown.valid_from })}
          columns={[
            { id: "rank", title: t("申请人"), cell: (row) => rankWord(row.rank) },
            { id: "upto", title: t("不超过（天）"), cell: (row) => (row.upto_centidays ? numberOf(row.upto_centidays) : t("不限")), numeric: true },
            { id: "steps", title: t("审批"), cell: (row) => row.steps.map(roleWord).join(" → ") },
          ]}
          rows={shown.rows}
          rowKey={(row) => `${row.rank}${row.upto_centidays}`}
        />
      )}
    </Section>
  );
}
