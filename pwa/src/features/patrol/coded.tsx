/** What was coded beside the state of a post (late, phone, manner), for whom it concerns: read and answered (GEN-08, PTL-08, EVD-12). */
import { useMe, useSync } from "../../app/feature";
import { clock, date, dayOf, monthDay, t } from "../../i18n";
import type { Coded } from "../../sync/types.gen";
import { Card, Cell, Facts, List, Section, Tag } from "../../ui";
import { personName, postName } from "../hall/names";
import { gradeWord } from "../hall/sentence";
import { Answer, Answers } from "./findings";
import type { Code } from "./model";
import { TakeBack } from "./take-back";
import { codeWord } from "./words";

const wordsOf = (sync: ReturnType<typeof useSync>, { codes }: Coded) => codes.map((code) => codeWord(sync, code as Code)).join(t("，"));

/** Those about me, or about my unit where I head it; `every`: all there are for those who patrol and the office. The newest first. */
export function CodedList({ every = false }: { every?: boolean }) {
  const sync = useSync();
  const me = useMe();
  const posts = sync.rows("post").value;
  const people = sync.rows("person").value;
  const heads = me?.roles.includes("HEAD") === true;
  const all = every || me?.roles.includes("DIS") === true;
  const mine = [...sync.rows("coded").value].filter(([, { body }]) => all || body.person === me?.uid || (heads && [posts.get(body.post)?.body.unit, people.get(body.person ?? "")?.body.unit].includes(me?.unit)));
  if (mine.length === 0) return null;
  return (
    <Section title={t("巡查中记下的其他情况")} aside={t("{n} 条", { n: mine.length })}>
      <List>
        {mine
          .sort(([, x], [, y]) => y.body.at - x.body.at)
          .map(([rid, { body }]) => (
            <Cell
              key={rid}
              number={posts.get(body.post)?.body.number ?? "—"}
              title={wordsOf(sync, body)}
              sub={`${monthDay(dayOf(body.at))} ${clock(body.at)}`}
              value={body.ended ? body.answer_until && <Tag tone="ok">{t("当场提醒")}</Tag> : (body.answers ?? []).length > 0 ? t("已说明") : ""}
              href={`/records/${rid}`}
            />
          ))}
      </List>
    </Section>
  );
}

/** One of them, with what was said to it. */
export function CodedDetail({ rid, body }: { rid: string; body: Coded }) {
  const sync = useSync();
  const facts: [string, string][] = [
    [t("岗位"), postName(sync.rows("post").value, body.post)],
    [t("时间"), `${date(dayOf(body.at))} ${clock(body.at)}`],
    [t("责任人"), personName(sync.rows("person").value, body.person)],
    [t("时间凭据"), gradeWord(body.grade)],
  ];
  if (body.answer_until) facts.push([t("可说明至"), date(body.answer_until)]);
  if (body.tied) facts.push([t("记录人"), t("应当回避")]);
  return (
    <div class="stack">
      <Card tone="info">
        <p>{wordsOf(sync, body)}</p>
        {body.note && <p>{body.note}</p>}
        {body.ended && body.answer_until ? <p class="muted">{t("本月第一次，已当场提醒，到此为止，不作为问题登记。")}</p> : body.reminded && <p class="muted">{t("已当场提醒")}</p>}
        <Facts facts={facts} />
      </Card>
      <Answers said={body.answers ?? []} />
      {body.answer_until && <Answer rid={rid} body={{ post: body.post, person: body.person ?? null, cover: null, person_count: 0 }} asked={false} />}
      <TakeBack looks={[{ rid, at: body.at }]} about={[body.person]} />
    </div>
  );
}
