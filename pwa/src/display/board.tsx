/** The lobby board: one glance at three to five metres, honest about its own age. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { clockSeconds, dayOf, names, setLocale, t, zone } from "../i18n";
import { cardsOf, standing } from "./cards";
import { Cell } from "./cell";
import { lunchNow } from "./hours";
import { emergenciesOf, freshness, markOf, saidOn, watch, type Feed } from "./feed";
import { PAGE_MS, COLUMN, pagesOf, rotationOf, shiftAt, stageOf, staticPagesOf, suspendedOf, turnAt, type Cell as CellOf } from "./model";
import { Side } from "./side";
import { emergencyTexts, isLeaving, staleText, suspendedText } from "./words";

/** A signal of the monotonic time, renewed every half second. */
export function useTick() {
  const tick = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => (tick.value = performance.now()), 500);
    return () => clearInterval(timer);
  }, [tick]);
  return tick;
}

interface BandProps {
  title: string;
  /** Said over everything else, one after the other (EMG-08). */
  emergency: readonly string[];
  suspended: readonly CellOf[];
  turn: number;
  stale: string;
  now: number;
}

/** The top line: what must be read first. An emergency before staleness before suspended windows before lunch duty before the hall's name. */
function Band({ title, emergency, suspended, turn, stale, now }: BandProps) {
  const alert = suspended[turn % Math.max(1, suspended.length)];
  return (
    <header class="band">
      {emergency.length > 0 ? (
        <h1 class="emergency">
          <span role="alert">{emergency[turn % emergency.length]}</span>
        </h1>
      ) : stale ? (
        <h1 class="stale">
          <span role="status">{stale}</span>
        </h1>
      ) : alert ? (
        <h1 class="alert">
          <span role="status">{suspendedText(alert.post)}</span>
          {suspended.length > 1 && <small>{`${(turn % suspended.length) + 1}/${suspended.length}`}</small>}
        </h1>
      ) : (
        <h1>{title}</h1>
      )}
      <time class="clock">{clockSeconds(now)}</time>
    </header>
  );
}

function Waiting() {
  return (
    <main class="waiting">
      <p>{t("正在读取窗口状态…")}</p>
    </main>
  );
}

export function Board({ feed }: { feed: Feed }) {
  const tick = useTick();
  const started = useMemo(() => performance.now(), []);
  const watching = useMemo(() => watch(feed), [feed]);
  useEffect(() => watching.stop, [watching]);
  const step = Math.floor((tick.value - started) / PAGE_MS);
  const { age_ms, asof } = freshness(feed);
  const { hall, cells, lifted } = watching.picture.value;
  const stage = stageOf(age_ms, hall?.rules);
  const pages = stage === "static" ? staticPagesOf(cells) : pagesOf(cells);
  const rotation = rotationOf(hall?.locale ?? "zh_Hans");
  const beacon = stage === "live" ? feed.beacon.value : null;
  const said = standing(saidOn(feed), dayOf(feed.now()), stage !== "hidden" && stage !== "static");
  const cards = cardsOf(said, beacon !== null);
  const turn = turnAt(step, pages.length, rotation.length, cards.length);
  const language = rotation[turn.language] ?? "zh_Hans";
  useEffect(() => void setLocale(language, { remember: false }).catch(() => undefined), [language]); // a text that is not there stays in the language before
  useEffect(() => {
    if (hall) zone.value = hall.tz;
  }, [hall?.tz]);

  if (!hall) return <Waiting />;
  const now = feed.now();
  const [x, y] = shiftAt(Math.floor(now / 60_000));
  const page = pages[turn.page] ?? [];
  const single = cells.length <= COLUMN;
  const lunch = lunchNow(hall, now);
  const told = stage === "hidden" || stage === "static" ? [] : emergenciesOf(feed);
  return (
    <main class={`wall ${stage} ${isLeaving(told) ? "leaving" : ""}`} style={{ transform: `translate(${x}px, ${y}px)` }} data-stage={stage}>
      <Band
        title={lunch || names(hall.names)}
        emergency={emergencyTexts(told, hall.zones, new Map(cells.map(({ rid, post }) => [rid, post.number])))}
        suspended={suspendedOf(cells)}
        turn={step}
        stale={staleText(stage, age_ms, hall.phone)}
        now={now}
      />
      <ol class={single ? "grid single" : "grid"}>
        {page.map((cell) => (
          <Cell key={cell.rid} cell={cell} stage={stage} now={now} lifted={(lifted.get(cell.rid) ?? 0) > tick.value} single={single} lunch={lunch !== ""} />
        ))}
      </ol>
      <Side hall={hall} now={now} card={cards[turn.card] ?? { id: "hours", said: null }} page={turn.page} pages={pages} stage={stage} asof={asof} site={feed.site} beacon={beacon} mark={markOf(feed)} />
    </main>
  );
}
