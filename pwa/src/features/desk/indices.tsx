/** 指标: each index with its cases, its trend, the units that need a look first, and the way to its facts (§11). Needs the network. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { go, useSync, type ScreenProps } from "../../app/feature";
import { Lazy } from "../../app/lazy";
import { date, locale, t } from "../../i18n";
import type { IndexPage, IndexPoint, IndexSeries } from "../../sync/types.gen";
import { Card, Cell, Chips, List, Loading, Select, Table, Tag } from "../../ui";
import { askIndices, wrongText, type Query } from "./ask";
import { Offline } from "./registers";
import { casesText, chartText, factsOf, spanText, valueText } from "./trends";
import "./desk.css";

const loadChart = () => import("./chart");
const UNITS_MAX = 10;
type By = "day" | "week" | "month";

export default function Indices({ query }: ScreenProps) {
  const { site } = useSync();
  const by = (["day", "week", "month"] as const).find((one) => one === query.get("by")) ?? "day";
  const unit = query.get("unit") ?? "";
  const [page, setPage] = useState<IndexPage | null>(null);
  const [failed, setFailed] = useState("");
  const asked: Query = unit ? { by, unit } : { by };
  const read = () => {
    setFailed("");
    askIndices(site, asked).then(setPage, (error: unknown) => setFailed(wrongText(error)));
  };
  useEffect(read, [site, by, unit, locale.value]);
  const known = page?.by === by ? page : null;
  return (
    <div class="reg wide stack">
      <Asked by={by} unit={unit} page={known} />
      {failed && <Offline text={failed} onAgain={read} />}
      {!known && !failed && <Loading />}
      {known && (
        <>
          <p class="muted num">{t("{from} 至 {to}。少于 {n} 例的不算比率，只列数目；未结月份为暂定。", { from: date(known.from_day), to: date(known.to_day), n: known.min_n })}</p>
          <div class="charts">
            {known.series.map((series) => (
              <One key={series.key} series={series} page={known} unit={unit} />
            ))}
          </div>
        </>
      )}
    </div>
  );
}

function Asked({ by, unit, page }: { by: By; unit: string; page: IndexPage | null }) {
  const options = [
    { value: "day" as const, label: t("按日") },
    { value: "week" as const, label: t("按周") },
    { value: "month" as const, label: t("按月") },
  ];
  const ask = (next: { by: By; unit: string }) => go(`/indices?${new URLSearchParams(next.unit ? next : { by: next.by }).toString()}`, { replace: true });
  return (
    <div class="bar">
      <Chips label={t("时间单位")} value={by} options={options} onChange={(value) => ask({ by: value, unit })} />
      {page && page.units.length > 1 && (
        <Select
          label={t("单位")}
          value={unit}
          options={[{ value: "", label: t("全部单位") }, ...page.units.map(([id, name]) => ({ value: id, label: name }))]}
          onChange={(value) => ask({ by, unit: value })}
        />
      )}
    </div>
  );
}

interface OneProps {
  series: IndexSeries;
  page: IndexPage;
  unit: string;
}

function One({ series, page, unit }: OneProps) {
  const value = valueText(series, series.total);
  const facts = series.facts ?? [];
  const [first] = facts;
  const open = (point: IndexPoint) => first && go(factsOf(first, point, unit));
  const empty = series.total.top === 0 && series.total.bottom === 0;
  return (
    <Card>
      <header class="row">
        <h2 class="grow">{series.title}</h2>
        {series.total.provisional && <Tag tone="idle">{t("暂定")}</Tag>}
        <small class="muted num">{series.id}</small>
      </header>
      <p class="value num">{empty ? "—" : (value ?? t("案例太少"))}</p>
      <p class="muted num">{empty ? t("这段时间没有数据。") : casesText(series, series.total)}</p>
      {!empty && <Lazy load={loadChart} props={{ series, by: page.by, label: chartText(series, page), onOpen: first ? open : undefined }} />}
      {!empty && <Parts series={series} />}
      {!empty && <Numbers series={series} by={page.by} onOpen={first ? open : undefined} />}
      {!unit && <Units series={series} page={page} />}
      {!empty &&
        facts.map((link) => (
          <a key={link.register} href={factsOf(link, series.total, unit)}>
            {t("查看事实：{name}", { name: link.title })}
          </a>
        ))}
    </Card>
  );
}

/** What the stacked bars are, with their sums. */
function Parts({ series }: { series: IndexSeries }) {
  const parts = series.parts ?? [];
  if (parts.length === 0) return null;
  return (
    <div class="row wrap">
      {parts.map((word, at) => (
        <Tag key={word} tone={at === 0 ? "info" : "bad"}>
          {t("{name} {n} 分钟", { name: word, n: series.total.parts?.[at] ?? 0 })}
        </Tag>
      ))}
    </div>
  );
}

/** The same as a table, for those who do not see the chart, and to open the facts from the keyboard. */
function Numbers({ series, by, onOpen }: { series: IndexSeries; by: string; onOpen: ((point: IndexPoint) => void) | undefined }) {
  const [above, below] = series.counts;
  const rows = series.points.filter((point) => point.top > 0 || point.bottom > 0);
  return (
    <Fold title={t("看表格")}>
      <Table<IndexPoint>
        caption={series.title}
        rows={rows}
        rowKey={(point) => point.from_day}
        {...(onOpen ? { onOpen } : {})}
        columns={[
          { id: "span", title: t("时间"), cell: (point) => spanText(by, point) },
          { id: "value", title: series.title, numeric: true, cell: (point) => valueText(series, point) ?? "—" },
          { id: "top", title: above, numeric: true, cell: (point) => point.top },
          ...(below ? [{ id: "bottom", title: below, numeric: true, cell: (point: IndexPoint) => point.bottom }] : []),
        ]}
      />
    </Fold>
  );
}

/** The units that need a look first; names of people are in the registers only (VIS-05). */
function Units({ series, page }: { series: IndexSeries; page: IndexPage }) {
  const units = (series.units ?? []).slice(0, UNITS_MAX);
  const [first] = series.facts ?? [];
  if (units.length < 2) return null;
  return (
    <Fold title={t("各单位，先看差的")}>
      <List label={t("各单位，先看差的")}>
        {units.map((one) => (
          <Cell
            key={one.unit}
            title={one.name}
            sub={<span class="num">{casesText(series, one.point)}</span>}
            value={<span class="num">{valueText(series, one.point) ?? t("案例太少")}</span>}
            {...(first ? { href: factsOf(first, { from_day: page.from_day, to_day: page.to_day }, one.unit) } : {})}
          />
        ))}
      </List>
    </Fold>
  );
}

/** Folded away until it is asked for; made only then. */
function Fold({ title, children }: { title: string; children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && children}
    </details>
  );
}
