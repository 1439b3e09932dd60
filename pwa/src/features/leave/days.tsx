/** 日历与开放时间 for the desk: year calendars from a file, the hall's own closed and open days, opening hours by season (CAL-01..03, CAL-05). */
import { useState } from "preact/hooks";
import { useSync, type ScreenProps } from "../../app/feature";
import { date, dayOf, exact, monthDay, t, weekday } from "../../i18n";
import type { Hall, Season } from "../../sync/types.gen";
import { Button, Buttons, Card, Chips, DayField, Empty, Field, List, Cell, Notice, Section, SplitView, Tag, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";
import { seasonOn, worksOn } from "../hall/rules";
import { addDays } from "../hall/terms";
import { edgesOf, spansOf, typed, type Spans } from "./spans";
import { readCalendar, type Reading } from "./year";
import "./leave.css";

export default function DaysScreen(_: ScreenProps) {
  const sync = useSync();
  const hall = sync.rows("hall").value.get("hall")?.body;
  if (!hall) return <Empty title={t("还没有读到大厅资料")} />;
  return (
    <SplitView
      list={
        <div class="lv-col">
          <Calendars hall={hall} />
          <OwnDays hall={hall} />
        </div>
      }
      detail={<Hours key={JSON.stringify(hall.hours) + (hall.earlier ?? []).length} hall={hall} />}
      hint=""
    />
  );
}

/** The years that are published, and the import of another: the file is read here first and every fault is named. */
function Calendars({ hall }: { hall: Hall }) {
  const sync = useSync();
  const act = useAct();
  const [read, setRead] = useState<Reading | null>(null);
  const imported = [...sync.rows("calendar").value].sort(([, x], [, y]) => y.body.at - x.body.at);
  const people = sync.rows("person").value;
  const years = Object.keys(hall.calendars).sort();
  let next = Number(dayOf(sync.now()).slice(0, 4));
  while (hall.calendars[next]) next += 1;
  const take = async (files: FileList | null) => {
    const file = files?.[0];
    if (file) setRead(readCalendar(await file.text(), hall));
  };
  const send = () =>
    act(async () => {
      const receipt = await sync.save("hall.calendar", { file: read?.text ?? "" }, { rid: "hall" });
      setRead(null);
      return receipt;
    });
  return (
    <Section title={t("年度日历")} aside={t("已公布至 {year} 年", { year: years.at(-1) ?? "—" })}>
      <Notice title={t("{year} 年日历公布后请在此导入日历文件；在此之前，跨入该年的期限和天数为暂定。", { year: String(next) })} />
      <Field label={t("日历文件（JSON）")} hint={t("含年份、依据文件和逐日安排，与通行的节假日数据格式相同。")}>
        {({ id, describedBy }) => <input id={id} type="file" accept="application/json,.json" aria-describedby={describedBy} onChange={(event) => void take(event.currentTarget.files)} />}
      </Field>
      {read?.fault && <Notice tone="bad" title={t("日历文件有误，没有导入：{fault}", { fault: read.fault })} />}
      {read && !read.fault && (
        <Card tone="info">
          <b>{t("{year} 年：{n} 天有安排，其中 {changed} 天与现在不同", { year: read.year, n: read.days, changed: read.changed.length })}</b>
          <small>{read.papers.join(t("、"))}</small>
          <div class="lv-tags">
            {read.changed.slice(0, 12).map((one) => (
              <Tag key={one.day} tone={one.works ? "warn" : "info"}>
                {one.works ? t("{day} {weekday} 上班", { day: monthDay(one.day), weekday: weekday(one.day) }) : t("{day} {weekday} 放假", { day: monthDay(one.day), weekday: weekday(one.day) })}
              </Tag>
            ))}
          </div>
          <Buttons>
            <Button onPress={() => setRead(null)}>{t("放弃")}</Button>
            <Button tone="main" onPress={() => void send()}>{t("导入并重算")}</Button>
          </Buttons>
        </Card>
      )}
      {imported.length > 0 && (
        <List label={t("导入记录")}>
          {imported.map(([rid, { body }]) => (
            <Cell key={rid} title={t("{year} 年 · {version}", { year: body.year, version: rid })} sub={t("{name} 于 {time} 导入，{n} 天改变", { name: personName(people, body.by), time: exact(body.at), n: body.changed })} value={<Tag tone={body.current ? "ok" : "idle"}>{body.current ? t("现行") : t("已替换")}</Tag>} />
          ))}
        </List>
      )}
    </Section>
  );
}

type DayKind = "closed" | "open" | "calendar";

/** Closures and openings of the hall's own. */
function OwnDays({ hall }: { hall: Hall }) {
  const sync = useSync();
  const act = useAct();
  const today = dayOf(sync.now());
  const [first, setFirst] = useState(addDays(today, 1));
  const [last, setLast] = useState(addDays(today, 1));
  const [kind, setKind] = useState<DayKind>("closed");
  const [text, setText] = useState("");
  const said = [...sync.rows("hall.day").value].sort(([, x], [, y]) => y.body.at - x.body.at);
  const words: Record<DayKind, string> = { closed: t("闭厅"), open: t("开放"), calendar: t("按日历") };
  const save = () =>
    act(async () => {
      const receipt = await sync.save("hall.day", { first, last: last < first ? first : last, kind, text: text.trim() }, { rid: "hall" });
      setText("");
      return receipt;
    });
  return (
    <Section title={t("大厅自定开闭")}>
      <div class="lv-pair">
        <DayField label={t("从")} value={first} onChange={setFirst} />
        <DayField label={t("到")} value={last} onChange={setLast} />
      </div>
      <Chips<DayKind> label={t("安排")} options={(["closed", "open", "calendar"] as const).map((value) => ({ value, label: words[value] }))} value={kind} onChange={setKind} hint={worksOn(hall, first) ? t("{day} 现为工作日。", { day: date(first) }) : t("{day} 现为休息日。", { day: date(first) })} />
      <TextField label={t("事由")} value={text} onChange={setText} />
      <Buttons>
        <Button tone="main" onPress={() => void save()}>{t("保存")}</Button>
      </Buttons>
      {said.length > 0 && (
        <List label={t("已定安排")}>
          {said.slice(0, 10).map(([rid, { body }]) => (
            <Cell key={rid} title={body.first === body.last ? date(body.first) : t("{from} 至 {to}", { from: date(body.first), to: date(body.last) })} sub={body.text ?? ""} value={words[body.kind]} />
          ))}
        </List>
      )}
    </Section>
  );
}

const WEEK = ["1", "2", "3", "4", "5", "6", "7"] as const;
const MONDAY = "2026-11-23";

/** Which season a day falls in; before the first of a year, the last of the year before still holds. */
const inForce = (seasons: readonly Season[], day: string): number => {
  const begun = seasons.filter(({ first }) => first <= day.slice(5)).map(({ first }) => first);
  const since = (begun.length > 0 ? begun : seasons.map(({ first }) => first)).sort().at(-1);
  return seasons.findIndex(({ first }) => first === since);
};

/** Opening hours as a table of the week: forenoon and afternoon; from a day on, the days before keep theirs. */
function Hours({ hall }: { hall: Hall }) {
  const sync = useSync();
  const act = useAct();
  const today = dayOf(sync.now());
  // Of a hall that never had a roster nobody is judged yet.
  const first = addDays(today, hall.roster_version > 0 ? 1 : 0);
  const [from, setFrom] = useState(addDays(today, 1));
  const [seasons, setSeasons] = useState<Season[]>(hall.seasons?.length ? hall.seasons : [{ first: "01-01", ...seasonOn(hall, today) }]);
  const [season, setSeason] = useState(() => inForce(seasons, today));
  const shown = seasons[season] ?? seasons[0];
  if (!shown) return null;
  const change = (next: Partial<Season>) => setSeasons(seasons.map((one, index) => (index === season ? { ...one, ...next } : one)));
  const setSpans = (day: string, spans: Spans) => change({ hours: Object.fromEntries(Object.entries({ ...shown.hours, [day]: spans }).filter(([, list]) => list.length > 0)) });
  const save = () =>
    act(() => {
      const one = seasons.length === 1;
      const base = seasons[0] ?? shown;
      return sync.save(
        "hall.opening",
        { valid_from: from, hours: base.hours, seasons: one ? [] : seasons, lunch: base.lunch ?? null },
        { rid: "hall", guard: { hall: sync.rows("hall").value.get("hall")?.ver ?? 0 } },
      );
    });
  return (
    <Section title={t("开放时间")}>
      <Chips label={t("季节")} options={seasons.map((one, index) => ({ value: String(index), label: seasons.length === 1 ? t("全年") : t("{day} 起", { day: monthDay(`2026-${one.first}`) }) }))} value={String(season)} onChange={(index) => setSeason(Number(index))} />
      <Buttons>
        <Button tone="quiet" onPress={() => setSeasons([...seasons, { ...shown, first: "06-01" }])}>{t("加一个季节")}</Button>
        {seasons.length > 1 && (
          <Button tone="quiet" onPress={() => (setSeasons(seasons.filter((_, index) => index !== season)), setSeason(0))}>{t("去掉这个季节")}</Button>
        )}
      </Buttons>
      {seasons.length > 1 && <TextField label={t("起始日（月-日）")} value={shown.first} onChange={(first) => change({ first })} max={5} />}
      <div class="lv-hours num">
        {WEEK.map((day, index) => (
          <DayHours key={`${seasons.length}:${season}:${day}`} name={weekday(addDays(MONDAY, index))} spans={(shown.hours[day] ?? []) as Spans} onChange={(spans) => setSpans(day, spans)} />
        ))}
        <DayHours key={`${seasons.length}:${season}:lunch`} name={t("午间值班")} spans={shown.lunch ? [shown.lunch as [string, string]] : []} onChange={(spans) => change({ lunch: spans[0] ?? null })} single />
      </div>
      <DayField label={t("从哪天起")} value={from} min={first} onChange={setFrom} />
      <Buttons>
        <Button tone="main" disabled={from < first} onPress={() => void save()}>{t("保存开放时间")}</Button>
      </Buttons>
      <small class="muted">{t("之前的日子保持当时的开放时间，已发生的记录不受影响。")}</small>
    </Section>
  );
}

function DayHours({ name, spans, onChange, single = false }: { name: string; spans: Spans; onChange: (spans: Spans) => void; single?: boolean }) {
  const [edges, setEdges] = useState(() => edgesOf(spans));
  const set = (index: number, value: string) => {
    const next = typed(edges, index, value);
    setEdges(next);
    onChange(spansOf(next));
  };
  return (
    <div>
      <span>{name}</span>
      {edges.slice(0, single ? 2 : 4).map((edge, index) => (
        <input key={index} type="time" aria-label={`${name} ${index + 1}`} value={edge} onChange={({ currentTarget }) => set(index, currentTarget.value)} />
      ))}
    </div>
  );
}
