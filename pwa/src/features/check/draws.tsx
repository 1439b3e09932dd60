/** Draws that were revealed, repeated on this device: equal, or where they differ (CHK-04). Works without a network. */
import { useMemo } from "preact/hooks";
import { giveFile } from "../../app/device";
import type { ScreenProps } from "../../app/feature";
import { date, exact, names, t } from "../../i18n";
import type { DrawPublic } from "../../sync/types.gen";
import { Button, Cell, Empty, Facts, List, Notice, Section, SplitView, Table, Tag } from "../../ui";
import { Coverage } from "./coverage";
import { needed, verify } from "./draw";
import { methodWord } from "./words";

export default function Draws({ sync, params }: ScreenProps) {
  const draws = [...sync.rows("plan.public").value].sort(([, { body: a }], [, { body: b }]) => b.revealed_at - a.revealed_at);
  const open = draws.find(([rid]) => rid === params["id"]);
  if (draws.length === 0) return <Empty title={t("还没有公布的抽取")}>{t("检查期间结束后，抽取的依据会公布在这里，任何人都可以在自己的设备上重新验算。")}</Empty>;
  const list = (
    <List label={t("抽取结果核验")}>
      {draws.map(([rid, { body }]) => (
        <Cell
          key={rid}
          title={body.title}
          sub={[methodWord(body.method), t("{from} 至 {to}", { from: date(body.from_day), to: date(body.to_day) })].join("\u00a0· ")}
          {...(body.dropped ? { value: <Tag tone="idle">{t("已放弃")}</Tag> } : {})}
          href={`/draws/${rid}`}
          on={rid === params["id"]}
        />
      ))}
    </List>
  );
  return <SplitView list={list} detail={open ? <Repeated key={open[0]} draw={open[1].body} /> : null} hint={t("选一次抽取重新验算。")} />;
}

function Repeated({ draw }: { draw: DrawPublic }) {
  const verdict = useMemo(() => verify(draw), [draw]);
  const equal = verdict.bound && verdict.differences.length === 0;
  const unit = (id: string) => names(draw.unit_names[id]) || id;
  return (
    <div class="stack">
      <Section title={draw.title} aside={<Tag tone={equal ? "ok" : "bad"}>{equal ? t("验算一致") : t("验算不一致")}</Tag>}>
        <Notice tone={equal ? "ok" : "bad"} title={equal ? t("这台设备重新抽取了一次，结果完全相同。") : t("这台设备重新抽取了一次，结果不同。")}>
          {verdict.bound ? t("范围和密钥与事先封存的一致。") : t("范围或密钥与事先封存的不一致。")}
        </Notice>
        {verdict.differences.length > 0 && (
          <Table
            caption={t("不一致之处")}
            rows={verdict.differences}
            rowKey={(row) => row.unit}
            columns={[
              { id: "unit", title: t("单位"), cell: (row) => unit(row.unit) },
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
            ...(draw.text ? [[t("说明"), draw.text] as [string, string]] : []),
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
            { id: "day", title: t("日期"), cell: (row) => `${date(row.day)} ${row.slot}` },
            { id: "team", title: t("检查人员代号"), cell: (row) => row.team.join(t("、")) },
          ]}
        />
      </Section>
    </div>
  );
}

/** The file the stand-alone command reads. */
const download = (draw: DrawPublic): Promise<void> => giveFile(`draw-${draw.from_day}.json`, JSON.stringify(draw, null, 1));
