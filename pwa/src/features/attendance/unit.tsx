/** 本单位考勤: what waits for HEAD (or the office): explanations, corrections, hand lists, appeals, and the month of the unit (ATT-06, ATT-09). */
import { useState } from "preact/hooks";
import { Attachments, go, type ScreenProps, useAmended, useAsked, useDraft } from "../../app/feature";
import { clock, date, exact, monthDay, monthName, t, when } from "../../i18n";
import type { LocalReceipt, OpName } from "../../sync/api";
import type { AttUnit } from "../../sync/types.gen";
import { BigButton, Button, Buttons, Card, Cell, Chips, Empty, Facts, List, Loading, Section, Sheet, Tag, TextArea } from "../../ui";
import { listCauseWord } from "../hall/causes";
import { useAct } from "../hall/act";
import { personName, unitName } from "../hall/names";
import { ExceptionFacts } from "./exception";
import { weekBefore } from "./model";
import { unansweredAt, waitingFor, type Waiting } from "./waiting";
import { useAttendance, type Attendance } from "./rows";
import { exceptionTitle, kindWord, sessionWord, STATE_TONE, stateWord, unitWord, wayWord } from "./words";
import "./attendance.css";

export default function Unit({ query }: ScreenProps) {
  const attendance = useAttendance();
  const { me, sync, people } = attendance;
  const [open, setOpen] = useState<Waiting | null>(null);
  useAsked((key) => setOpen((me && waitingFor(sync, me).find((one) => key === `${OPS[one.what]}:${one.rid}`)) ?? null));
  if (!me) return <Loading />;
  const waiting = waitingFor(sync, me);
  const months = [...sync.rows("att.unit").value].filter(([, { body }]) => body.state !== "closed" && body.state !== "running" && (me.roles.includes("OFF") || body.unit === me.unit));
  const asked = waiting.find((one) => one.rid === query.get("rid")) ?? unansweredAt(sync, me, query.get("rid"));
  const shown = open ?? asked ?? null;
  // Whoever came by an address leaves it with the sheet.
  const close = () => (setOpen(null), query.get("rid") !== null && go("/attendance/unit", { replace: true }));
  return (
    <>
      <Section title={t("待我认定")} aside={waiting.length > 0 ? t("{n} 件", { n: waiting.length }) : undefined}>
        {waiting.length === 0 ? (
          <Empty title={t("没有等您认定的考勤事项")}>{t("本单位人员的说明、补签和手工签到表会出现在这里。")}</Empty>
        ) : (
          <List>
            {waiting.map((one) => (
              <Cell key={`${one.what}${one.rid}`} title={titleOf(attendance, one)} sub={subOf(one)} value={<small class="num">{when(one.at, sync.now())}</small>} onPress={() => setOpen(one)} />
            ))}
          </List>
        )}
      </Section>
      {months.map(([rid, { body }]) => (
        <UnitMonth key={rid} attendance={attendance} rid={rid} body={body} waiting={waiting.length} />
      ))}
      <Week attendance={attendance} />
      <Section>
        <List>
          <Cell icon="edit" title={t("录入手工签到表")} sub={t("停电或设备故障时用")} href="/attendance/list" />
        </List>
      </Section>
      {shown && <DecisionSheet attendance={attendance} one={shown} name={personName(people, shown.person)} onClose={close} />}
    </>
  );
}

/** The reconciliation list of the last seven days, with what has become of each exception (ATT-10). */
function Week({ attendance }: { attendance: Attendance }) {
  const { sync, people, me, today } = attendance;
  const since = weekBefore(today);
  const here = [...sync.rows("att.exc").value].filter(([, { body }]) => body.unit === me?.unit && body.day > since && body.day <= today).sort(([, x], [, y]) => y.body.due_at - x.body.due_at);
  if (here.length === 0) return null;
  return (
    <Section title={t("近七天考勤核对")} aside={t("{n} 件", { n: here.length })}>
      <List label={t("近七天考勤核对")}>
        {here.map(([rid, { body }]) => (
          <Cell key={rid} title={personName(people, body.person)} sub={`${exceptionTitle(body, monthDay(body.day))}\u00a0· ${kindWord(body.kind)}`} value={<Tag tone={STATE_TONE[body.state]}>{stateWord(body.state)}</Tag>} />
        ))}
      </List>
    </Section>
  );
}

function titleOf({ people }: Attendance, one: Waiting) {
  if (one.what === "list") return t("手工签到表：{n} 人，{name} 录入", { n: one.body.people.length, name: personName(people, one.body.by) });
  const name = personName(people, one.person);
  if (one.what === "correction") return t("{name} 申请补签", { name });
  if (one.what === "adjustment") return t("{name} 的结算后调整", { name });
  return (
    <>
      {name} <Tag tone={STATE_TONE[one.body.state]}>{stateWord(one.body.state)}</Tag>
    </>
  );
}

function subOf(one: Waiting): string {
  if (one.what === "exception" && one.body.state === "detected") return t("{what}，逾期未说明", { what: `${exceptionTitle(one.body, monthDay(one.body.day))}\u00a0· ${kindWord(one.body.kind)}` });
  if (one.what === "exception") return `${exceptionTitle(one.body, monthDay(one.body.day))}\u00a0· ${kindWord(one.body.kind)}`;
  return exceptionTitle({ session: one.body.session, way: one.body.way, kind: "ok" }, monthDay(one.body.day));
}

/** One decision: what is known, a reason, and two ways. */
function DecisionSheet({ attendance, one, name, onClose }: { attendance: Attendance; one: Waiting; name: string; onClose: () => void }) {
  const { sync } = attendance;
  const op = OPS[one.what];
  const refused = useAmended(op);
  const draft = useDraft(`${op}:${one.rid}`, { text: refused?.rid === one.rid ? (refused.a.text ?? "") : "" }, t("考勤认定"), { at_once: true });
  const act = useAct();
  const { text } = draft.value;
  const decide = (accept: boolean) =>
    act(async () => {
      const said = text.trim();
      const receipt = await sync.save(op, said ? { accept, text: said } : { accept }, { rid: one.rid, guard: { [one.rid]: one.ver }, ...draft.record });
      if (refused?.rid === one.rid) await sync.settle(refused.id, "amended", receipt.code);
      await draft.done();
      onClose();
      return receipt;
    });
  const [yes, no] = waysOf(one);
  const reasons = one.what === "exception" ? [t("情况属实，予以采信"), t("经核实，理由不成立")] : [t("经核实属实"), t("与其他记录不符")];
  return (
    <Sheet
      open
      title={t("{name}：{what}", { name, what: subOf(one) })}
      onClose={onClose}
      foot={
        <Buttons>
          <Button tone="danger" disabled={text.trim() === ""} onPress={() => void decide(false)}>
            {no}
          </Button>
          <Button tone="main" onPress={() => void decide(true)}>
            {yes}
          </Button>
        </Buttons>
      }
    >
      <Known attendance={attendance} one={one} />
      <Chips label={t("理由")} options={reasons.map((value) => ({ value, label: value }))} value={reasons.includes(text) ? text : null} onChange={(value) => draft.set({ text: value })} />
      <TextArea label={t("理由说明")} value={text} onChange={(value) => draft.set({ text: value })} rows={2} hint={t("不同意时须写明理由。")} max={500} />
    </Sheet>
  );
}

const OPS = { exception: "att.decide", correction: "att.decide_correction", list: "att.decide_list", adjustment: "att.approve" } as const satisfies Record<string, OpName>;

function waysOf(one: Waiting): [string, string] {
  if (one.what !== "exception") return [t("同意"), t("不同意")];
  if (one.body.state === "appealed") return [t("撤销认定"), t("维持认定")];
  return one.body.state === "pending" ? [t("予以采信"), t("不予采信")] : [t("采信，不计"), t("认定")];
}

function Known({ attendance, one }: { attendance: Attendance; one: Waiting }) {
  if (one.what === "exception") return <ExceptionFacts attendance={attendance} exc={one.body} />;
  if (one.what === "correction") {
    const { claim_at, text, at, nth } = one.body;
    return <Facts facts={[[t("实际时间"), exact(claim_at)], [t("原因"), text], [t("申请时间"), exact(at)], [t("本月次数"), t("第 {n} 次", { n: nth })]]} />;
  }
  if (one.what === "adjustment") {
    const { counts, text, by } = one.body;
    return <Facts facts={[[t("调整为"), counts ? t("计入") : t("不计")], [t("原因"), text || t("结算后收到新的记录")], [t("提出人"), by ? personName(attendance.people, by) : t("系统按晚到的记录提出")]]} />;
  }
  const { people, cause, text, day, session, way, blobs } = one.body;
  return (
    <>
      <p>{t("{day} {session}{way}，{cause}。{text}", { day: monthDay(day), session: sessionWord(session), way: wayWord(way), cause: listCauseWord(cause), text: text ?? "" })}</p>
      <Facts facts={people.map((line): [string, string] => [personName(attendance.people, line.person), clock(line.at)])} />
      <Attachments rid={one.rid} blobs={blobs} />
    </>
  );
}

/** The unit's month: how many have confirmed, and HEAD's word for all. */
function UnitMonth({ attendance, rid, body, waiting }: { attendance: Attendance; rid: string; body: AttUnit; waiting: number }) {
  const act = useAct();
  const ver = attendance.sync.rows("att.unit").value.get(rid)?.ver ?? 0;
  const confirm = (): Promise<LocalReceipt> => attendance.sync.save("att.confirm_unit", {}, { rid, guard: { [rid]: ver } });
  return (
    <Section title={t("{unit} {month}考勤", { unit: unitName(attendance.units, body.unit), month: monthName(body.month) })}>
      <Card>
        <div>
          <Tag tone={body.state === "confirmed" ? "ok" : "warn"}>{unitWord(body.state)}</Tag>
        </div>
        <Facts
          facts={[
            [t("人数"), t("{n} 人", { n: body.people })],
            [t("本人已确认"), t("{n} 人", { n: body.confirmed })],
            [t("本人有异议"), t("{n} 人", { n: body.disputed })],
            [t("未定异常"), t("{n} 件", { n: body.open })],
            [t("结算"), t("{day} {time}", { day: date(body.due_at), time: clock(body.due_at) })],
          ]}
        />
        {body.state === "asked" && (
          <>
            <small>{waiting > 0 ? t("请先逐件认定上面的事项。") : t("确认后，答复期满仍未说明的异常一并认定；本人的除外。")}</small>
            <BigButton label={t("确认本单位月考勤")} icon="approve" disabled={waiting > 0} onPress={() => void act(confirm)} />
          </>
        )}
      </Card>
    </Section>
  );
}
