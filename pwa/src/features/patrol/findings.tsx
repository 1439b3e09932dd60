/** 发现: what reconciliation makes of the records, each with its sentence. Two faces: those who patrol, and the person concerned (EVD-11, EVD-12). */
import { useState } from "preact/hooks";
import { Attachments, DraftNotice, type ScreenProps, SubmitBar, useAmended, useDraft, useMe, useNow, useSync } from "../../app/feature";
import { clock, date, dayOf, dayWord, instant, t } from "../../i18n";
import type { Finding, FindingOwn } from "../../sync/types.gen";
import { Card, Cell, Check, Chips, Empty, Facts, List, Section, SplitView, Tag, TextArea } from "../../ui";
import { dueDay } from "../hall/due-day";
import { personName, postName } from "../hall/names";
import { problemHref } from "../hall/problem";
import { gradeWord, sentence } from "../hall/sentence";
import { DecideDoubt } from "./decide";
import { TakeBack, type Look } from "./take-back";
import { Times } from "./times";
import { FINDING_TONE, findingWord, seenWord } from "./words";

type Any = Finding | FindingOwn;

/** For the person and the head of the unit: `/records` and `/records/:id`. */
export function OwnFindings({ params }: ScreenProps) {
  const sync = useSync();
  const rows = sync.rows("finding.own").value;
  return <FindingsView rows={rows} base="/records" chosen={params["id"]} />;
}

type Filter = "all" | "unattended" | "pending" | "explained";

function matches(filter: Filter, { state }: Any): boolean {
  if (filter === "all") return true;
  if (filter === "pending") return state === "pending" || state === "late_notice" || state === "contradictory";
  if (filter === "unattended") return state === "unattended";
  return state === "explained" || state === "covered" || state === "glance" || state === "withdrawn";
}

/** `base`: `/findings` for those who patrol and the office, `/records` for the person and the head of the unit. */
export function FindingsView({ rows, base, chosen }: { rows: ReadonlyMap<string, { body: Any }>; base: string; chosen: string | undefined }) {
  const [filter, setFilter] = useState<Filter>("all");
  const now = useNow();
  const sorted = [...rows].map(([rid, { body }]) => ({ rid, body })).sort((x, y) => y.body.from_at - x.body.from_at);
  const shown = sorted.filter(({ body }) => matches(filter, body));
  const open = sorted.find((one) => one.rid === chosen);
  if (sorted.length === 0) {
    return <Empty title={t("没有发现")}>{base === "/findings" ? t("巡查记录与告示、排班核对后，结果会列在这里。") : t("与您有关的巡查核对结果会列在这里，您可以说明情况。")}</Empty>;
  }
  const days = [...new Set(shown.map(({ body }) => dayOf(body.from_at)))];
  const list = (
    <div class="stack">
      <Chips<Filter>
        label={t("按状态筛选")}
        hideLabel
        options={[
          { value: "all", label: t("全部") },
          { value: "unattended", label: t("空岗无告示") },
          { value: "pending", label: t("待核") },
          { value: "explained", label: t("不计个人") },
        ]}
        value={filter}
        onChange={setFilter}
      />
      {days.length === 0 && <p class="muted">{t("没有这一类。")}</p>}
      {days.map((day) => (
        <Section key={day} title={dayWord(instant(day, "12:00"), now)}>
          <List>
            {shown
              .filter(({ body }) => dayOf(body.from_at) === day)
              .map(({ rid, body }) => (
                <FindingCell key={rid} rid={rid} body={body} base={base} on={rid === chosen} />
              ))}
          </List>
        </Section>
      ))}
    </div>
  );
  return <SplitView list={list} detail={open ? <FindingDetail key={open.rid} rid={open.rid} body={open.body} own={base === "/records"} /> : null} hint={t("选一条看它的由来。")} />;
}

function FindingCell({ rid, body, base, on }: { rid: string; body: Any; base: string; on: boolean }) {
  const sync = useSync();
  const people = sync.rows("person").value;
  const posts = sync.rows("post").value;
  return (
    <Cell
      number={posts.get(body.post)?.body.number ?? "—"}
      title={
        <>
          <Tag tone={FINDING_TONE[body.state]}>{findingWord(body.state)}</Tag> <span class="num">{spanOf(body)}</span>
        </>
      }
      sub={sentence(body.explain, people, posts)}
      href={`${base}/${rid}`}
      on={on}
    />
  );
}

const spanOf = (body: Any) => (body.to_at > body.from_at ? t("{from} 至 {to}", { from: clock(body.from_at), to: clock(body.to_at) }) : clock(body.from_at));

function FindingDetail({ rid, body, own }: { rid: string; body: Any; own: boolean }) {
  const sync = useSync();
  const people = sync.rows("person").value;
  const posts = sync.rows("post").value;
  const observations = sync.rows("obs").value;
  const asked = isAsked(body, sync.uid);
  const seen = "observations" in body ? body.observations.flatMap((id) => observations.get(id)?.body ?? []) : [];
  const facts: [string, string][] = [
    [t("岗位"), postName(posts, body.post)],
    [t("时间"), spanOf(body)],
    [t("责任人"), personName(people, body.person)],
    [t("岗位计数"), t("{n} 次", { n: body.post_count })],
    [t("个人计数"), t("{n} 次", { n: body.person_count })],
    [t("时间凭据"), gradeWord(body.grade)],
  ];
  if (body.cover) facts.splice(3, 0, [t("顶岗人"), personName(people, body.cover)]);
  if (body.cover_count) facts.push([t("顶岗情况"), t("待了解 {n} 次", { n: body.cover_count })]);
  if ("answer_until" in body && body.answer_until) facts.push([t("可说明至"), dueDay({ due_day: body.answer_until, ...(body.was_answer_until ? { was_due_day: body.was_answer_until } : {}) })]);
  if ("review_until" in body && body.review_until && body.person_count > 0) facts.push([t("可申请复核至"), date(body.review_until)]);
  return (
    <div class="stack">
      <Card tone={body.state === "unattended" ? "bad" : body.state === "explained" ? "ok" : "info"}>
        <div>
          <Tag tone={FINDING_TONE[body.state]}>{findingWord(body.state)}</Tag>
        </div>
        <p class="whole">{sentence(body.explain, people, posts)}</p>
        {body.also && <p class="whole">{sentence(body.also, people, posts)}</p>}
        {"note" in body && body.note && <p class="muted whole">{sentence(body.note, people, posts)}</p>}
        <Facts facts={facts} />
        {"observations" in body && <Attachments rid={rid} blobs={body.blobs} />}
      </Card>
      <Times times={body.times ?? []} />
      {seen.length > 0 && (
        <Section title={t("所见记录")}>
          <List>
            {seen.map((one) => (
              <Cell key={one.at} title={seenWord(one.seen)} sub={one.note ?? ""} value={clock(one.at)} />
            ))}
          </List>
        </Section>
      )}
      <Answers said={body.answers ?? []} />
      {(own || asked) && <Answer rid={rid} body={body} asked={asked} />}
      {"observations" in body && <DecideDoubt rid={rid} body={body} />}
      {"observations" in body && body.state !== "withdrawn" && <TakeBack looks={looksOf(body)} about={[body.person, body.cover]} />}
      {"observations" in body && (
        <p>
          <a href={problemHref(posts.get(body.post)?.body.unit, "patrol", rid)}>{t("登记问题")}</a>
        </p>
      )}
    </div>
  );
}

/** The sightings of nobody, each with its time: both lists are by time. */
function looksOf({ observations, times = [] }: Finding): Look[] {
  const seen = times.filter(({ what }) => what === "seen");
  return observations.flatMap((rid, n) => (seen[n] ? [{ rid, at: seen[n].at }] : []));
}

/** Whether this inspector's record contradicts another's, and nothing has been said to it yet (CON-07). */
const isAsked = (body: Any, uid: string): boolean => "asked" in body && (body.asked ?? []).includes(uid);

/** What the person and the unit have said about it. */
export function Answers({ said }: { said: readonly string[] }) {
  if (!said.length) return null;
  return (
    <Section title={t("本人或单位的说明")}>
      <List>
        {said.map((text, index) => (
          <Cell key={index} title={text} />
        ))}
      </List>
    </Section>
  );
}

/** The person says its part: one of the usual words and saving are two taps (EVD-12); so does `asked`, whom another contradicts (CON-07). */
export function Answer({ rid, body, asked }: { rid: string; body: Pick<Any, "post" | "person" | "cover" | "person_count"> & { review_until?: string }; asked: boolean }) {
  const sync = useSync();
  const me = useMe();
  const amended = useAmended("finding.answer");
  const draft = useDraft(`answer:${rid}`, amended?.rid === rid ? { text: amended.a.text, review: amended.a.review ?? false } : { text: "", review: false }, t("说明情况"));
  const heads = me?.roles.includes("HEAD") === true && sync.rows("post").value.get(body.post)?.body.unit === me.unit;
  const mine = body.person === me?.uid || body.cover === me?.uid || heads;
  if (!mine && !asked) return null;
  const usual = asked ? [t("当时所见属实"), t("可能看错了窗口"), t("手机时间可能不准")] : [t("当时在后台取件或复印"), t("当时由同事临时代办"), t("当时在接待其他办事群众"), t("情况属实")];
  const { text, review } = draft.value;
  const over = (body.review_until ?? "") !== "" && (body.review_until ?? "") < dayOf(sync.now());
  const submit = async () => {
    const receipt = await sync.save("finding.answer", { text: text.trim(), ...(review && !over ? { review } : {}) }, { rid, ...draft.record });
    draft.set({ text: "", review: false });
    await draft.done();
    return receipt;
  };
  return (
    <Section title={t("说明情况")}>
      <DraftNotice draft={draft} />
      <Chips label={t("常用说明")} hideLabel options={usual.map((one) => ({ value: one, label: one }))} value={usual.includes(text) ? text : null} onChange={(one) => draft.set({ text: one })} />
      <TextArea label={t("说明内容")} value={text} onChange={(value) => draft.set({ text: value })} max={1000} />
      {body.person_count > 0 && over && <p class="muted">{t("申请复核的期限（{day}）已过，仍可以说明。", { day: date(body.review_until ?? "") })}</p>}
      {body.person_count > 0 && !over && <Check label={t("同时申请复核")} hint={t("由没有参加这次巡查的人判定，判定前不计个人。")} value={review} onChange={(value) => draft.set({ review: value })} />}
      <SubmitBar onSubmit={submit} disabled={text.trim() === ""} {...(asked ? {} : { note: t("不说明不等于承认；说明会和记录一起保存。") })} />
    </Section>
  );
}
