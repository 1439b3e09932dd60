/** One exception with its clocks and grade; the person says his part in two taps, or asks for a correction (ATT-06, EVD-12). */
import { useState } from "preact/hooks";
import { DraftNotice, SubmitBar, useAmended, useDraft } from "../../app/feature";
import { clock, exact, instant, monthDay, t } from "../../i18n";
import type { AttException } from "../../sync/types.gen";
import { Button, Card, DateTimeWheel, Facts, Notice, Sheet, Tag, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { dueDay } from "../hall/due-day";
import { personName } from "../hall/names";
import { gradeWord, sentence } from "../hall/sentence";
import { attRule, canAnswer } from "./model";
import type { Attendance } from "./rows";
import { exceptionTitle, kindWord, STATE_TONE, stateWord } from "./words";

interface Props {
  attendance: Attendance;
  rid: string;
  exc: AttException;
  onClose: () => void;
}

export function ExceptionSheet({ attendance, rid, exc, onClose }: Props) {
  const [correcting, setCorrecting] = useState(false);
  const asked = [...attendance.corrections.values()].find(({ body }) => body.person === exc.person && body.day === exc.day && body.session === exc.session && body.way === exc.way);
  const mine = exc.person === attendance.sync.uid;
  const way = canAnswer(exc);
  if (correcting) return <CorrectSheet attendance={attendance} exc={exc} onClose={onClose} />;
  return (
    <Sheet open title={exceptionTitle(exc, monthDay(exc.day))} onClose={onClose}>
      {mine && way && <Say attendance={attendance} rid={rid} appeal={way === "appeal"} exc={exc} onDone={onClose} />}
      <ExceptionFacts attendance={attendance} exc={exc} />
      {asked && <Notice title={t("已申请补签 {time}", { time: clock(asked.body.claim_at) })}>{correctionWord(asked.body.state ?? "waiting", asked.body.decision)}</Notice>}
      {mine && way === "answer" && !asked && exc.kind !== "pending" && (
        <Button icon="edit" onPress={() => setCorrecting(true)}>
          {t("申请补签")}
        </Button>
      )}
    </Sheet>
  );
}

function correctionWord(state: "waiting" | "accepted" | "refused", text = ""): string {
  const words = { waiting: t("待负责人审批"), accepted: t("已同意"), refused: t("未同意") };
  return text ? t("{word}：{text}", { word: words[state], text }) : words[state];
}

/** The record as it stands: what, on which clocks it rests, who decided. */
export function ExceptionFacts({ attendance, exc }: { attendance: Attendance; exc: AttException }) {
  const facts: [string, preact.ComponentChildren][] = [[t("应到"), exact(exc.due_at)]];
  if (exc.at) facts.push([t("记录时间"), exact(exc.at)], [t("服务器收到"), exact(exc.received_at ?? exc.at)], [t("时间凭据"), gradeWord(exc.grade ?? "A")]);
  if (exc.answer_until && canAnswer(exc) === "answer") facts.push([t("可说明至"), dueDay({ due_day: exc.answer_until, ...(exc.was_answer_until ? { was_due_day: exc.was_answer_until } : {}) })]);
  for (const text of exc.answers ?? []) facts.push([t("本人说明"), text]);
  if (exc.decided_at) facts.push([t("认定"), t("{name}，{time}", { name: personName(attendance.people, exc.decided_by), time: exact(exc.decided_at) })]);
  if (exc.decision) facts.push([t("认定理由"), exc.decision]);
  if (exc.appeal) facts.push([t("申诉"), exc.appeal]);
  return (
    <Card tone={exc.state === "confirmed" || exc.state === "upheld" ? "bad" : exc.state === "cleared" || exc.state === "explained" || exc.state === "withdrawn" ? "ok" : "info"}>
      <div class="row wrap">
        <Tag tone={STATE_TONE[exc.state]}>{stateWord(exc.state)}</Tag>
        {exc.kind !== "ok" && <b>{kindWord(exc.kind)}</b>}
      </div>
      <p>{sentence(exc.explain, attendance.people, attendance.posts)}</p>
      <Facts facts={facts} />
    </Card>
  );
}

/** The usual words are one tap each and save at once; others are typed. */
function Say({ attendance, rid, appeal, exc, onDone }: { attendance: Attendance; rid: string; appeal: boolean; exc: AttException; onDone: () => void }) {
  const { sync } = attendance;
  const amended = useAmended("att.answer");
  const draft = useDraft(`att.answer:${rid}`, { text: amended?.rid === rid ? amended.a.text : "" }, t("说明考勤异常"));
  const act = useAct();
  const usual = appeal
    ? [t("当时在岗，有同事可证明"), t("时间记录不对，请复核")]
    : exc.kind === "missing" || exc.kind === "absent"
      ? [t("忘记打卡，当时在岗"), t("手机没电或没有信号"), t("外出办公，已告知负责人"), t("情况属实")]
      : [t("路上拥堵"), t("先在大厅接待群众，后打卡"), t("家中急事，已告知负责人"), t("情况属实")];
  const save = async (text: string) => {
    const receipt = await sync.save("att.answer", appeal ? { text, appeal } : { text }, { rid, ...draft.record });
    await draft.done();
    onDone();
    return receipt;
  };
  const { text } = draft.value;
  return (
    <>
      <p>{appeal ? t("对认定不服，可以申诉，由办公室复核。") : t("点一句即提交；不说明不等于承认。")}</p>
      <div class="stack">
        {usual.map((one) => (
          <Button key={one} onPress={() => void act(() => save(one))}>
            {one}
          </Button>
        ))}
      </div>
      <details class="fold" open={text !== ""}>
        <summary>{t("另写说明")}</summary>
        <DraftNotice draft={draft} />
        <TextArea label={t("说明内容")} value={text} onChange={(value) => draft.set({ text: value })} max={500} />
        <SubmitBar onSubmit={() => save(text.trim())} disabled={text.trim() === ""} />
      </details>
    </>
  );
}

/** 补签: the time, and why. */
function CorrectSheet({ attendance, exc, onClose }: Omit<Props, "rid">) {
  const { sync, hall, corrections } = attendance;
  const [at, setAt] = useState<number | null>(exc.due_at);
  const [text, setText] = useState("");
  const month = exc.day.slice(0, 7);
  const used = [...corrections.values()].filter(({ body }) => body.person === sync.uid && body.day.startsWith(month) && body.state !== "refused").length;
  const most = hall ? attRule(hall, "att.corrections_month") : 0;
  const submit = async () => {
    const receipt = await sync.save("att.correct", { day: exc.day, session: exc.session, way: exc.way, claim_at: at ?? exc.due_at, text: text.trim() });
    onClose();
    return receipt;
  };
  return (
    <Sheet
      open
      title={t("申请补签")}
      onClose={onClose}
      foot={<SubmitBar onSubmit={submit} disabled={text.trim() === "" || at === null} note={text.trim() ? t("由负责人审批，审批前不计。") : t("请写明原因。")} />}
    >
      <DateTimeWheel label={t("实际时间")} value={at} min={instant(exc.day, "00:00")} max={sync.now()} onChange={setAt} />
      <TextArea label={t("原因")} value={text} onChange={setText} required max={500} rows={2} />
      <p class="muted">{used < most ? t("本月可补签 {most} 次，已用 {used} 次。", { most, used }) : t("本月 {most} 次补签已用完，再申请须由办公室同意。", { most })}</p>
    </Sheet>
  );
}
