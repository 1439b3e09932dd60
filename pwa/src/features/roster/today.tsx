/** 今日岗位: who is where, the own posts first; A and B change places with one tap, also without a network (ORG-09). */
import { useState } from "preact/hooks";
import { clock, monthDay, names, t, weekday } from "../../i18n";
import { Button, Chips, Empty, List, Loading, Section, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postTitle, unitName, walkingOrder } from "../hall/names";
import { LUNCH, lunchSpan } from "../hall/hours";
import { addDays, cellId, changed, type GridRows } from "./grid";
import { mayWrite, useRoster, type Roster } from "./rows";
import type { Duty, Post } from "./shapes";
import { coverWord } from "./words";
import "./roster.css";

const DAYS_SHOWN = 7;

export default function Today() {
  const roster = useRoster();
  const { rows, today, me, sync } = roster;
  const [day, setDay] = useState(today);
  if (!rows || !me) return <Loading />;
  const order = walkingOrder(sync.rows("post").value, rows.hall.zones);
  const mine = order.filter((post) => isNamed(rows.duties.get(cellId(day, post)), sync.uid));
  const unit = order.filter((post) => rows.posts.get(post)?.unit === me.unit && !mine.includes(post));
  const others = order.filter((post) => !mine.includes(post) && !unit.includes(post) && rows.duties.has(cellId(day, post)));
  const days = Array.from({ length: DAYS_SHOWN }, (_, n) => addDays(today, n));
  const writes = me.roles.some((role) => role === "OFF" || role === "ADM" || role === "HEAD");
  return (
    <div class="stack">
      <Chips label={t("日期")} hideLabel options={days.map((one) => ({ value: one, label: one === today ? t("今天") : weekday(one), sub: monthDay(one) }))} value={day} onChange={setDay} />
      {mine.length > 0 && <Posts roster={roster} rows={rows} day={day} title={t("我的岗位")} posts={mine} />}
      {unit.length > 0 && <Posts roster={roster} rows={rows} day={day} title={unitName(sync.rows("unit").value, me.unit)} posts={unit} />}
      {rows.hall.zones.map((zone) => {
        const here = others.filter((post) => rows.posts.get(post)?.zone === zone.id);
        return here.length > 0 && <Posts key={zone.id} roster={roster} rows={rows} day={day} title={names(zone.names)} posts={here} />;
      })}
      {mine.length + unit.length + others.length === 0 && (
        <Empty icon="ledger" title={t("这一天还没有排班")}>
          {t("办公室发布排班后，各窗口的A岗和B岗会列在这里。")}
        </Empty>
      )}
      {writes && (
        <a class="btn" href="/roster/week">
          {t("编排一周")}
        </a>
      )}
    </div>
  );
}

const isMine = (duty: Duty | undefined, uid: string) => Boolean(duty && [duty.a, duty.b, duty.c].includes(uid));

/** Also in another session than now, or for lunch duty. */
const isNamed = (duty: Duty | undefined, uid: string) => isMine(duty, uid) || Boolean(duty?.plan?.some(({ a, b }) => a === uid || b === uid));

interface PostsProps {
  roster: Roster;
  rows: GridRows;
  day: string;
  title: string;
  posts: readonly string[];
}

function Posts({ roster, rows, day, title, posts }: PostsProps) {
  return (
    <Section title={title}>
      <List label={title}>
        {posts.map((id) => {
          const post = rows.posts.get(id);
          return post && <PostLine key={id} roster={roster} day={day} id={id} post={post} duty={rows.duties.get(cellId(day, id))} />;
        })}
      </List>
    </Section>
  );
}

function PostLine({ roster: { sync, me, today, rows }, day, id, post, duty }: { roster: Roster; day: string; id: string; post: Post; duty: Duty | undefined }) {
  const people = sync.rows("person").value;
  const pending = sync.rows("duty").value.get(cellId(day, id))?.pending;
  const swapped = duty && changed(duty);
  const may = day === today && Boolean(duty?.a && duty.b) && (isMine(duty, sync.uid) || mayWrite(me, post.unit));
  const cover = duty?.cover && duty.cover !== "full" ? coverWord(duty.cover) : null;
  const noon = rows && lunchSpan(rows.hall, day);
  const lunch = noon && duty?.plan?.find(({ n }) => n === LUNCH);
  return (
    <li class="duty-line">
      <div class="grow">
        <b>{postTitle(post)}</b>
        {duty ? (
          <span class="pair">
            <Person label={t("A岗")} name={personName(people, duty.a || null)} />
            <Person label={t("B岗")} name={personName(people, duty.b)} />
            {duty.c && <Person label={t("第二B岗")} name={personName(people, duty.c)} />}
            {noon && lunch && <Person label={t("午间值班")} name={`${personName(people, lunch.a || null)} ${clock(noon.from)}–${clock(noon.to)}`} />}
          </span>
        ) : (
          <span class="muted">{t("未排班")}</span>
        )}
        <span class="row wrap">
          {cover && <Tag tone="warn">{cover}</Tag>}
          {swapped && <Tag tone="info">{pending ? t("已调换，待发送") : t("已调换")}</Tag>}
        </span>
      </div>
      {may && duty && <SwapButton sync={sync} duty={duty} name={personName(people, duty.b)} />}
    </li>
  );
}

const Person = ({ label, name }: { label: string; name: string }) => (
  <span>
    <small class="muted">{label}</small> {name}
  </span>
);

/** One tap: who was B is A from now on. */
function SwapButton({ sync, duty, name }: { sync: Roster["sync"]; duty: Duty; name: string }) {
  const act = useAct();
  return (
    <Button icon="swap" label={t("调换：{name} 改为A岗", { name })} onPress={() => void act(() => sync.save("roster.swap", { post: duty.post, day: duty.day, a: duty.b ?? "", b: duty.a }))}>
      {t("调换")}
    </Button>
  );
}

