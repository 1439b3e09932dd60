/** 请假日历 of a unit: who is off on which day, and whether that is covered; never why (LVT-04). */
import { type ScreenProps } from "../../app/feature";
import { dayOf, monthDay, t, weekday } from "../../i18n";
import { Notice, Tag } from "../../ui";
import { personName } from "../hall/names";
import { postedSessions } from "../hall/rules";
import { addDays } from "../hall/terms";
import { calendarOf, type Line } from "./model";
import { useLeave } from "./rows";
import "./leave.css";

const DAYS = 14;

export default function CalendarScreen(_: ScreenProps) {
  const { rows, me, now } = useLeave();
  const days = Array.from({ length: DAYS }, (_, ahead) => addDays(dayOf(now), ahead));
  const people = [...rows.people].filter(([, { body }]) => body.unit === me?.unit && !body.left).map(([uid]) => uid);
  const lines = calendarOf(rows.unit, people, days);
  const open = (day: string) => rows.hall !== undefined && postedSessions(rows.hall, day).length > 0;
  return (
    <>
      <Notice title={t("只显示谁不在、岗位有没有人顶，不显示假别和事由。")} />
      <div class="lv-tags">
        <Tag tone="ok">{t("请假，有人顶岗")}</Tag>
        <Tag tone="bad">{t("请假，缺人顶岗")}</Tag>
        <span class="muted">{t("{from} 至 {to}", { from: monthDay(days[0] ?? ""), to: monthDay(days.at(-1) ?? "") })}</span>
      </div>
      <div class="lv-days num" role="table" aria-label={t("请假日历")} tabIndex={0}>
        <div role="row">
          <span class="who" role="columnheader">
            {t("姓名")}
          </span>
          {days.map((day) => (
            <span key={day} role="columnheader" class={open(day) ? "" : "rest"} title={`${monthDay(day)} ${weekday(day)}`}>
              {Number(day.slice(8))}
            </span>
          ))}
        </div>
        {lines.map((line) => (
          <Row key={line.uid} name={personName(rows.people, line.uid)} line={line} days={days} open={open} />
        ))}
      </div>
    </>
  );
}

const SIGN: Record<Line["days"][number], string> = { "": "", off: "●", gap: "■", asked: "◆" };

function Row({ name, line, days, open }: { name: string; line: Line; days: readonly string[]; open: (day: string) => boolean }) {
  return (
    <div role="row">
      <span class="who" role="rowheader">
        {name}
      </span>
      {line.days.map((state, index) => {
        const day = days[index] ?? "";
        return (
          <span key={day} role="cell" class={open(day) ? state : "rest"} title={monthDay(day)}>
            {open(day) ? SIGN[state] : ""}
          </span>
        );
      })}
    </div>
  );
}
