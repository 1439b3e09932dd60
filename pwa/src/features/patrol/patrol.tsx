/** 巡查, the inspector's first screen: which round is due, which windows are left, what must be looked at again (PTL-01..04). */
import { go, Lazy, toTop } from "../../app/feature";
import { clock, t } from "../../i18n";
import type { RoundStart } from "../../sync/types.gen";
import { BigButton, Button, Card, Loading, Section, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postNames } from "../hall/names";
import { Mine } from "./mine";
import { dueSlot, roundView, runningRound, slotOf, slotRound } from "./model";
import { Rechecks } from "./recheck";
import { RoundScreen } from "./round";
import { usePatrol, type Patrol } from "./rows";
import { slotWord, typeWord } from "./words";
import "./patrol.css";

const next = () => import("./next");

export default function PatrolHome() {
  const patrol = usePatrol();
  const { rows, uid, now, me } = patrol;
  if (!rows.hall || !me) return <Loading />;
  const running = runningRound(rows.rounds, uid);
  if (running) return <RoundScreen patrol={patrol} rid={running.rid} round={running.round} view={roundView(rows, running.rid, now)} />;
  return (
    <>
      <Due patrol={patrol} />
      <Rechecks patrol={patrol} />
      <Mine patrol={patrol} />
    </>
  );
}

/** The round of this hour: due, done by somebody, or none while the hall is closed. */
function Due({ patrol }: { patrol: Patrol }) {
  const { sync, rows, now } = patrol;
  const slot = dueSlot(rows.hall, now);
  const { made, start: may } = slotRound(rows.rounds, slot);
  const act = useAct();
  const start = async (type: RoundStart["type"]) => {
    await act(() => sync.save("patrol.start", { slot: slot ?? slotOf(sync.now()), type, at: sync.now() }));
    toTop();
  };
  const others: RoundStart["type"][] = ["irregular", "opening", "closing"];
  return (
    <Section title={slot ? slotWord(slot) : t("没有应巡的时段")}>
      <Card tone={made && !made.missing ? "ok" : slot ? "warn" : "info"}>
        {made ? (
          <p>
            <Tag tone={made.missing ? "warn" : made.state === "done" ? "ok" : "info"}>{made.missing ? t("还有 {n} 个岗位没有看", { n: made.missing }) : made.state === "done" ? t("本时段已巡") : t("本时段巡查中")}</Tag>{" "}
            {t("{name}，{time} 开始，记录 {n} 条。", { name: personName(rows.people, made.inspector), time: clock(made.started_at), n: made.exceptions })}
            {made.left && <small class="block">{postNames(rows.posts, made.left)}</small>}
          </p>
        ) : slot ? (
          <p>{t("本时段还没有巡查。")}</p>
        ) : (
          <Lazy load={next} props={{ hall: rows.hall, now }} quiet />
        )}
        {slot && may === "first" && <BigButton label={t("开始巡查")} sub={slotWord(slot)} icon="patrol" onPress={() => void start("hourly")} />}
        {may === "another" && (
          <Button icon="patrol" onPress={() => void start("hourly")}>
            <span>
              {t("另开本时段一轮")}
              <small class="block">{t("两轮都保留，时段只计一次。")}</small>
            </span>
          </Button>
        )}
        <details class="fold" open={!slot}>
          <summary>{t("不定时、开门、关门巡查")}</summary>
          <div class="row wrap">
            {others.map((type) => (
              <Button key={type} onPress={() => void start(type)}>
                {typeWord(type)}
              </Button>
            ))}
          </div>
        </details>
        <Button tone="quiet" icon="flag" onPress={() => go("/findings")}>
          {t("查看发现")}
        </Button>
      </Card>
    </Section>
  );
}
