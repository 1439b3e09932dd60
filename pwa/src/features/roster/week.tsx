/** 排班: a week of posts × days for the desk. Arrows move, typing finds a person, Enter opens; gaps and overload are marked by word and shape. */
import { useEffect, useRef, useState } from "preact/hooks";
import { type ScreenProps } from "../../app/feature";
import { monthDay, names, t, tc, weekday } from "../../i18n";
import { Button, Chips, Empty, Loading, Tag, toast } from "../../ui";
import { postTitle, walkingOrder } from "../hall/names";
import { lunchSpan } from "../hall/hours";
import { postedSessions } from "../hall/rules";
import { CellSheet } from "./cell";
import { ConsentSheet } from "./consent";
import { addDays, cellId, cellOf, judge, lunchSeat, moved, seatAt, sessionsOf, shownDays, weekOf, type GridCell, type GridRows, type Place, type Verdict } from "./grid";
import { PublishSheet } from "./publish";
import { mayWrite, useRoster, type Roster } from "./rows";
import { gapWord } from "./words";
import "./roster.css";

export default function Week({ query }: ScreenProps) {
  const roster = useRoster();
  const { rows, today, me, sync } = roster;
  const [from, setFrom] = useState(weekOf(query.get("day") ?? today)[0] ?? today);
  const [zone, setZone] = useState("");
  const [publishing, setPublishing] = useState(false);
  const asked = query.get("consent");
  const [agreeing, setAgreeing] = useState(asked !== null);
  if (!rows || !me) return <Loading />;
  const week = weekOf(from);
  const days = shownDays(rows, week);
  const order = walkingOrder(sync.rows("post").value, rows.hall.zones).filter((post) => mayWrite(me, rows.posts.get(post)?.unit ?? ""));
  const posts = order.filter((post) => zone === "" || rows.posts.get(post)?.zone === zone);
  const zones = rows.hall.zones.filter((one) => order.some((post) => rows.posts.get(post)?.zone === one.id));
  const drafts = [...rows.drafts.values()].filter((draft) => week.includes(draft.day) && order.includes(draft.post)).length;
  const copy = async () => {
    // A week is copied from the one before it; what is past stays as it was.
    const first = days.find((day) => day >= today);
    if (!first) return toast(t("这一周已经过去。"));
    const span = 7 - week.indexOf(first);
    await sync.save("roster.copy", { from_day: addDays(first, -7), to_day: first, days: span, posts: order.length === rows.posts.size ? [] : order });
    toast(t("已按上周填好草稿，发布前请核对。"));
  };
  return (
    <div class="wide stack roster">
      <div class="row wrap">
        <div class="row">
          <Button icon="back" label={t("上一周")} onPress={() => setFrom(addDays(from, -7))}>
            {""}
          </Button>
          <b class="num">{t("{from} 至 {to}", { from: monthDay(from), to: monthDay(addDays(from, 6)) })}</b>
          <Button icon="chevron" label={t("下一周")} onPress={() => setFrom(addDays(from, 7))}>
            {""}
          </Button>
        </div>
        <span class="grow" />
        {me.roles.includes("HEAD") && <Button onPress={() => setAgreeing(true)}>{t("同意多岗B岗")}</Button>}
        <Button onPress={() => void copy()}>{t("复制上周")}</Button>
        {drafts > 0 && <Button onPress={() => void sync.save("roster.discard", { from_day: week[0] ?? from, to_day: week[6] ?? from, posts: order })}>{t("放弃草稿")}</Button>}
        <Button tone="main" disabled={drafts === 0} onPress={() => setPublishing(true)}>
          {drafts > 0 ? t("发布（{n} 处改动）", { n: drafts }) : t("没有待发布的改动")}
        </Button>
      </div>
      {zones.length > 1 && (
        <Chips label={t("区域")} hideLabel options={[{ value: "", label: t("全部") }, ...zones.map((one) => ({ value: one.id, label: names(one.names) }))]} value={zone} onChange={setZone} />
      )}
      {days.length === 0 && <Empty icon="ledger" title={t("这一周不开门")} />}
      {days.length > 0 && posts.length > 0 && <Grid roster={roster} rows={rows} days={days} posts={posts} />}
      {posts.length === 0 && (
        <Empty icon="post" title={t("还没有岗位")}>
          {t("先在“组织”里建立岗位，或从表格导入。")}
        </Empty>
      )}
      <p class="muted">{t("方向键移动，直接输入姓名或工号找人，回车打开，删除键清空；先存为草稿，发布后全厅可见。")}</p>
      {agreeing && <ConsentSheet roster={roster} rows={rows} week={week} asked={asked ?? ""} onClose={() => setAgreeing(false)} />}
      <PublishSheet open={publishing} roster={roster} rows={rows} days={days.filter((day) => day >= today)} posts={order} onClose={() => setPublishing(false)} />
    </div>
  );
}

interface GridProps {
  roster: Roster;
  rows: GridRows;
  days: readonly string[];
  posts: readonly string[];
}

function Grid({ roster, rows, days, posts }: GridProps) {
  const { me, sync, today } = roster;
  const [at, setAt] = useState<Place>({ row: 0, column: Math.max(0, days.indexOf(today)) });
  const [open, setOpen] = useState<{ cell: GridCell; typed: string } | null>(null);
  const table = useRef<HTMLTableElement>(null);
  const opened = useRef(false);
  const show = (cell: GridCell, typed: string) => {
    opened.current = true;
    setOpen({ cell, typed });
  };
  // What is typed before the field has the focus is not lost.
  useEffect(() => {
    const typedOn = (event: KeyboardEvent) => {
      const inField = event.target instanceof HTMLInputElement;
      if (!opened.current || inField || event.key.length !== 1 || event.repeat) return;
      event.preventDefault(); // the field may get the focus before the key has done its own work
      setOpen((now) => now && { ...now, typed: now.typed + typedBy(event) });
    };
    addEventListener("keydown", typedOn, true);
    return () => removeEventListener("keydown", typedOn, true);
  }, []);
  const head = me?.roles.includes("HEAD") ? me.unit : "";
  const verdicts = new Map(days.map((day) => [day, judge(rows, day, head)]));
  const focus = (place: Place) => {
    setAt(place);
    table.current?.querySelectorAll<HTMLElement>("tbody tr")[place.row]?.querySelectorAll<HTMLElement>("[role=gridcell] > button")[place.column]?.focus();
  };
  const clear = (cell: GridCell) => void sync.save("roster.draft", { cells: [{ day: cell.day, post: cell.post }] });
  const keys = (event: KeyboardEvent, place: Place, cell: GridCell) => {
    if (opened.current || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moved(place, event.key, posts.length, days.length);
    if (next) focus(next);
    else if (cell.day >= today && (event.key === "Delete" || event.key === "Backspace")) clear(cell);
    else if (cell.day >= today && event.key.length === 1 && event.key !== " ") show(cell, typedBy(event));
    else return;
    event.preventDefault();
  };
  const [back, setBack] = useState<Place | null>(null);
  const close = (down: boolean) => {
    opened.current = false;
    setOpen(null);
    setBack(down ? { ...at, row: Math.min(posts.length - 1, at.row + 1) } : { ...at });
  };
  // Nothing behind the dialog takes the focus before the dialog has gone.
  useEffect(() => {
    if (back) focus(back);
  }, [back]);
  return (
    <>
      <div class="table grid-scroll">
        <table class="grid" role="grid" ref={table} aria-label={t("一周排班")}>
          <thead>
            <tr>
              <th scope="col">{t("岗位")}</th>
              {days.map((day) => (
                <th key={day} scope="col" class={day === today ? "today" : ""}>
                  {weekday(day)} {postedSessions(rows.hall, day).length === 0 && <Tag tone="idle">{tc("calendar", "休")}</Tag>}
                  <small class="num">{monthDay(day)}</small>
                  <DayMark verdict={verdicts.get(day)} posts={posts} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {posts.map((post, row) => (
              <tr key={post}>
                <th scope="row">
                  <b>{postTitle(rows.posts.get(post))}</b>
                  <small class="muted">{names(rows.units.get(rows.posts.get(post)?.unit ?? "")?.names)}</small>
                </th>
                {days.map((day, column) => {
                  const cell = cellOf(rows, day, post);
                  const here = { row, column };
                  return (
                    <td key={day} role="gridcell">
                      <button
                        type="button"
                        class={`duty ${cell.draft ? "draft" : ""}`}
                        tabIndex={at.row === row && at.column === column ? 0 : -1}
                        disabled={day < today}
                        onFocus={() => setAt(here)}
                        onClick={() => show(cell, "")}
                        onKeyDown={(event) => keys(event, here, cell)}
                      >
                        <CellFace rows={rows} cell={cell} verdict={verdicts.get(day)} />
                      </button>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {open && <CellSheet key={cellId(open.cell.day, open.cell.post)} roster={roster} rows={rows} cell={open.cell} typed={open.typed} onClose={close} />}
    </>
  );
}

/** A letter only opens the field, since it may begin a word of an input method; a figure begins a badge number. */
const typedBy = (event: KeyboardEvent): string => (/^[a-z ]$/i.test(event.key) || event.ctrlKey || event.metaKey || event.altKey ? "" : event.key);

/** How many gaps a day still has. */
function DayMark({ verdict, posts }: { verdict: Verdict | undefined; posts: readonly string[] }) {
  const gaps = posts.filter((post) => verdict?.gaps.has(post)).length;
  return gaps > 0 ? <Tag tone="bad">{t("缺口 {n}", { n: gaps })}</Tag> : null;
}

function CellFace({ rows, cell, verdict }: { rows: GridRows; cell: GridCell; verdict: Verdict | undefined }) {
  const first = seatAt(cell.plan, 0);
  const name = (uid: string) => (uid ? (rows.people.get(uid)?.name ?? "—") : "—");
  const gap = verdict?.gaps.get(cell.post);
  const load = verdict?.loads.get(first.b);
  const sessions = sessionsOf(cell.plan);
  const lunch = lunchSpan(rows.hall, cell.day) ? lunchSeat(cell.plan).a : "";
  return (
    <>
      <span class="a">{name(first.a)}</span>
      <span class="b">{first.b || first.c ? [first.b, first.c].filter(Boolean).map(name).join(t("、")) : ""}</span>
      {lunch && <small class="muted">{t("午间：{name}", { name: name(lunch) })}</small>}
      {sessions.length > 1 && <small class="muted">{t("下午：{name}", { name: name(sessions.at(-1)?.a ?? "") })}</small>}
      {gap && <Tag tone="bad">{gapWord(gap.kind)}</Tag>}
      {!gap && (verdict?.double.has(first.a) || verdict?.double.has(lunch)) && <Tag tone="warn">{t("同时两岗")}</Tag>}
      {!gap && load && <Tag tone={load.consent ? "bad" : "warn"}>{t("B岗 {n} 处", { n: load.posts })}</Tag>}
      {!gap && !load && verdict?.partial.has(cell.post) && first.b && <Tag tone="warn">{t("B岗不全")}</Tag>}
      {cell.draft && <small class="mark">{t("草稿")}</small>}
    </>
  );
}
