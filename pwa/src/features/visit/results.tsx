/** What the unit sees after publication: the score, what failed and in which words, and never who came. */
import { useState } from "preact/hooks";
import { useMe, type ScreenProps } from "../../app/feature";
import { date, monthDay, names, t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { VisitUnit } from "../../sync/types.gen";
import { Button, Buttons, Card, Cell, Empty, Facts, List, Notice, Section, Select, SplitView, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";
import { problemHref } from "../hall/problem";
import { AnswerButton, mayDecide, ReviewButton, Said } from "./answering";
import { points } from "./model";
import { ItemText, Noted, ScoreTag } from "./review";
import "./visit.css";

type Entry = [string, VisitUnit, number];

function unitName(sync: Sync, unit: string): string {
  return names(sync.rows("unit").value.get(unit)?.body.names);
}

function ResultList({ sync, entries, current }: { sync: Sync; entries: Entry[]; current: string | undefined }) {
  if (entries.length === 0) return <Empty title={t("还没有公布的检查结果")} icon="check">{t("检查结果公布后会出现在这里。")}</Empty>;
  return (
    <List>
      {entries.map(([rid, body]) => (
        <Cell
          key={rid}
          title={unitName(sync, body.unit)}
          sub={[date(body.day), t("{number}号窗口", { number: body.window }), t("不合格 {n} 项", { n: body.failed.length })].join("\u00a0· ")}
          value={body.state === "withdrawn" ? <Tag tone="idle">{t("已撤回")}</Tag> : body.state === "checking" ? <Tag tone="warn">{t("待核对")}</Tag> : <ScoreTag score={body.score} />}
          href={`/visit-results/${rid}`}
          on={rid === current}
        />
      ))}
    </List>
  );
}

function Result({ sync, rid, body, ver }: { sync: Sync; rid: string; body: VisitUnit; ver: number }) {
  const notes = new Map(body.notes.map((answer) => [answer.item, answer]));
  const me = useMe();
  const heads = me?.roles.includes("HEAD") === true && me.unit === body.unit;
  const leads = ["LEAD", "TOP"].some((role) => me?.roles.includes(role));
  const state = body.state ?? "published";
  return (
    <div class="v-detail">
      <Section title={unitName(sync, body.unit)} aside={state === "withdrawn" ? <Tag tone="idle">{t("已撤回")}</Tag> : <ScoreTag score={body.score} />}>
        {state === "checking" && <Notice tone="warn" title={t("请核对事实")}>{t("结果还没有公布，只有您看得到。{day}前可以说明，说明后由牵头人决定。", { day: date(body.answer_until ?? body.day) })}</Notice>}
        <Facts
          facts={[
            [t("检查日期"), date(body.day)],
            [t("窗口"), t("{number}号窗口", { number: body.window })],
            [t("得分"), t("{got} / {all} 分", { got: body.score.got_halves / 2, all: body.score.possible })],
            ...(body.items ? [[t("评定"), t("{n} / {m} 项", { n: body.answered ?? 0, m: body.items })] as [string, string]] : []),
            ...(body.published_at ? [[t("公布时间"), when(body.published_at, sync.now())] as [string, string]] : []),
            ...((body.undecided ?? 0) > 0 ? [[t("未认定"), t("{n} 项不计分", { n: body.undecided ?? 0 })] as [string, string]] : []),
          ]}
        />
        {body.after_draw && <p class="muted">{t("有记录在抽取结果公布以后才送达；由牵头人写明理由后采用，您可以说明或申请复核。")}</p>}
        {body.score.capped && <p class="muted">{t("有否决项不合格，总分以 {n} 分封顶。", { n: points(body.score.tenths) })}</p>}
        {body.text && <Card tone="info">{body.text}</Card>}
      </Section>
      {(body.parts?.length ?? 0) === 2 && <Parts body={body} />}
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
      <Cases body={body} />
      {heads && state === "published" && <Tell sync={sync} rid={rid} body={body} />}
      <Said answers={body.answers} reviews={body.reviews} until={heads ? body.answer_until : undefined} />
      {heads && state !== "withdrawn" && <AnswerButton visit={rid} reviewUntil={body.review_until} />}
      {(leads || me?.roles.includes("OFF")) && state === "published" && (
        <p>
          <a href={problemHref(body.unit, "covert", rid)}>{t("登记问题")}</a>
        </p>
      )}
      {leads && mayDecide(sync, body) && <ReviewButton visit={rid} ver={ver} failed={body.failed} />}
    </div>
  );
}

/** The two scored parts of a telephone test (CHK-11). */
function Parts({ body }: { body: VisitUnit }) {
  return (
    <Section title={t("分项得分")}>
      <Facts facts={(body.parts ?? []).map((part) => [names(part.names), t("{got} / {all} 分", { got: part.got_halves / 2, all: part.possible })])} />
    </Section>
  );
}

/** Applications of the check, so that the unit can strike a test from its own records (CHK-08). */
function Cases({ body }: { body: VisitUnit }) {
  if (!body.cases?.length) return null;
  const ends = { finished: t("已办结"), withdrawn: t("已撤回"), marked: t("已标注为测试件") };
  return (
    <Section title={t("办件跟踪")}>
      <List>
        {body.cases.map((one, at) => (
          <Cell
            key={at}
            title={one.matter || t("真实办件")}
            sub={[one.kind === "test" ? t("测试件，许可号 {number}", { number: one.permit ?? "" }) : "", one.number ?? "", one.due_day ? t("承诺 {day}", { day: monthDay(one.due_day) }) : ""].filter(Boolean).join("\u00a0· ")}
            value={<Tag tone={one.ended ? "ok" : "warn"}>{one.ended ? ends[one.ended] : t("办理中")}</Tag>}
          />
        ))}
      </List>
    </Section>
  );
}

/** The head passes the result on to whom it concerns (CHK-09). */
function Tell({ sync, rid, body }: { sync: Sync; rid: string; body: VisitUnit }) {
  const act = useAct();
  const [person, setPerson] = useState("");
  const people = sync.rows("person").value;
  const told = body.told ?? [];
  const colleagues = (body.people ?? []).filter((uid) => !told.includes(uid));
  const tell = async () => {
    await act(() => sync.save("visit.tell", { person }, { rid }));
    setPerson("");
  };
  return (
    <Section title={t("转告本人")} aside={body.tell_until ? t("{day}前", { day: monthDay(body.tell_until) }) : ""}>
      {told.length > 0 && <p>{t("已转告：{names}", { names: told.map((uid) => personName(people, uid)).join(t("、")) })}</p>}
      <Select
        label={t("当时在这个窗口的人")}
        value={person}
        options={[{ value: "", label: t("请选择") }, ...colleagues.map((value) => ({ value, label: personName(people, value) }))]}
        onChange={setPerson}
      />
      <Buttons>
        <Button disabled={!person} onPress={() => void tell()}>
          {t("转告")}
        </Button>
      </Buttons>
    </Section>
  );
}

export default function Results({ sync, params }: ScreenProps) {
  const entries = Array.from(sync.rows("visit.unit").value, ([rid, { body, ver }]): Entry => [rid, body, ver]).sort(([, a], [, b]) => b.published_at - a.published_at);
  const current = params["visit"];
  const chosen = entries.find(([rid]) => rid === current);
  return (
    <SplitView
      list={<ResultList sync={sync} entries={entries} current={current} />}
      detail={chosen ? <Result key={chosen[0]} sync={sync} rid={chosen[0]} body={chosen[1]} ver={chosen[2]} /> : null}
      hint={t("选一条结果查看。")}
    />
  );
}
