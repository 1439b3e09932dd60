/** 监督报告: a supervisor's own, with the answers owed; for the office, what waits for an answer and until when (SUP-03). */
import { useState } from "preact/hooks";
import { Attachments, go, SubmitBar, useMe, type ScreenProps } from "../../app/feature";
import { date, monthDay, names, t, when } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Supervisor, SupervisorReport } from "../../sync/types.gen";
import { Button, Buttons, Card, Cell, Empty, Facts, List, Notice, Section, Sheet, SplitView, Tag, TextArea } from "../../ui";
import { dueDay } from "../hall/due-day";
import { personName } from "../hall/names";
import { kindWord, reportWord } from "./words";

function StateTag({ view: { body, pending } }: { view: View<SupervisorReport> }) {
  if (pending) return <Tag tone="info">{t("已存本机")}</Tag>;
  if (body.answer) return <Tag tone="ok">{t("已答复")}</Tag>;
  return body.overdue ? <Tag tone="bad">{t("答复已逾期")}</Tag> : <Tag tone="warn">{t("待答复")}</Tag>;
}

export default function Reports({ sync, params }: ScreenProps) {
  const me = useMe();
  const outside = me?.roles.includes("SUP") === true;
  const own = sync.rows("sup.own").value.get(sync.uid)?.body;
  const rows = [...sync.rows("sup.report").value].sort(([, a], [, b]) => Number(!!a.body.answer) - Number(!!b.body.answer) || (a.body.answer ? b.body.at - a.body.at : a.body.due_day.localeCompare(b.body.due_day)));
  const open = rows.find(([rid]) => rid === params["id"]);
  const list = (
    <div class="stack">
      {outside && own && <Term own={own} />}
      {outside && (
        <Button tone="main" icon="edit" onPress={() => go("/reports/new")}>
          {t("写一份报告")}
        </Button>
      )}
      <Section title={outside ? t("我的报告") : t("监督报告")} aside={String(rows.length)}>
        {rows.length === 0 ? (
          <Empty title={t("还没有报告")} icon="text">{outside ? t("所见情况、意见建议、申请了解情况都可以写，每一份都会在期限内答复。") : t("监督员的报告会出现在这里，每一份都要在期限内答复。")}</Empty>
        ) : (
          <List>
            {rows.map(([rid, view]) => (
              <Cell
                key={rid}
                title={reportWord(view.body.kind)}
                sub={[names(view.body.unit_names) || t("全厅"), outside ? "" : view.body.by_name, view.body.answer || !view.body.due_day ? date(view.body.at) : t("{day}前答复", { day: monthDay(view.body.due_day) })].filter(Boolean).join("\u00a0· ")}
                value={<StateTag view={view} />}
                href={`/reports/${rid}`}
                on={rid === params["id"]}
              />
            ))}
          </List>
        )}
      </Section>
      {outside && <Published sync={sync} />}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open[0]} sync={sync} rid={open[0]} view={open[1]} /> : null} hint={t("选一份报告查看。")} />;
}

/** What the supervisor is engaged for, and until when. */
function Term({ own }: { own: Supervisor }) {
  return (
    <Card>
      <p>
        <b>{own.name}</b> · {kindWord(own.kind)}
      </p>
      <small>
        {t("证号 {number}", { number: own.number ?? "" })} · {t("任期至 {day}", { day: date(own.to_day ?? "") })}
      </small>
    </Card>
  );
}

/** Results at the level of units: no item, no person (SUP-02). */
function Published({ sync }: { sync: Sync }) {
  const rows = [...sync.rows("visit.public").value].sort(([, a], [, b]) => b.body.day.localeCompare(a.body.day));
  if (rows.length === 0) return null;
  return (
    <Section title={t("已公布的检查结果")}>
      <List>
        {rows.map(([rid, { body }]) => (
          <Cell key={rid} title={names(body.unit_names)} sub={date(body.day)} value={<b class="num">{(body.score.tenths / 10).toFixed(1)}</b>} />
        ))}
      </List>
    </Section>
  );
}

function Detail({ sync, rid, view }: { sync: Sync; rid: string; view: View<SupervisorReport> }) {
  const me = useMe();
  const [answering, setAnswering] = useState(false);
  const report = view.body;
  const answers = ["OFF", "EFF"].some((role) => me?.roles.includes(role)) && !report.answer && !view.pending;
  const people = sync.rows("person").value;
  return (
    <div class="stack">
      <Section title={reportWord(report.kind)} aside={<StateTag view={view} />}>
        {report.overdue && !report.answer && <Notice tone="bad" title={t("答复已逾期")}>{t("应在 {day}前答复。", { day: date(report.due_day) })}</Notice>}
        <Facts
          facts={[
            [t("单位"), names(report.unit_names) || t("全厅")],
            [t("报告人"), report.by_name],
            [t("所见时间"), when(report.at, sync.now())],
            ...(report.due_day ? [[t("答复期限"), dueDay(report)] as [string, string]] : []),
          ]}
        />
        <p>{report.text}</p>
        <Attachments rid={rid} blobs={report.blobs} />
      </Section>
      {report.answer && (
        <Section title={t("答复")} aside={report.overdue ? <Tag tone="bad">{t("逾期答复")}</Tag> : ""}>
          <Card tone="info">{report.answer}</Card>
          <small>
            {[personName(people, report.answered_by), report.answered_at ? when(report.answered_at, sync.now()) : ""].filter((part) => part && part !== "—").join("\u00a0· ")}
          </small>
        </Section>
      )}
      {answers && (
        <Buttons>
          <Button tone="main" onPress={() => setAnswering(true)}>
            {t("答复")}
          </Button>
        </Buttons>
      )}
      {answering && <Answer sync={sync} rid={rid} onClose={() => setAnswering(false)} />}
    </div>
  );
}

function Answer({ sync, rid, onClose }: { sync: Sync; rid: string; onClose: () => void }) {
  const [text, setText] = useState("");
  const submit = async () => {
    const receipt = await sync.save("sup.answer", { text: text.trim() }, { rid });
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("答复")} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={t("答复")} disabled={text.trim() === ""} note={t("答复只能提交一次。")} />}>
      <TextArea label={t("答复内容")} required rows={5} max={2000} value={text} onChange={setText} hint={t("写明核查情况、处理结果和时间；不写个人隐私。")} />
    </Sheet>
  );
}
