/** The campaign at a glance (CAMP-04): how many problems were found, rectified, verified; which units are behind; the batches. */
import { go } from "../../app/feature";
import { date, dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Campaign, Summary } from "../../sync/types.gen";
import { Card, Cell, List, Section, Table, Tag } from "../../ui";
import { personName } from "../hall/names";
import { totals, unitRows, type UnitRow } from "./model";
import "./campaign.css";

export function Dashboard({ sync, rid, campaign, summary }: { sync: Sync; rid: string; campaign: Campaign; summary: Summary | undefined }) {
  const units = sync.rows("unit").value;
  const people = sync.rows("person").value;
  const rows = unitRows(campaign);
  const { found, rectified, verified, reported } = totals(rows);
  const share = found === 0 ? 100 : Math.floor((100 * verified) / found);
  const overdue = [...sync.rows("problem").value.values()].filter(({ body }) => body.campaign === rid && body.overdue && body.state !== "verified").length;
  const name = (unit: string) => names(units.get(unit)?.body.names);
  const open = (row: UnitRow) => go(`/problem-board?campaign=${rid}&unit=${row.unit}`);
  return (
    <Section title={t("整改进度")} aside={<a href={`/problem-board?campaign=${rid}`}>{t("问题看板")}</a>}>
      <Card tone={found > verified ? "warn" : "ok"}>
        <div class="figures num">
          <Figure word={t("发现")} n={found} />
          <Figure word={t("整改")} n={rectified} />
          <Figure word={t("核实")} n={verified} />
          <Figure word={t("逾期")} n={overdue} bad={overdue > 0} />
          {summary && <Figure word={t("退回")} n={summary.returned} />}
          {summary && <Figure word={t("复发")} n={summary.recurred} bad={summary.recurred > 0} />}
          {(summary?.found_since ?? 0) > 0 && <Figure word={t("阶段后新增")} n={summary?.found_since ?? 0} />}
        </div>
        <div class="share" role="img" aria-label={t("核实销号 {percent}%", { percent: share })}>
          <span style={{ width: `${share}%` }} />
        </div>
        <small class="num">
          {t("核实销号 {percent}%；自查 {n} / {m} 家已报。最后一个阶段须全部核实才能结束。", { percent: share, n: reported, m: campaign.units.length })}
        </small>
      </Card>
      {campaign.batches.length > 0 && (
        <List label={t("批次")}>
          {campaign.batches.map((batch, at) => {
            const mine = totals(rows.filter(({ unit }) => batch.units.includes(unit)));
            const late = batch.by_day < dayOf(sync.now()) && mine.verified < mine.found;
            return (
              <Cell
                key={at}
                title={t("第 {n} 批：{m} 家单位", { n: at + 1, m: batch.units.length })}
                sub={t("{day}前；发现 {n}，核实 {m}", { day: date(batch.by_day), n: mine.found, m: mine.verified })}
                value={<Tag tone={late ? "bad" : mine.verified < mine.found ? "warn" : "ok"}>{late ? t("已逾期") : mine.verified < mine.found ? t("整改中") : t("已完成")}</Tag>}
              />
            );
          })}
        </List>
      )}
      <Table<UnitRow>
        caption={t("整改进度")}
        rows={rows}
        rowKey={(row) => row.unit}
        onOpen={open}
        columns={[
          { id: "unit", title: t("单位"), cell: (row) => name(row.unit) },
          { id: "who", title: t("责任人"), cell: (row) => personName(people, campaign.heads?.[row.unit] || units.get(row.unit)?.body.head || "") },
          { id: "check", title: t("自查"), cell: (row) => (campaign.units.includes(row.unit) ? <Tag tone={row.reported ? "ok" : "warn"}>{row.reported ? (row.zero ? t("零报告") : t("已报")) : t("未报")}</Tag> : <Tag tone="idle">{t("范围外")}</Tag>) },
          { id: "found", title: t("发现"), numeric: true, cell: (row) => row.found },
          { id: "rectified", title: t("整改"), numeric: true, cell: (row) => row.rectified },
          { id: "verified", title: t("核实"), numeric: true, cell: (row) => row.verified },
        ]}
      />
    </Section>
  );
}

function Figure({ word, n, bad = false }: { word: string; n: number; bad?: boolean }) {
  return (
    <div>
      <small class="muted">{word}</small>
      <b class={bad ? "bad" : undefined}>{n}</b>
    </div>
  );
}
