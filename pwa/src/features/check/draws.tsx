/** Draws that were revealed, repeated on this device: equal, or where they differ (CHK-04). Works without a network. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { giveFile } from "../../app/device";
import type { ScreenProps } from "../../app/feature";
import { date, dayOf, exact, names, t } from "../../i18n";
import { keptLog } from "../../sync/kept-log";
import type { DrawPublic } from "../../sync/types.gen";
import { Button, Cell, Empty, Facts, List, Notice, Section, SplitView, Table, Tag } from "../../ui";
import { Coverage } from "./coverage";
import { needed, verify } from "./draw";
import { Lapsed } from "./lapsed";
import { prove, type Fault, type Proven } from "./prove";
import { methodWord, slotWord } from "./words";

export default function Draws({ sync, params }: ScreenProps) {
  const draws = [...sync.rows("plan.public").value].sort(([, { body: a }], [, { body: b }]) => b.revealed_at - a.revealed_at);
  const open = draws.find(([rid]) => rid === params["id"]);
  if (draws.length === 0) return <Empty title={t("还没有公布的抽取")} icon="check">{t("检查期间结束后，抽取的依据会公布在这里，任何人都可以在自己的设备上重新验算。")}</Empty>;
  const list = (
    <List label={t("抽取结果核验")}>
      {draws.map(([rid, { body }]) => (
        <Cell
          key={rid}
          title={body.title}
          sub={[methodWord(body.method), t("{from} 至 {to}", { from: date(body.from_day), to: date(body.to_day) })].join("\u00a0· ")}
          {...(body.dropped ? { value: <Tag tone="idle">{body.lapsed ? t("已失效") : t("已放弃")}</Tag> } : {})}
          href={`/draws/${rid}`}
          on={rid === params["id"]}
        />
      ))}
    </List>
  );
  return <SplitView list={list} detail={open ? <Repeated key={open[0]} site={sync.site} draw={open[1].body} /> : null} hint={t("选一次抽取重新验算。")} />;
}

const FAULTS: Record<Fault, () => string> = {
  period: () => t("公布的检查期间与封存的日期不符。"),
  bound: () => t("日志里的那条记录封存的不是这个方案。"),
  record: () => t("日志里没有那条封存记录。"),
  late: () => t("封存内容在检查期间开始之后才记入日志。"),
  minute: () => t("抽取所用的数值不是日志里那一分钟的。"),
  early: () => t("抽取所用的那一分钟在封存之前已经开始。"),
  first: () => t("抽取所用的不是封存之后的第一分钟。"),
  replaced: () => t("替补的记录与日志里的不符。"),
  signature: () => t("日志的签名不是本大厅的。"),
  unreadable: () => t("存证日志的证明无法读取。"),
};

function Repeated({ site, draw }: { site: string; draw: DrawPublic }) {
  const verdict = useMemo(() => verify(draw), [draw]);
  const [proven, setProven] = useState<Proven | null>(null);
  useEffect(() => {
    if (draw.log) void prove(draw, keptLog(site)?.key, dayOf).then(setProven);
  }, [draw]);
  const faults = proven?.faults ?? [];
  const same = verdict.bound && verdict.differences.length === 0;
  const equal = same && faults.length === 0;
  const unit = (id: string) => names(draw.unit_names[id]) || id;
  const replaced = draw.replaced ?? [];
  const struck = Object.entries(draw.struck ?? {});
  return (
    <div class="stack">
      <Section title={draw.title} aside={<Tag tone={equal ? "ok" : "bad"}>{equal ? t("验算一致") : t("验算不一致")}</Tag>}>
        {draw.lapsed ? <Lapsed /> : draw.dropped && <Notice tone="info" title={t("已放弃")}>{t("未完成的任务已作废；下面是这个方案的抽取结果。")}</Notice>}
        <Notice tone={same ? "ok" : "bad"} title={same ? t("这台设备重新抽取了一次，结果完全相同。") : t("这台设备重新抽取了一次，结果不同。")}>
          {verdict.bound ? t("范围和密钥与事先封存的一致。") : t("范围或密钥与事先封存的不一致。")}
        </Notice>
        {draw.log ? proven && <Logged proven={proven} /> : <Unproven />}
        {verdict.differences.length > 0 && (
          <Table
            caption={t("不一致之处")}
            rows={verdict.differences}
            rowKey={(row) => row.unit + (row.instead ? "+" : "")}
            columns={[
              { id: "unit", title: t("单位"), cell: (row) => (row.instead ? t("替补{unit}", { unit: unit(row.unit) }) : unit(row.unit)) },
              { id: "said", title: t("公布的"), cell: (row) => row.said || t("没有") },
              { id: "found", title: t("验算的"), cell: (row) => row.found || t("没有") },
            ]}
          />
        )}
        <Facts
          facts={[
            [t("封存时间"), exact(draw.committed_at)],
            [t("公布时间"), exact(draw.revealed_at)],
            [t("封存码"), <code class="code">{draw.commitment}</code>],
            [t("存证编号"), <code class="code">{draw.op}</code>],
            ...(draw.text ? [[draw.dropped ? t("理由") : t("说明"), draw.text] as [string, string]] : []),
          ]}
        />
        <Button icon="download" onPress={() => void download(draw)}>
          {t("下载抽取依据")}
        </Button>
        <small>{t("下载的内容可以用独立的核验工具 zaigang_draw.py 验算，不需要本系统。")}</small>
      </Section>
      <Section title={t("覆盖情况")}>
        <Coverage all={draw.covered} categories={draw.categories} needed={needed(draw.inputs.units.length, draw.inputs.coverage_percent)} />
      </Section>
      <Section title={t("抽中的单位")} aside={t("共 {n} 家", { n: draw.drawn.length })}>
        <Table
          caption={t("抽中的单位")}
          rows={draw.drawn}
          rowKey={(row) => row.unit}
          columns={[
            { id: "unit", title: t("单位"), cell: (row) => unit(row.unit) },
            { id: "window", title: t("窗口"), cell: (row) => row.window },
            { id: "day", title: t("日期"), cell: (row) => `${date(row.day)} ${slotWord(row.slot)}` },
            { id: "team", title: t("检查人员代号"), cell: (row) => row.team.join(t("、")) },
          ]}
        />
      </Section>
      {replaced.length > 0 && (
        <Section title={t("替补")} aside={t("共 {n} 家", { n: replaced.length })}>
          <Table
            caption={t("替补")}
            rows={replaced}
            rowKey={(row) => row.unit}
            columns={[
              { id: "unit", title: t("原单位"), cell: (row) => unit(row.unit) },
              { id: "text", title: t("理由"), cell: (row) => `${row.text}\u00a0· ${exact(row.at)}` },
              { id: "instead", title: t("替补单位"), cell: ({ visit }) => unit(visit.unit) },
              { id: "window", title: t("窗口"), cell: ({ visit }) => visit.window },
              { id: "day", title: t("日期"), cell: ({ visit }) => `${date(visit.day)} ${slotWord(visit.slot)}` },
              { id: "team", title: t("检查人员代号"), cell: ({ visit }) => visit.team.join(t("、")) },
            ]}
          />
        </Section>
      )}
      {struck.length > 0 && (
        <Section title={t("作废或撤回的记录")}>
          <Facts facts={struck.map(([one, n]) => [unit(one), t("{n} 份", { n })])} />
          <small>{t("理由不公布，以免说出检查人员。")}</small>
        </Section>
      )}
    </div>
  );
}

function Logged({ proven: { faults, signed } }: { proven: Proven }) {
  if (faults.length > 0) return <Notice tone="bad" title={t("存证日志的证明不成立。")}>{faults.map((fault) => FAULTS[fault]()).join(" ")}</Notice>;
  return (
    <Notice tone="ok" title={t("存证日志证明：封存在前，抽取在后。")}>
      {t("封存内容在检查期间开始之前已记入存证日志，抽取用的是其后第一分钟的数值。")}{" "}
      {signed ? t("日志的签名已核对。") : t("这台设备不能核对日志的签名，可以用独立的核验工具核对。")}
    </Notice>
  );
}

const Unproven = () => <Notice tone="warn" title={t("没有存证日志的证明。")}>{t("只能验算抽取本身，不能证明封存在检查期间开始之前，也不能证明所用的数值来自日志。")}</Notice>;

/** The file the stand-alone command reads. */
const download = (draw: DrawPublic): Promise<void> => giveFile(`draw-${draw.from_day}.json`, JSON.stringify(draw, null, 1));
