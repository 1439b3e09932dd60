/** The cards of what the office has put on the board (DSP-01); fetched after the first paint. */
import { monthDay, names, t, yearMonth } from "../i18n";
import type { BoardPublic, Hall } from "../sync/types.gen";
import { percent } from "./cards";
import { emsOf } from "./model";
import { Qr } from "./qr";
import "./codes.css";
import "./said.css";

interface Props {
  said: BoardPublic;
  hall: Hall;
}

/** A text that fills more than so many ems is set smaller. */
const LONG_EMS = 50;

export function Said({ said, hall }: Props) {
  if (said.kind === "leader") return <Leader said={said} hall={hall} />;
  if (said.kind === "channel") return <Contact said={said} hall={hall} />;
  if (said.progress) return <Progress told={said.progress} />;
  return said.kind === "figures" ? <Figures said={said} /> : <Words said={said} />;
}

function Words({ said }: { said: BoardPublic }) {
  const words = names(said.words);
  return (
    <div class={emsOf(words) > LONG_EMS ? "said long" : "said"}>
      <h3>{names(said.title)}</h3>
      <p>{words}</p>
    </div>
  );
}

function Leader({ said, hall }: Props) {
  return (
    <div class="said">
      <b>{said.plate}</b>
      {hall.phone && (
        <>
          <p class="soft">{t("大厅电话")}</p>
          <p class="dial">{hall.phone}</p>
        </>
      )}
    </div>
  );
}

function Contact({ said, hall }: Props) {
  return (
    <div class="said scan">
      <p class="dial">{said.phone || hall.phone}</p>
      {said.link && (
        <>
          <Qr text={said.link} label={t("扫码投诉、建议")} />
          <p>{t("扫码投诉、建议")}</p>
        </>
      )}
      {!said.link && <p>{t("欢迎监督，有诉必复")}</p>}
    </div>
  );
}

/** How far rectification has come, in totals (RCT-05). */
function Progress({ told }: { told: NonNullable<BoardPublic["progress"]> }) {
  const lines = [
    { name: t("发现问题"), n: told.found },
    { name: t("已经整改"), n: told.rectified },
    { name: t("核实销号"), n: told.verified },
  ];
  return (
    <div class="said">
      <p class="soft">{t("{day} 以来", { day: monthDay(told.since) })}</p>
      {lines.map(({ name, n }) => (
        <p key={name}>
          {name}
          <b>{n}</b>
        </p>
      ))}
      <p class="soft">{t("涉及 {m} 家单位，{n} 家全部办结", { m: told.units, n: told.done })}</p>
    </div>
  );
}

/** Last month as the office counted it. Few cases make no share; how many answered stands beside how satisfied they were (SAT-08). */
function Figures({ said }: { said: BoardPublic }) {
  const lines = [
    { name: t("按时办结率"), share: said.in_time },
    { name: t("满意率"), share: said.satisfied },
    { name: t("参评率"), share: said.answered },
  ];
  return (
    <div class="said">
      <p class="soft">{said.month && yearMonth(said.month)}</p>
      {lines.map(
        ({ name, share }) =>
          share && (
            <p key={name}>
              {name}
              <b>{percent(share)}</b>
            </p>
          ),
      )}
      {said.in_time ? <p class="soft">{t("共 {n} 件", { n: said.in_time.whole })}</p> : <p>{t("办件较少，不计比率")}</p>}
    </div>
  );
}
