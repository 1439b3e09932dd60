/** The other layouts of a wall screen (DSP-09): a unit's door plate, the whereabouts board, the office's overview. Fetched when one is paired. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { clock, clockSeconds, dayAndWeekday, names, setLocale, t, tc, zone } from "../i18n";
import type { Hall, PostPublic } from "../sync/types.gen";
import { useTick } from "./board";
import { emergenciesOf, freshness, watch, type Feed } from "./feed";
import { doorOf, linesOn, mayShow, overviewOf, whereaboutsPages, type Inside, type Layout } from "./layouts-model";
import { PAGE_MS, returnOf, rotationOf, shiftAt, stageOf, turnAt, type Cell, type Stage } from "./model";
import { Shape } from "./shape";
import { emergencyTexts, expectedText, labelText, namelessLabelText, returnText, staleText } from "./words";
import "./layouts.css";

interface Props {
  feed: Feed;
  layout: Exclude<Layout, "hall">;
  unit: string;
  post: string;
}

/** What every layout is given: one consistent picture, its age, and the turn of pages and languages. */
interface Frame {
  hall: Hall;
  cells: readonly Cell[];
  stage: Stage;
  now: number;
  step: number;
  stale: string;
  emergency: string;
  asof: number | null;
}

export function LayoutScreen({ feed, layout, unit, post }: Props) {
  const tick = useTick();
  const started = useMemo(() => performance.now(), []);
  const watching = useMemo(() => watch(feed), [feed]);
  useEffect(() => watching.stop, [watching]);
  const step = Math.floor((tick.value - started) / PAGE_MS);
  const { age_ms, asof } = freshness(feed);
  const { hall, cells } = watching.picture.value;
  const stage = stageOf(age_ms, hall?.rules);
  // The overview is the office's own and speaks its language; the others turn through those of the public.
  const rotation = rotationOf(hall?.locale ?? "zh_Hans");
  const pages = layout === "whereabouts" ? whereaboutsPages(cells, linesOn(innerWidth, innerHeight)).length : 1;
  const language = layout === "overview" ? rotation[0] : rotation[turnAt(step, pages, rotation.length, 1).language];
  useEffect(() => void setLocale(language ?? "zh_Hans", { remember: false }).catch(() => undefined), [language]); // the language before stays
  useEffect(() => {
    if (hall) zone.value = hall.tz;
  }, [hall?.tz]);
  if (!hall) {
    return (
      <main class="waiting">
        <p>{t("正在读取窗口状态…")}</p>
      </main>
    );
  }
  const now = feed.now();
  const told = mayShow(stage).persons ? emergenciesOf(feed) : [];
  const emergency = emergencyTexts(told, hall.zones, new Map(cells.map(({ rid, post }) => [rid, post.number]))).join("\u00a0· ");
  const frame: Frame = { hall, cells, stage, now, step, stale: staleText(stage, age_ms, hall.phone), emergency, asof };
  const [x, y] = shiftAt(Math.floor(now / 60_000));
  return (
    <main class={`wall plain ${layout} ${stage}`} style={{ transform: `translate(${x}px, ${y}px)` }} data-stage={stage} data-layout={layout}>
      {layout === "door" ? <DoorPlate frame={frame} unit={unit} post={post} /> : layout === "whereabouts" ? <Whereabouts frame={frame} /> : <OverviewBoard frame={frame} feed={feed} />}
      <Foot frame={frame} />
    </main>
  );
}

/** The date, the hall's telephone, and how fresh all of it is. */
function Foot({ frame: { hall, now, stage, asof } }: { frame: Frame }) {
  return (
    <footer class="foot">
      <span>{dayAndWeekday(now)}</span>
      {hall.phone && <span>{t("大厅电话 {phone}", { phone: hall.phone })}</span>}
      <span class={`asof ${stage}`}>
        {stage === "live" ? t("数据截至") : t("数据更新于")} <b>{asof === null ? "--:--:--" : clockSeconds(asof)}</b>
      </span>
    </footer>
  );
}

function Head({ title, frame }: { title: string; frame: Frame }) {
  return (
    <header class="top">
      {frame.emergency ? (
        <p class="emergency" role="alert">
          {frame.emergency}
        </p>
      ) : frame.stale ? (
        <p class="stale" role="status">
          {frame.stale}
        </p>
      ) : (
        <h1>{title}</h1>
      )}
      <time class="clock">{clockSeconds(frame.now)}</time>
    </header>
  );
}

/** 单位门牌: who serves at which window, or the class of reason while all are away (AWY-02); a window's own screen has that one alone. */
function DoorPlate({ frame, unit, post }: { frame: Frame; unit: string; post: string }) {
  const door = doorOf(frame.cells, unit, post);
  const { persons, states } = mayShow(frame.stage);
  return (
    <>
      <Head title={door.unit ? names(door.unit) : names(frame.hall.names)} frame={frame} />
      {door.away && states && (
        <section class="allaway" data-label={door.away.label}>
          <h2>
            <Shape label={door.away.label} />
            {t("全室离岗：{label}", { label: classText(door.away.label) })}
          </h2>
          {persons && door.away.back_at !== null && <p>{backSentence(door.away.back_at, frame.now)}</p>}
          {door.away.go_to && <p>{t("请至 {n} 号窗口办理", { n: door.away.go_to })}</p>}
        </section>
      )}
      <ol class={post ? "plates one" : "plates"}>
        {door.cells.map((cell) => (
          <Plate key={cell.rid} cell={cell} frame={frame} />
        ))}
      </ol>
    </>
  );
}

function Plate({ cell: { rid, post }, frame }: { cell: Cell; frame: Frame }) {
  const { persons, states } = mayShow(frame.stage);
  const back = persons ? returnText(post, frame.now) : "";
  return (
    <li class="plate" data-post={rid} data-label={states ? post.label : ""}>
      <b class="number">{post.number}</b>
      <span class="what">{post.services.map((one) => names(one)).join(t("、"))}</span>
      {states && (
        <span class="state">
          <Shape label={post.label} />
          <span class="label">{persons ? labelText(post) : namelessLabelText(post)}</span>
          {back && <span class="back">{back}</span>}
        </span>
      )}
      {persons && <span class="who">{post.plate}</span>}
      {persons && post.b && !post.go_to && <span class="b">{tc("大屏", "B岗 {name}", { name: post.b })}</span>}
      {post.go_to && states && <span class="go">{tc("大屏", "请至{n}号", { n: post.go_to })}</span>}
    </li>
  );
}

/** 人员去向公示 (AWY-10): a public promise, by plate; who is away stands first. */
function Whereabouts({ frame }: { frame: Frame }) {
  const { persons, states } = mayShow(frame.stage);
  const pages = whereaboutsPages(frame.cells, linesOn(innerWidth, innerHeight));
  const page = pages[frame.step % pages.length] ?? [];
  return (
    <>
      <Head title={t("人员去向公示")} frame={frame} />
      <table class="where">
        <thead>
          <tr>
            <th>{t("窗口")}</th>
            <th>{t("单位")}</th>
            <th>{t("工作人员")}</th>
            <th>{t("去向")}</th>
            <th>{t("预计返回")}</th>
            <th>{t("代办")}</th>
          </tr>
        </thead>
        <tbody>
          {page.map(({ rid, post }) => (
            <tr key={rid} data-label={states ? post.label : ""}>
              <td class="number">{post.number}</td>
              <td>{names(post.unit)}</td>
              <td>{persons ? post.plate : "—"}</td>
              <td class="label">{states ? <LabelOf post={post} /> : "—"}</td>
              <td class="time">{persons ? backOf(post, frame.now) : "—"}</td>
              <td>{persons ? (post.stand_in ?? (post.go_to ? tc("大屏", "请至{n}号", { n: post.go_to }) : "")) : "—"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="pageno">
        {(frame.step % pages.length) + 1} / {pages.length}
      </p>
    </>
  );
}

function LabelOf({ post }: { post: PostPublic }) {
  return (
    <>
      <Shape label={post.label} />
      <span>{post.all_away ? classText(post.all_away) : namelessLabelText(post)}</span>
    </>
  );
}

function backOf(post: PostPublic, now: number): string {
  const at = returnOf(post, now);
  return at === null ? "" : at === "soon" ? tc("大屏", "请稍候") : clock(at);
}

const backSentence = (at: number, now: number): string => (at > now ? t("预计 {time} 返回", { time: clock(at) }) : t("请稍候，工作人员即将返回"));

/** A class of the closed set in words, without a name. */
const classText = (label: PostPublic["label"]): string => namelessLabelText({ number: "", zone: "", order: 0, unit: {}, services: [], label, plate: "", since: 0 });

/** 总览 for a screen in the office (P1): figures first, then what nobody serves, then who is where. */
function OverviewBoard({ frame, feed }: { frame: Frame; feed: Feed }) {
  const { persons, states } = mayShow(frame.stage);
  const rows = useInside(feed);
  const all = overviewOf(rows);
  const figures: [string, number, string][] = [
    [t("在岗"), all.here, "on_post"],
    [t("代办"), all.covered, "covered"],
    [t("离岗"), all.away, "step_away"],
    [t("缺口"), all.gaps.length, all.gaps.length > 0 ? "suspended" : "closed"],
    [t("逾期未归"), all.overdue, all.overdue > 0 ? "suspended" : "closed"],
  ];
  return (
    <>
      <Head title={t("在岗总览（内部）")} frame={frame} />
      {states && (
        <>
          <ul class="figures">
            {figures.map(([name, n, label]) => (
              <li key={name} data-label={label}>
                <b>{n}</b>
                <span>{name}</span>
              </li>
            ))}
          </ul>
          <div class="halves">
            <section>
              <h2>
                {t("现在的缺口")} <More n={all.gaps.length - ROWS} />
              </h2>
              {all.gaps.length === 0 ? <p class="soft">{t("没有缺口，应到岗位都有人")}</p> : <InsideList list={all.gaps.slice(0, ROWS)} persons={persons} now={frame.now} />}
            </section>
            <section>
              <h2>
                {t("离岗人员")} <More n={all.gone.length - ROWS} />
              </h2>
              {all.gone.length === 0 ? <p class="soft">{t("现在没有人离岗。")}</p> : <InsideList list={all.gone.slice(0, ROWS)} persons={persons} now={frame.now} />}
            </section>
          </div>
        </>
      )}
    </>
  );
}

const ROWS = 6;

/** How many do not stand below for want of room. */
const More = ({ n }: { n: number }) => (n > 0 ? <small class="soft">{t("另有 {n} 个", { n })}</small> : null);

/** The inside faces, live. */
function useInside(feed: Feed): [string, Inside["post"]][] {
  const [rows] = useState(() => feed.rows("post.in"));
  return Array.from(rows.value, ([rid, view]) => [rid, view.body]);
}

function InsideList({ list, persons, now }: { list: readonly Inside[]; persons: boolean; now: number }) {
  return (
    <ol class="inside">
      {list.map(({ rid, post }) => (
        <li key={rid} data-label={post.overdue ? "suspended" : post.label}>
          <b class="number">{post.number}</b>
          <span class="names">{persons ? t("{a}（B岗 {b}）", { a: post.a || "—", b: post.b || "—" }) : names(post.unit)}</span>
          <span class="state">
            <Shape label={post.label} />
            {persons && post.by ? tc("大屏", "由{name}代办", { name: post.by }) : namelessLabelText({ ...post, services: [], plate: "" })}
          </span>
          {persons && <span class="detail">{detailOf(post, now)}</span>}
        </li>
      ))}
    </ol>
  );
}

function detailOf(post: Inside["post"], now: number): string {
  return [post.destination ?? "", expectedText(post, now)].filter(Boolean).join(t("；"));
}
