/** 考勤月表 for the office at the desk: people by days from the keyboard, the day beside it, general excuses, closing day and month (ATT-07, ATT-09, EVD-10). */
import { useRef, useState } from "preact/hooks";
import { useAsked } from "../../app/feature";
import { clock, monthDay, monthName, t } from "../../i18n";
import type { AttException } from "../../sync/types.gen";
import { Button, Buttons, Card, Chips, Confirm, Empty, Facts, Loading, Select, SplitView, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { personName, unitName } from "../hall/names";
import { AdjustSheet } from "./adjust";
import { ExcuseList, ExcuseSheet } from "./excuse";
import { ExceptionFacts } from "./exception";
import { gridOf, monthBefore, type CalendarDay, type GridRow, type Kind, type Mark } from "./model";
import { useAttendance, type Attendance } from "./rows";
import { cellWord, exceptionTitle, kindWord, MARK_TONE, markWord, SHEET_TONE, sheetWord, totalWord } from "./words";
import { waitingFor } from "./waiting";
import "./attendance.css";

export default function Grid() {
  const attendance = useAttendance();
  const { sync, today, hall, me } = attendance;
  const thisMonth = today.slice(0, 7);
  const [month, setMonth] = useState(thisMonth);
  const [unit, setUnit] = useState("");
  const [only, setOnly] = useState<"all" | "open">("all");
  const [chosen, setChosen] = useState<{ uid: string; day: string } | null>(null);
  if (!hall || !me) return <Loading />;
  const rows = gridOf(month, hall, attendance, today);
  const units = [...new Set(rows.map((row) => row.unit))].sort();
  const shown = rows.filter((row) => (!unit || row.unit === unit) && (only === "all" || row.open > 0));
  const row = shown.find((one) => one.uid === chosen?.uid);
  const day = row?.days.find((one) => one.day === chosen?.day);
  const waiting = waitingFor(sync, me).length;
  return (
    <div class="stack wide">
      <div class="att-tools">
        <Chips
          label={t("月份")}
          hideLabel
          options={[monthBefore(thisMonth), thisMonth].map((value) => ({ value, label: monthName(value) }))}
          value={month}
          onChange={setMonth}
        />
        <Select label={t("单位")} value={unit} options={[{ value: "", label: t("全部单位") }, ...units.map((value) => ({ value, label: unitName(attendance.units, value) }))]} onChange={setUnit} />
        <Chips
          label={t("范围")}
          hideLabel
          options={[
            { value: "all", label: t("全部") },
            { value: "open", label: t("只看未定") },
          ]}
          value={only}
          onChange={setOnly}
        />
        <Tools attendance={attendance} month={month} waiting={waiting} />
      </div>
      {rows.length === 0 ? (
        <Empty title={t("这个月还没有考勤记录")} icon="ledger">{t("有人应到的每个工作日，都会在这里占一格。")}</Empty>
      ) : (
        <>
          <Legend />
          <SplitView
            list={<Board attendance={attendance} rows={shown} month={month} chosen={chosen} onChoose={(uid, one) => setChosen({ uid, day: one })} />}
            detail={row && day ? <DayDetail attendance={attendance} row={row} day={day} /> : null}
            hint={t("用方向键或鼠标选一格，这里显示当天的打卡、异常和认定。")}
          />
        </>
      )}
      <ExcuseList attendance={attendance} />
    </div>
  );
}

/** What each sign of the table stands for; the two colours stand beside words and shapes. */
const SIGNS: readonly (readonly [Mark, Kind])[] = [
  ["ok", "ok"],
  ["today", "unseen"],
  ["leave", "leave"],
  ["official", "official"],
  ["excused", "excused"],
  ["open", "late"],
  ["open", "early"],
  ["open", "half_day"],
  ["open", "missing"],
  ["open", "absent"],
  ["open", "pending"],
  ["settled", "ok"],
];

function Legend() {
  return (
    <ul class="att-legend" aria-label={t("图例")}>
      {SIGNS.map(([mark, kind]) => (
        <li key={`${mark} ${kind}`}>
          <b>{cellWord(mark, kind)}</b> {mark === "settled" ? markWord(mark) : kindWord(kind)}
        </li>
      ))}
      <li>
        <Tag tone="warn">{t("未认定")}</Tag>
      </li>
      <li>
        <Tag tone="bad">{t("已认定")}</Tag>
      </li>
    </ul>
  );
}

interface BoardProps {
  attendance: Attendance;
  rows: readonly GridRow[];
  month: string;
  chosen: { uid: string; day: string } | null;
  onChoose: (uid: string, day: string) => void;
}

/** The table; arrows move, one cell at a time is in the tab order. */
function Board({ attendance, rows, month, chosen, onChoose }: BoardProps) {
  const table = useRef<HTMLTableElement>(null);
  const days = rows[0]?.days ?? [];
  const start = chosen && rows.some((row) => row.uid === chosen.uid) ? chosen : { uid: rows[0]?.uid, day: attendance.today.startsWith(month) ? attendance.today : days[0]?.day };
  const move = (event: KeyboardEvent, row: number, column: number) => {
    const [down, right] = MOVES[event.key] ?? [0, 0];
    if (!down && !right) return;
    event.preventDefault();
    table.current?.rows[row + 1 + down]?.cells[column + 1 + right]?.querySelector("button")?.focus();
  };
  return (
    <div class="table att-grid">
      <table ref={table}>
        <caption class="sr">{t("{month}考勤月表", { month: monthName(month) })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("姓名")}</th>
            {days.map((day) => (
              <th key={day.day} scope="col" class={day.mark === "rest" ? "num off" : "num"}>
                {day.number}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, line) => (
            <tr key={row.uid}>
              <th scope="row">{personName(attendance.people, row.uid)}</th>
              {row.days.map((day, column) => (
                <td key={day.day} class={day.mark === "rest" ? "off" : undefined}>
                  <button
                    type="button"
                    class={MARK_TONE[day.mark]}
                    tabIndex={row.uid === start.uid && day.day === start.day ? 0 : -1}
                    aria-label={t("{name} {day} {mark}", { name: personName(attendance.people, row.uid), day: monthDay(day.day), mark: markWord(day.mark) || t("无记录") })}
                    aria-pressed={chosen?.uid === row.uid && chosen.day === day.day}
                    onClick={() => onChoose(row.uid, day.day)}
                    onFocus={() => onChoose(row.uid, day.day)}
                    onKeyDown={(event) => move(event, line, column)}
                  >
                    {cellWord(day.mark, day.kind)}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const MOVES: Record<string, [number, number]> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** One person's day, and the month it stands in. */
function DayDetail({ attendance, row, day }: { attendance: Attendance; row: GridRow; day: CalendarDay }) {
  const [adjusting, setAdjusting] = useState<[string, AttException] | null>(null);
  const edges = day.spells.flatMap((spell, session): [string, string][] =>
    (["in", "out"] as const).map((way) => {
      const [at, kind] = way === "in" ? [spell.in_at, spell.in_kind] : [spell.out_at, spell.out_kind];
      return [exceptionTitle({ session, way, kind: "ok" }, ""), [at ? clock(at) : "—", (kind ?? "ok") === "ok" ? "" : kindWord(kind ?? "ok")].filter(Boolean).join(" ")];
    }),
  );
  const cases = day.exceptions.flatMap((rid): [string, AttException][] => {
    const body = attendance.exceptions.get(rid)?.body;
    return body ? [[rid, body]] : [];
  });
  const totals = row.sheet ? Object.entries(row.sheet.totals).filter(([key, n]) => n && key !== "days" && key !== "open") : [];
  return (
    <div class="stack">
      <Card>
        <div class="row wrap">
          <b>{personName(attendance.people, row.uid)}</b>
          <span>{monthDay(day.day)}</span>
          <Tag tone={MARK_TONE[day.mark]}>{markWord(day.mark) || t("无记录")}</Tag>
        </div>
        {day.shut && <p>{t("结算后得知当天大厅未开放；已计的由办公室调整。")}</p>}
        {edges.length > 0 ? <Facts facts={edges} /> : <p>{day.mark === "rest" ? t("休息日，不用签到。") : t("没有考勤记录。")}</p>}
      </Card>
      {cases.map(([rid, exc]) => (
        <div key={rid} class="stack">
          <ExceptionFacts attendance={attendance} exc={exc} />
          {row.sheet?.state === "closed" && <Button onPress={() => setAdjusting([rid, exc])}>{t("提出结算后调整")}</Button>}
        </div>
      ))}
      {row.sheet && (
        <Card>
          <div class="row wrap">
            <Tag tone={SHEET_TONE[row.sheet.state]}>{sheetWord(row.sheet.state)}</Tag>
            <span>{t("出勤 {n} 天", { n: row.sheet.totals.days ?? 0 })}</span>
          </div>
          {totals.length > 0 && <Facts facts={totals.map(([key, n]): [string, string] => [totalWord(key), t("{n} 次", { n: n ?? 0 })])} />}
          {row.sheet.text && <p>{t("异议：{text}", { text: row.sheet.text })}</p>}
        </Card>
      )}
      {adjusting && <AdjustSheet attendance={attendance} rid={adjusting[0]} exc={adjusting[1]} onClose={() => setAdjusting(null)} />}
    </div>
  );
}

/** What the office does for all at once. */
function Tools({ attendance, month, waiting }: { attendance: Attendance; month: string; waiting: number }) {
  const { sync, today } = attendance;
  const [open, setOpen] = useState<"excuse" | "day" | "month" | null>(null);
  useAsked((key) => key === "att.excuse" && setOpen("excuse"));
  const act = useAct();
  const shut = () => setOpen(null);
  const close = (what: "att.close_day" | "att.close_month", rid: string) => {
    shut();
    void act(() => sync.save(what, {}, { rid }));
  };
  return (
    <Buttons>
      <Button onPress={() => setOpen("excuse")}>{t("统一免计")}</Button>
      <Button onPress={() => setOpen("day")}>{t("日结今天")}</Button>
      <Button onPress={() => setOpen("month")}>{t("月结")}</Button>
      <a class="btn" href="/attendance/unit">
        {waiting > 0 ? t("待认定 {n}", { n: waiting }) : t("待认定")}
      </a>
      {open === "excuse" && <ExcuseSheet attendance={attendance} onClose={shut} />}
      <Confirm open={open === "day"} title={t("日结 {day}？", { day: monthDay(today) })} confirm={t("日结")} onConfirm={() => close("att.close_day", today)} onClose={shut}>
        <p>{t("没有收到的打卡将列为缺卡；晚到的记录仍会更正。不按此键，下一工作日中午自动日结。")}</p>
      </Confirm>
      <Confirm open={open === "month"} title={t("月结 {month}？", { month: monthName(month) })} confirm={t("月结")} onConfirm={() => close("att.close_month", month)} onClose={shut}>
        <p>{t("须各单位都已确认。月结后只能作调整，调整要写理由、由另一人同意。")}</p>
      </Confirm>
    </Buttons>
  );
}

