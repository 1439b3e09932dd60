/** 突发事件 list and detail: three in-place ticks with who and when, and who has been called (EMG-03, EMG-07). */
import { useState } from "preact/hooks";
import { Attachments, go, SubmitBar, useMe, useNow, useSync, type ScreenProps } from "../../app/feature";
import { clock, duration, exact, t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Incident, Me } from "../../sync/types.gen";
import { Button, Card, Cell, Empty, Facts, List, Section, Sheet, SplitView, Tag, TextField } from "../../ui";
import { personName } from "../hall/names";
import { CallLine } from "./call";
import { Command, Log } from "./log";
import { PlanPart } from "./plan";
import { doneOf, DUTIES, inOrder, mayTick, nextCall, type Duty } from "./model";
import { calledWord, dutyWord, kindWord, levelTone, levelWord, placeWord, reportsWord, STATE_TONE, stateWord } from "./words";
import "./incident.css";

export default function Incidents({ params }: ScreenProps) {
  const sync = useSync();
  const now = useNow();
  const hall = sync.rows("hall").value.get("hall")?.body;
  const posts = sync.rows("post").value;
  const every = inOrder(sync.rows("incident").value);
  const all = every.filter((one) => !one.body.main);
  const open = every.find((one) => one.rid === params["id"]);
  const list = (
    <div class="stack">
      <Button tone="main" icon="urgent" onPress={() => go("/incident")}>
        {t("报告突发事件")}
      </Button>
      <CallLine hall={hall} />
      {all.length === 0 ? (
        <Empty title={t("没有突发事件")}>{t("报告后会列在这里，并显示处理、报告、反馈到哪一步。")}</Empty>
      ) : (
        <List>
          {all.map(({ rid, body, pending }) => (
            <Cell
              key={rid}
              title={
                <>
                  <Tag tone={levelTone(body.level)}>{levelWord(body.level)}</Tag> {kindWord(body.kind)} {body.drill && <Tag tone="idle">{t("演练")}</Tag>}
                </>
              }
              sub={[placeWord(body.place, hall, posts), when(body.found_at, now), (body.reports ?? 1) > 1 ? t("{n} 份报告", { n: body.reports ?? 1 }) : "", pending ? t("已存本机") : ""].filter(Boolean).join(t("；"))}
              value={<Tag tone={STATE_TONE[body.state]}>{stateWord(body.state)}</Tag>}
              href={`/incidents/${rid}`}
              on={rid === params["id"]}
            />
          ))}
        </List>
      )}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open.rid} rid={open.rid} incident={open.body} /> : null} hint={t("选一件看处理到哪一步。")} />;
}

function Detail({ rid, incident }: { rid: string; incident: Incident }) {
  const sync = useSync();
  const me = useMe();
  const hall = sync.rows("hall").value.get("hall")?.body;
  const posts = sync.rows("post").value;
  const people = sync.rows("person").value;
  const facts: [string, string][] = [
    [t("地点"), placeWord(incident.place, hall, posts)],
    [t("发现时间"), exact(incident.found_at)],
    [t("报告人"), personName(people, incident.reporter)],
    [t("首位责任人"), personName(people, incident.responder)],
  ];
  if ((incident.reports ?? 1) > 1) facts.push([t("报告"), reportsWord(incident)]);
  if (incident.drill) facts.push([t("性质"), t("演练")]);
  if (incident.paper) facts.push([t("补录"), t("纸质单号 {number}", { number: incident.paper })]);
  if (incident.people > 0) facts.push([t("涉及人数"), String(incident.people)]);
  if (incident.text) facts.push([t("情况说明"), incident.text]);
  const { mistake } = incident;
  if (mistake) facts.push([t("误报"), t("{name}，{time}", { name: personName(people, mistake.by), time: exact(mistake.at) })], [t("误报原因"), mistake.text]);
  const may = me !== undefined && !mistake && mayTick(incident, me.uid, me.roles, me.unit, posts);
  return (
    <div class="stack">
      <Card tone={mistake ? "info" : incident.state === "closed" ? "ok" : incident.state === "resolved" ? "info" : "bad"}>
        <div class="row wrap">
          <Tag tone={levelTone(incident.level)}>{levelWord(incident.level)}</Tag>
          <b>{kindWord(incident.kind)}</b>
          {incident.drill && <Tag tone="idle">{t("演练")}</Tag>}
          <Tag tone={STATE_TONE[incident.state]}>{stateWord(incident.state)}</Tag>
        </div>
        <Facts facts={facts} />
        <Attachments rid={rid} blobs={incident.blobs} />
        <Calls sync={sync} incident={incident} />
      </Card>
      <Reports rid={rid} incident={incident} />
      {!mistake && <Ticks rid={rid} incident={incident} me={me} />}
      {!mistake && <PlanPart rid={rid} incident={incident} may={may} />}
      <Log rid={rid} incident={incident} may={may} />
      <Command rid={rid} incident={incident} />
      {!incident.main && (
        <p>
          <a href={`/papers/incident_report/${rid}`}>{t("打印突发事件报告单")}</a>
        </p>
      )}
      <CallLine hall={hall} />
    </div>
  );
}

/** The other reports of the incident, each as it was made; of one of them, the incident it belongs to (CON-40). */
function Reports({ rid, incident }: { rid: string; incident: Incident }) {
  const sync = useSync();
  const people = sync.rows("person").value;
  const others = inOrder(sync.rows("incident").value).filter((one) => (incident.main ? one.rid === incident.main : one.body.main === rid));
  if (others.length === 0) return null;
  return (
    <Section title={incident.main ? t("所属事件") : t("其他报告")}>
      <List>
        {others.map(({ rid: other, body }) => (
          <Cell key={other} title={t("{name}，{time}", { name: personName(people, body.reporter), time: exact(body.first_at ?? body.found_at) })} sub={body.text} href={`/incidents/${other}`} />
        ))}
      </List>
    </Section>
  );
}

/** How far the timers have gone, and who is called next. */
function Calls({ sync, incident }: { sync: Sync; incident: Incident }) {
  const now = useNow(1000);
  const hall = sync.rows("hall").value.get("hall")?.body;
  const next = nextCall(incident, hall);
  return (
    <>
      {incident.calls
        ?.filter(({ people }) => people.length > 0)
        .map(({ step, people, at }) => (
          <div key={step}>
            <Tag tone="warn">{t("已提醒{who}", { who: calledWord(step) })}</Tag> <small class="num whole">{[people.map((uid) => personName(sync.rows("person").value, uid)).join(t("、")), clock(at)].join("\u00a0· ")}</small>
          </div>
        ))}
      {next && (
        <small class="num">
          {next.at > now
            ? t("无人处理时，{duration}后提醒{who}（{time}）。", { duration: duration(next.at - now), who: calledWord(next.who), time: clock(next.at) })
            : t("正在提醒{who}。", { who: calledWord(next.who) })}
        </small>
      )}
    </>
  );
}

/** 处理到位 报告到位 反馈到位, each with who and when. */
function Ticks({ rid, incident, me }: { rid: string; incident: Incident; me: Me | undefined }) {
  const sync = useSync();
  const [ticking, setTicking] = useState<Duty | null>(null);
  const people = sync.rows("person").value;
  const may = me !== undefined && mayTick(incident, me.uid, me.roles, me.unit, sync.rows("post").value);
  return (
    <Section title={t("三个到位")}>
      <List>
        {DUTIES.map((duty) => {
          const done = doneOf(incident, duty);
          const sub = done ? [t("{name}，{time}", { name: personName(people, done.by), time: exact(done.at) }), done.text ?? ""].filter(Boolean).join(t("；")) : "";
          const value = done ? <Tag tone="ok">{t("已到位")}</Tag> : <Tag tone="idle">{t("未到位")}</Tag>;
          return <Cell key={duty} title={dutyWord(duty)} sub={sub} value={value} {...(may && !done ? { onPress: () => setTicking(duty) } : {})} />;
        })}
      </List>
      {may && incident.state !== "closed" && <p class="muted">{nextHint(incident)}</p>}
      {ticking && <TickSheet rid={rid} duty={ticking} onClose={() => setTicking(null)} />}
    </Section>
  );
}

/** What is still missing before it is closed (EMG-05). */
function nextHint(incident: Incident): string {
  if (incident.state === "resolved") return t("记下查明的原因、改进措施和如实上报后，这件事办结。");
  return incident.done.length === DUTIES.length ? t("还须由报告人以外的人处理或记一笔，才算到位。") : t("做到哪一项，点哪一项。");
}

function TickSheet({ rid, duty, onClose }: { rid: string; duty: Duty; onClose: () => void }) {
  const sync = useSync();
  const [text, setText] = useState("");
  const submit = async () => {
    const word = text.trim();
    const receipt = await sync.save("incident.tick", word ? { duty, at: sync.now(), text: word } : { duty, at: sync.now() }, { rid });
    onClose();
    return receipt;
  };
  const hints: Record<Duty, string> = {
    handling: t("怎样处理的，秩序是否恢复。"),
    report: t("向谁报告，有什么指示。"),
    feedback: t("怎样向当事人反馈。"),
  };
  return (
    <Sheet open title={dutyWord(duty)} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={dutyWord(duty)} note={t("记下您的姓名和现在的时间。")} />}>
      <TextField label={t("说明（可不填）")} value={text} onChange={setText} hint={hints[duty]} max={300} />
    </Sheet>
  );
}
