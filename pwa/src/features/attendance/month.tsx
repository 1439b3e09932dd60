/** 我的考勤: a month as a calendar with words and shapes, every exception with its clocks, and the sheet to confirm (ATT-09, GEN-08). */
import { useState } from "preact/hooks";
import { go, useAmended, type ScreenProps } from "../../app/feature";
import { clock, monthDay, monthName, t, tc } from "../../i18n";
import type { AttSheet } from "../../sync/types.gen";
import { BigButton, Button, Card, Cell, Chips, Empty, Facts, List, Loading, Section, Sheet, Tag, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { sentence } from "../hall/sentence";
import { ExceptionSheet } from "./exception";
import { exceptionsOf, monthBefore, TOTALS, weeksOf, type CalendarDay } from "./model";
import { useAttendance, type Attendance } from "./rows";
import { exceptionTitle, kindWord, MARK_TONE, markWord, SHEET_TONE, sheetWord, STATE_TONE, stateWord, totalWord } from "./words";
import "./attendance.css";

export default function Month({ params }: ScreenProps) {
  const attendance = useAttendance();
  const { sync, today, hall } = attendance;
  const chosen = params["id"];
  const thisMonth = today.slice(0, 7);
  // A month that waits for its person's word comes first.
  const asked = attendance.sheets.get(`${monthBefore(thisMonth)}:${sync.uid}`)?.body.state === "asked";
  const [month, setMonth] = useState(chosen?.slice(0, 7) ?? (asked ? monthBefore(thisMonth) : thisMonth));
  const [day, setDay] = useState<CalendarDay | null>(null);
  if (!hall) return <Loading />;
  const uid = sync.uid;
  const sheet = attendance.sheets.get(`${month}:${uid}`)?.body;
  const mine = exceptionsOf(attendance.exceptions, uid, month);
  const shown = chosen ? attendance.exceptions.get(chosen)?.body : undefined;
  const running = new Map([...attendance.days.values()].filter(({ body }) => body.person === uid).map(({ body }) => [body.day, body]));
  const weeks = weeksOf(month, hall, sheet, running, new Map(mine), today);
  const before = monthBefore(thisMonth);
  return (
    <>
      <Chips
        label={t("月份")}
        hideLabel
        options={[before, thisMonth].map((value) => ({ value, label: monthName(value), sub: value === thisMonth ? t("本月") : t("上月") }))}
        value={month}
        onChange={setMonth}
      />
      {sheet && <SheetCard attendance={attendance} rid={`${month}:${uid}`} sheet={sheet} />}
      {sheet && (
        <a class="btn quiet" href={`/papers/att_month/${month}:${uid}`}>
          {t("打印")}
        </a>
      )}
      <Calendar weeks={weeks} onOpen={setDay} />
      <Section title={t("考勤异常")} aside={mine.length > 0 ? t("{n} 件", { n: mine.length }) : undefined}>
        {mine.length === 0 ? (
          <Empty title={t("这个月没有考勤异常")}>{t("迟到、早退、缺卡会在这里列出，可以当场说明。")}</Empty>
        ) : (
          <List>
            {mine.map(([rid, exc]) => (
              <Cell
                key={rid}
                title={
                  <>
                    <Tag tone={STATE_TONE[exc.state]}>{stateWord(exc.state)}</Tag> {exceptionTitle(exc, monthDay(exc.day))}
                  </>
                }
                sub={sentence(exc.explain, attendance.people, attendance.posts)}
                href={`/attendance/x/${rid}`}
              />
            ))}
          </List>
        )}
      </Section>
      {day && <DaySheet attendance={attendance} day={day} onClose={() => setDay(null)} />}
      {chosen && shown && <ExceptionSheet attendance={attendance} rid={chosen} exc={shown} onClose={() => go("/attendance")} />}
    </>
  );
}


/** Weeks from Monday; every day says its word, not only its colour. */
function Calendar({ weeks, onOpen }: { weeks: readonly (CalendarDay | null)[][]; onOpen: (day: CalendarDay) => void }) {
  const heads = [tc("weekday", "一"), tc("weekday", "二"), tc("weekday", "三"), tc("weekday", "四"), tc("weekday", "五"), tc("weekday", "六"), tc("weekday", "日")];
  return (
    <table class="att-month">
      <caption class="sr">{t("考勤月历")}</caption>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week, index) => (
          <tr key={index}>
            {week.map((day, place) => (
              <td key={place}>
                {day && (
                  <button type="button" class={day.mark} onClick={() => onOpen(day)}>
                    <span class="num">{day.number}</span>
                    {day.mark !== "none" && <Tag tone={MARK_TONE[day.mark]}>{markWord(day.mark)}</Tag>}
                  </button>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One day: its punches, and the way to its exceptions. */
function DaySheet({ attendance, day, onClose }: { attendance: Attendance; day: CalendarDay; onClose: () => void }) {
  const edges = day.spells.flatMap((spell, index): [string, string][] => [
    [exceptionTitle({ session: index, way: "in", kind: "ok" }, ""), edgeWord(spell.in_at, spell.in_kind)],
    [exceptionTitle({ session: index, way: "out", kind: "ok" }, ""), edgeWord(spell.out_at, spell.out_kind)],
  ]);
  return (
    <Sheet open title={monthDay(day.day)} onClose={onClose}>
      {day.shut && <p>{t("结算后得知当天大厅未开放；已计的由办公室调整。")}</p>}
      {edges.length > 0 ? <Facts facts={edges} /> : <p>{day.mark === "rest" ? t("休息日，不用签到。") : t("没有考勤记录。")}</p>}
      {day.exceptions.length > 0 && (
        <List>
          {day.exceptions.map((rid) => {
            const exc = attendance.exceptions.get(rid)?.body;
            return exc && <Cell key={rid} title={<Tag tone={STATE_TONE[exc.state]}>{stateWord(exc.state)}</Tag>} sub={sentence(exc.explain, attendance.people, attendance.posts)} href={`/attendance/x/${rid}`} />;
          })}
        </List>
      )}
    </Sheet>
  );
}

const edgeWord = (at = 0, kind: Parameters<typeof kindWord>[0] = "ok") => [at ? clock(at) : "—", kind === "ok" ? "" : kindWord(kind)].filter(Boolean).join(" ");

/** The month in numbers, and the person's word on it. */
function SheetCard({ attendance, rid, sheet }: { attendance: Attendance; rid: string; sheet: AttSheet }) {
  const [disagreeing, setDisagreeing] = useState(useAmended("att.confirm")?.rid === rid);
  const act = useAct();
  const totals = TOTALS.filter((key) => sheet.totals[key]).map((key): [string, string] => [totalWord(key), t("{n} 次", { n: sheet.totals[key] ?? 0 })]);
  const asked = sheet.state === "asked" || sheet.state === "disputed";
  return (
    <Card {...(asked ? { tone: "warn" as const } : {})}>
      <div class="row wrap">
        <Tag tone={SHEET_TONE[sheet.state]}>{sheetWord(sheet.state)}</Tag>
        <span>{t("出勤 {n} 天", { n: sheet.totals.days ?? 0 })}</span>
        {(sheet.totals.open ?? 0) > 0 && <Tag tone="warn">{t("未定 {n} 件", { n: sheet.totals.open ?? 0 })}</Tag>}
      </div>
      {totals.length > 0 && <Facts facts={totals} />}
      {sheet.text && <p>{t("异议：{text}", { text: sheet.text })}</p>}
      {asked && (
        <>
          <small>{t("{time} 结算，之后只能由办公室作调整。", { time: `${monthDay(sheet.due_at)} ${clock(sheet.due_at)}` })}</small>
          <BigButton label={t("确认无误")} icon="done" onPress={() => void act(() => attendance.sync.save("att.confirm", { agree: true, totals: sheet.totals }, { rid }))} />
          <Button onPress={() => setDisagreeing(true)}>{t("有异议")}</Button>
        </>
      )}
      {disagreeing && <DisagreeSheet attendance={attendance} rid={rid} onClose={() => setDisagreeing(false)} />}
    </Card>
  );
}

function DisagreeSheet({ attendance, rid, onClose }: { attendance: Attendance; rid: string; onClose: () => void }) {
  const [text, setText] = useState("");
  const act = useAct();
  const save = async () => {
    const receipt = await attendance.sync.save("att.confirm", { agree: false, text: text.trim() }, { rid });
    onClose();
    return receipt;
  };
  return (
    <Sheet
      open
      title={t("对月考勤表有异议")}
      onClose={onClose}
      foot={
        <Button tone="main" disabled={text.trim() === ""} onPress={() => void act(save)}>
          {t("提交异议")}
        </Button>
      }
    >
      <TextArea label={t("哪里不对")} value={text} onChange={setText} required max={500} />
    </Sheet>
  );
}
