/** 逾期未说明: what was told to a person who has said nothing in time, for those who settle. Silence is no confession (EVD-12). */
import { useMe, useSync } from "../../app/feature";
import { dayOf, monthDay, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Me } from "../../sync/types.gen";
import { Cell, Empty, List, Loading, Notice, Section, Tag } from "../../ui";
import { personName, postName, unitName } from "../hall/names";
import { sentence } from "../hall/sentence";

/** One thing nobody has answered. `until`: the last day there was. */
interface Unanswered {
  id: string;
  person: string;
  until: string;
  title: string;
  text: string;
  path: string;
}

/** Everything a head of a unit, or the office, may see of it; the longest waiting first, never about the reader. */
export function unansweredOf(sync: Sync, me: Pick<Me, "uid" | "unit" | "roles">): Unanswered[] {
  const today = dayOf(sync.now());
  const people = sync.rows("person").value;
  const posts = sync.rows("post").value;
  const office = me.roles.includes("OFF");
  const silent = (person: string | null | undefined, until: string | undefined, answers: readonly string[] | undefined) =>
    Boolean(person) && person !== me.uid && Boolean(until) && (until ?? "") < today && (answers ?? []).length === 0;
  const findings = [...(office ? sync.rows("finding") : sync.rows("finding.own")).value].flatMap(([rid, { body }]): Unanswered[] => {
    const asked = (body.person_count > 0 || body.state === "pending") && silent(body.person, body.answer_until, body.answers);
    if (!asked || (!office && people.get(body.person ?? "")?.body.unit !== me.unit)) return [];
    return [{ id: rid, person: body.person ?? "", until: body.answer_until ?? "", title: t("巡查核对：{post}", { post: postName(posts, body.post) }), text: `${monthDay(body.from_at)} ${sentence(body.explain, people, posts)}`, path: `/${office ? "findings" : "records"}/${rid}` }];
  });
  const exceptions = [...sync.rows("att.exc").value].flatMap(([rid, { body }]): Unanswered[] =>
    body.state === "detected" && silent(body.person, body.answer_until, body.answers)
      ? [{ id: rid, person: body.person, until: body.answer_until ?? "", title: t("考勤：{day} {way}", { day: monthDay(body.day), way: body.way === "in" ? t("签到") : t("签退") }), text: sentence(body.explain, people, posts), path: `/attendance/unit?rid=${rid}` }]
      : [],
  );
  return [...findings, ...exceptions].sort((x, y) => (x.until < y.until ? -1 : x.until > y.until ? 1 : x.id < y.id ? -1 : 1));
}

export default function UnansweredScreen() {
  const sync = useSync();
  const me = useMe();
  if (!me) return <Loading />;
  const people = sync.rows("person").value;
  const all = unansweredOf(sync, me);
  const units = [...new Set(all.map((one) => people.get(one.person)?.body.unit ?? ""))];
  return (
    <>
      <Notice title={t("没有说明不等于承认。")}>{t("本人在期限内没有说明的，由负责认定的人按现有凭据判断，并写明理由。")}</Notice>
      {all.length === 0 && <Empty title={t("没有逾期未说明的记录")} />}
      {units.map((unit) => {
        const here = all.filter((one) => (people.get(one.person)?.body.unit ?? "") === unit);
        return (
          <Section key={unit} title={unitName(sync.rows("unit").value, unit)} aside={t("{n} 件", { n: here.length })}>
            <List>
              {here.map((one) => (
                <Cell
                  key={one.id}
                  title={`${personName(people, one.person)} · ${one.title}`}
                  sub={
                    <>
                      <Tag tone="warn">{t("{day} 到期", { day: monthDay(one.until) })}</Tag> {one.text}
                    </>
                  }
                  href={one.path}
                />
              ))}
            </List>
          </Section>
        );
      })}
    </>
  );
}
