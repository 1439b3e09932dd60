/** What the unit sees after publication: the score, what failed and in which words, and never who came. */
import type { ScreenProps } from "../../app/feature";
import { date, names, t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { VisitUnit } from "../../sync/types.gen";
import { Card, Cell, Empty, Facts, List, Section, SplitView, Tag } from "../../ui";
import { points } from "./model";
import { ItemText, Noted, ScoreTag } from "./review";
import "./visit.css";

type Entry = [string, VisitUnit];

function unitName(sync: Sync, unit: string): string {
  return names(sync.rows("unit").value.get(unit)?.body.names);
}

function ResultList({ sync, entries, current }: { sync: Sync; entries: Entry[]; current: string | undefined }) {
  if (entries.length === 0) return <Empty title={t("还没有公布的检查结果")}>{t("检查结果公布后会出现在这里。")}</Empty>;
  return (
    <List>
      {entries.map(([rid, body]) => (
        <Cell
          key={rid}
          title={unitName(sync, body.unit)}
          sub={[date(body.day), t("{n} 号窗口", { n: body.window }), t("不合格 {n} 项", { n: body.failed.length })].join(" · ")}
          value={<ScoreTag score={body.score} />}
          href={`/visit-results/${rid}`}
          on={rid === current}
        />
      ))}
    </List>
  );
}

function Result({ sync, rid, body }: { sync: Sync; rid: string; body: VisitUnit }) {
  const notes = new Map(body.notes.map((answer) => [answer.item, answer]));
  return (
    <div class="v-detail">
      <Section title={unitName(sync, body.unit)} aside={<ScoreTag score={body.score} />}>
        <Facts
          facts={[
            [t("检查日期"), date(body.day)],
            [t("窗口"), t("{n} 号窗口", { n: body.window })],
            [t("得分"), t("{got} / {all} 分", { got: body.score.got_halves / 2, all: body.score.possible })],
            [t("公布时间"), when(body.published_at, sync.now())],
          ]}
        />
        {body.score.capped && <p class="muted">{t("有否决项不合格，总分以 {n} 分封顶。", { n: points(body.score.tenths) })}</p>}
        {body.text && <Card tone="info">{body.text}</Card>}
      </Section>
      <Section title={t("不合格项")} aside={String(body.failed.length)}>
        {body.failed.length === 0 ? (
          <Empty title={t("没有不合格项")} />
        ) : (
          <List>
            {body.failed.map((item) => (
              <Cell
                key={item.id}
                title={<ItemText item={item} />}
                sub={<Noted rid={rid} answer={notes.get(item.id)} blobs={body.blobs} />}
                value={item.veto ? <Tag tone="bad">{t("否决项")}</Tag> : t("{n} 分", { n: item.points })}
              />
            ))}
          </List>
        )}
      </Section>
    </div>
  );
}

export default function Results({ sync, params }: ScreenProps) {
  const entries = Array.from(sync.rows("visit.unit").value, ([rid, { body }]): Entry => [rid, body]).sort(([, a], [, b]) => b.published_at - a.published_at);
  const current = params["visit"];
  const chosen = entries.find(([rid]) => rid === current);
  return (
    <SplitView
      list={<ResultList sync={sync} entries={entries} current={current} />}
      detail={chosen ? <Result sync={sync} rid={chosen[0]} body={chosen[1]} /> : null}
      hint={t("选一条结果查看。")}
    />
  );
}
