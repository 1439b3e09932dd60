/** The second look: a countdown per empty post, one tap for what is seen then (PTL-04, EVD-08). */
import { useState } from "preact/hooks";
import { useNow } from "../../app/feature";
import { clock, dayOf, t } from "../../i18n";
import type { Observe } from "../../sync/types.gen";
import { Button, Buttons, Cell, List, Section, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";
import { asksOf, codesOf, knewOf, rechecksOf, runningRound, type Recheck, type Seen } from "./model";
import type { Patrol } from "./rows";

export function Rechecks({ patrol }: { patrol: Patrol }) {
  const { rows, uid, now } = patrol;
  const owed = [...rechecksOf(rows.observations, uid, now), ...asksOf(rows.asks, rows.observations, now)];
  if (owed.length === 0) return null;
  return (
    <Section title={t("待复查")} aside={t("{n} 处", { n: owed.length })}>
      <List>
        {owed.map((one) => (
          <RecheckCard key={one.rid} patrol={patrol} recheck={one} />
        ))}
      </List>
    </Section>
  );
}

function RecheckCard({ patrol, recheck }: { patrol: Patrol; recheck: Recheck }) {
  const { sync, rows, synced_at } = patrol;
  const now = useNow(1000);
  const act = useAct();
  const [early, setEarly] = useState(false);
  const { observation, due_at } = recheck;
  const left_ms = due_at - now;
  const duty = rows.duties.get(`${dayOf(observation.at)}:${observation.post}`)?.body;
  const record = (seen: Seen) => {
    const at = sync.now();
    const round = observation.round || runningRound(rows.rounds, patrol.uid)?.rid || "";
    const a: Observe = { round, post: observation.post, seen, at, knew: knewOf(rows, [observation.post], synced_at, at), codes: codesOf(seen, []), recheck_of: recheck.rid };
    void act(() => sync.save("patrol.observe", a));
  };
  return (
    <>
      <Cell
        number={rows.posts.get(observation.post)?.body.number ?? "—"}
        title={personName(rows.people, duty?.a)}
        sub={
          <>
            <Tag tone={left_ms > 0 ? "info" : "warn"}>
              <span class="num">{left_ms > 0 ? countdown(left_ms) : t("可以复查了")}</span>
            </Tag>{" "}
            {recheck.video ? t("{time} 起视频里没有看到人", { time: clock(observation.at) }) : t("{time} 第一次见空岗", { time: clock(observation.at) })}
          </>
        }
        {...(left_ms > 0 ? { onPress: () => setEarly(!early), on: early } : {})}
      />
      {(left_ms <= 0 || early) && (
        <li class="pad second">
          <Buttons>
            <Button disabled={left_ms > 0} onPress={() => record(observation.seen)}>
              {t("仍空岗")}
            </Button>
            <Button onPress={() => record("covered")}>{t("B顶岗")}</Button>
            <Button onPress={() => record("serving")}>{t("已在岗")}</Button>
          </Buttons>
        </li>
      )}
    </>
  );
}

/** In words: "9:05" would read as a time of day. */
function countdown(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return t("{minutes} 分 {seconds} 秒后复查", { minutes: Math.floor(seconds / 60), seconds: seconds % 60 });
}
