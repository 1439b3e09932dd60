/** 检查结果 as the person it was passed on to reads it: what failed, until when to say something to it, and never who came. */
import type { ScreenProps } from "../../app/feature";
import { date, monthDay, t, when } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { VisitOwn } from "../../sync/types.gen";
import { Card, Cell, Empty, Facts, List, Section, SplitView, Tag } from "../../ui";
import { unitName } from "../hall/names";
import { AnswerButton, Said } from "./answering";
import { ItemText, Noted, ScoreTag } from "./review";
import "./visit.css";

function Detail({ sync, rid, view: { body } }: { sync: Sync; rid: string; view: View<VisitOwn> }) {
  const notes = new Map(body.notes.map((answer) => [answer.item, answer]));
  const withdrawn = body.state === "withdrawn";
  return (
    <div class="v-detail">
      <Section title={unitName(sync.rows("unit").value, body.unit)} aside={withdrawn ? <Tag tone="idle">{t("已撤回")}</Tag> : <ScoreTag score={body.score} />}>
        <Facts
          facts={[
            [t("检查日期"), date(body.day)],
            [t("窗口"), t("{number}号窗口", { number: body.window })],
            [t("转告时间"), when(body.told_at, sync.now())],
          ]}
        />
        {body.text && <Card tone="info">{body.text}</Card>}
      </Section>
      {!withdrawn && (
        <Section title={t("不合格项")} aside={String(body.failed.length)}>
          <List>
            {body.failed.map((item) => (
              <Cell key={item.id} title={<ItemText item={item} />} sub={<Noted rid={rid} answer={notes.get(item.id)} blobs={body.blobs} />} value={item.veto ? <Tag tone="bad">{t("否决项")}</Tag> : t("{n} 分", { n: item.points })} />
            ))}
          </List>
        </Section>
      )}
      <Said answers={body.answers} reviews={body.reviews} until={withdrawn ? undefined : body.answer_until} />
      {!withdrawn && <AnswerButton visit={body.visit} reviewUntil={body.review_until} />}
    </div>
  );
}

export default function Own({ sync, params }: ScreenProps) {
  const rows = [...sync.rows("visit.own").value].sort(([, a], [, b]) => b.body.told_at - a.body.told_at);
  const chosen = rows.find(([, { body }]) => body.visit === params["id"]);
  const list =
    rows.length === 0 ? (
      <Empty title={t("没有转告您的检查结果")}>{t("科室负责人转告后会出现在这里，您可以说明情况或申请复核。")}</Empty>
    ) : (
      <List>
        {rows.map(([rid, { body, pending }]) => (
          <Cell
            key={rid}
            title={t("{number}号窗口", { number: body.window })}
            sub={[date(body.day), pending ? t("已存本机") : t("{day}前可以说明", { day: monthDay(body.answer_until) })].join("\u00a0· ")}
            value={body.state === "withdrawn" ? <Tag tone="idle">{t("已撤回")}</Tag> : <ScoreTag score={body.score} />}
            href={`/visit-own/${body.visit}`}
            on={body.visit === params["id"]}
          />
        ))}
      </List>
    );
  return <SplitView list={list} detail={chosen ? <Detail key={chosen[0]} sync={sync} rid={chosen[0]} view={chosen[1]} /> : null} hint={t("选一条结果查看。")} />;
}
