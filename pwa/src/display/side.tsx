/** The narrow column: date, page, one slowly changing card, and how fresh all of it is. Everything from the hall's own row. */
import { useEffect, useState } from "preact/hooks";
import { clockSeconds, monthDay, names, t, weekday } from "../i18n";
import type { Beacon, Hall } from "../sync/types.gen";
import { hoursText } from "./hours";
import { isException, type Cell, type Stage } from "./model";

/** Cards of the side column, in their turn: codes to scan only while the site is heard. */
const CARDS = 3;
const CODES = 2;

export function cardsOf(beacon: Beacon | null): number {
  return beacon ? CARDS + CODES : CARDS;
}

/** The codes come after the first paint; a screen that cannot fetch them does without. */
function Code({ card, site, beacon }: { card: number; site: string; beacon: Beacon }) {
  const [codes, setCodes] = useState<typeof import("./codes")>();
  useEffect(() => void import("./codes").then(setCodes, () => undefined), []);
  if (!codes) return null;
  return card === CARDS ? <codes.TimeCode site={site} beacon={beacon} /> : <codes.LogCode site={site} />;
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

function Hours({ hall }: { hall: Hall }) {
  return (
    <div>
      {hoursText(hall).map(({ days, spans }) => (
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

type CardProps = Pick<SideProps, "hall" | "card" | "site" | "beacon">;

function Card({ hall, card, site, beacon }: CardProps) {
  const titles = [t("服务时间"), t("服务承诺"), t("监督电话"), t("时间码"), t("存证日志")];
  return (
    <section class="card">
      <h2>{titles[card]}</h2>
      {card === 0 ? <Hours hall={hall} /> : card === 1 ? <Promises /> : card === 2 || !beacon ? <Phone hall={hall} /> : <Code card={card} site={site} beacon={beacon} />}
      {card < CARDS && <footer>{names(hall.names)}</footer>}
    </section>
  );
}

/** The zones a page has come to, in words; exceptions stand on every page and tell nothing about it. */
function zonesOf(hall: Hall, page: readonly Cell[]): string[] {
  const quiet = page.filter((cell) => !isException(cell.post));
  const ids = new Set((quiet.length > 0 ? quiet : page).map((cell) => cell.post.zone));
  return hall.zones.filter((zone) => ids.has(zone.id)).map((zone) => names(zone.names));
}

interface SideProps {
  hall: Hall;
  now: number;
  card: number;
  page: number;
  pages: readonly (readonly Cell[])[];
  stage: Stage;
  /** Server time the picture was true at, ms. */
  asof: number | null;
  site: string;
  /** The newest time mark, while the site is heard. */
  beacon: Beacon | null;
}

export function Side({ hall, now, card, page, pages, stage, asof, site, beacon }: SideProps) {
  return (
    <aside class="side">
      <div class="day">
        <b>{monthDay(now)}</b>
        <span>{weekday(now)}</span>
      </div>
      <div class="page">
        <b>
          {page + 1}
          <small> / {pages.length}</small>
        </b>
        {zonesOf(hall, pages[page] ?? []).map((zone) => (
          <span key={zone}>{zone}</span>
        ))}
      </div>
      <Card hall={hall} card={card} site={site} beacon={beacon} />
      <div class={`asof ${stage}`}>
        <span>{stage === "live" ? t("数据截至") : t("数据更新于")}</span>
        <b>{asof === null ? "--:--:--" : clockSeconds(asof)}</b>
      </div>
    </aside>
  );
}
