/** The narrow column: date, page, one slowly changing card, and how fresh all of it is. Everything from the hall's own row. */
import { useEffect, useState } from "preact/hooks";
import { clockSeconds, monthDay, names, t, weekday } from "../i18n";
import type { Beacon, BoardPublic, Hall } from "../sync/types.gen";
import type { Card } from "./cards";
import { hoursText } from "./hours";
import { exceptionsOf, type Cell, type Stage } from "./model";

/** Both codes to scan come after the first paint; a screen that cannot fetch them does without. */
function Codes({ site, beacon, mark }: Pick<SideProps, "site" | "mark"> & { beacon: Beacon }) {
  const [codes, setCodes] = useState<typeof import("./codes")>();
  useEffect(() => void import("./codes").then(setCodes, () => undefined), []);
  return (
    <section class="card codes" data-card="codes">
      {codes && <codes.TimeCode site={site} beacon={beacon} mark={mark} />}
      {codes && <codes.LogCode site={site} />}
    </section>
  );
}

/** So do the office's own words. */
function Own({ said, hall }: { said: BoardPublic; hall: Hall }) {
  const [words, setWords] = useState<typeof import("./said")>();
  useEffect(() => void import("./said").then(setWords, () => undefined), []);
  return words ? <words.Said said={said} hall={hall} /> : null;
}

function Promises() {
  return (
    <ul class="promises">
      <li>{t("首问负责，有问必答")}</li>
      <li>{t("一次告知，材料说全")}</li>
      <li>{t("限时办结，超时说明")}</li>
      <li>{t("离岗告示，有人代办")}</li>
    </ul>
  );
}

function Hours({ hall, now }: { hall: Hall; now: number }) {
  return (
    <div>
      {hoursText(hall, now).map(({ days, spans }) => (
        <div key={days}>
          <p>{days}</p>
          {spans.map((span) => (
            <p key={span} class="span">
              {span}
            </p>
          ))}
        </div>
      ))}
    </div>
  );
}

function Phone({ hall }: { hall: Hall }) {
  return (
    <div>
      <p class="phone">{hall.phone}</p>
      <p>{t("欢迎监督，有诉必复")}</p>
    </div>
  );
}

const TITLES: Record<Exclude<Card["id"], "codes">, () => string> = {
  hours: () => t("服务时间"),
  notice: () => t("通知公告"),
  leader: () => t("值班领导"),
  promise: () => t("服务承诺"),
  channel: () => t("监督电话"),
  figures: () => t("上月办件"),
  progress: () => t("整改进度"),
  procedure: () => t("办事程序"),
  basis: () => t("办事依据"),
  term: () => t("办事时限"),
  result: () => t("办事结果"),
};

function CardOf({ hall, now, id, said }: { hall: Hall; now: number; id: keyof typeof TITLES; said: BoardPublic | null }) {
  return (
    <section class="card" data-card={id}>
      <h2>{TITLES[id]()}</h2>
      {said ? <Own said={said} hall={hall} /> : id === "hours" ? <Hours hall={hall} now={now} /> : id === "promise" ? <Promises /> : <Phone hall={hall} />}
      {!said && <footer>{names(hall.names)}</footer>}
    </section>
  );
}

/** The zones a page has come to, in words; exceptions stand on every page and tell nothing about it. */
function zonesOf(hall: Hall, page: readonly Cell[]): string[] {
  const loud = exceptionsOf(page);
  const quiet = page.filter((cell) => !loud.includes(cell));
  const ids = new Set((quiet.length > 0 ? quiet : page).map((cell) => cell.post.zone));
  return hall.zones.filter((zone) => ids.has(zone.id)).map((zone) => names(zone.names));
}

interface SideProps {
  hall: Hall;
  now: number;
  card: Card;
  page: number;
  pages: readonly (readonly Cell[])[];
  stage: Stage;
  /** Server time the picture was true at, ms. */
  asof: number | null;
  site: string;
  /** The newest time mark, while the site is heard. */
  beacon: Beacon | null;
  /** The code of the zone it hangs in; "" where none is known. */
  mark: string;
}

export function Side({ hall, now, card, page, pages, stage, asof, site, beacon, mark }: SideProps) {
  return (
    <aside class="side">
      <div class="day">
        <b>{monthDay(now)}</b>
        <span>{weekday(now)}</span>
      </div>
      {/* Two codes that can be scanned from where one stands need the room of the page's zones. */}
      {card.id !== "codes" && (
        <div class="page">
          <b>
            {page + 1}
            <small> / {pages.length}</small>
          </b>
          {zonesOf(hall, pages[page] ?? []).map((zone) => (
            <span key={zone}>{zone}</span>
          ))}
        </div>
      )}
      {card.id !== "codes" ? <CardOf hall={hall} now={now} id={card.id} said={card.said} /> : beacon && <Codes site={site} beacon={beacon} mark={mark} />}
      <div class={`asof ${stage}`}>
        <span>{stage === "live" ? t("数据截至") : t("数据更新于")}</span>
        <b>{asof === null ? "--:--:--" : clockSeconds(asof)}</b>
      </div>
    </aside>
  );
}
