/** 巡查进度: which hours of today have their round, who is walking now (PTL-01, PTL-06, PTL-09). */
import { go, useMe, useNow, type ScreenProps } from "../../app/feature";
import { clock, date, dayOf, duration, t } from "../../i18n";
import { Button, Card, Cell, Empty, List, Loading, Section, Table, Tag } from "../../ui";
import { personName } from "../hall/names";
import { useWide } from "../hall/wide";
import { lookedAt, today, walking, type Hour } from "./slots";
import { SLOT_TONE, slotWord, typeWord } from "./words";
import "./rounds.css";

export default function Monitor({ sync }: ScreenProps) {
  useNow();
  const me = useMe();
  const wide = useWide();
  const now = sync.now();
  const hall = sync.rows("hall").value.get("hall")?.body;
  if (!hall) return <Loading />;
  const people = sync.rows("person").value;
  const hours = today(hall, sync.rows("round").value, sync.rows("slot").value, now);
  const needed = Number(hall.rules["ptl.points_min"] ?? 3);
  const walks = walking(sync.rows("round").value, now);
  const count = (...states: Hour["state"][]) => hours.filter((hour) => states.includes(hour.state)).length;
  const due = hours.length - count("ahead");
  const points = (hour: Hour) => (hour.round ? (hour.round.points ?? []).length : "—");
  return (
    <div class="stack wide">
      <Section title={t("今天")} aside={date(dayOf(now))}>
        <div class="tallies">
          <Count n={`${count("done", "late")} / ${due}`} word={t("已巡时段")} tone="ok" />
          <Count n={String(count("running", "now"))} word={t("时段进行中")} tone="info" />
          <Count n={String(count("missed"))} word={t("未巡（暂定）")} tone={count("missed") > 0 ? "bad" : "idle"} />
          <Count n={String(count("partial"))} word={t("只巡了一部分")} tone={count("partial") > 0 ? "warn" : "idle"} />
          <Count n={String(count("late"))} word={t("补到")} tone="idle" />
        </div>
      </Section>
      <Section title={t("正在巡查")} aside={t("{n} 人", { n: new Set(walks.map(({ round }) => round.inspector)).size })}>
        {walks.length === 0 ? (
          <p class="muted">{t("现在没有人在巡查。")}</p>
        ) : (
          <List>
            {walks.map(({ rid, round, seen, zones }) => (
              <Cell
                key={rid}
                title={personName(people, round.inspector)}
                sub={t("{type}，{time} 开始，已 {duration}；看过 {zones} 个区、{posts} 个岗位，记录 {n} 条", {
                  type: typeWord(round.type), time: clock(round.started_at), duration: duration(now - round.started_at), zones, posts: seen, n: round.exceptions,
                })}
                value={<Tag tone="info">{t("巡查中")}</Tag>}
              />
            ))}
          </List>
        )}
      </Section>
      <Section title={t("各时段")}>
        {hours.length === 0 ? (
          <Empty title={t("今天没有应巡的时段")} />
        ) : !wide ? (
          <List>
            {hours.map((hour) => (
              <Cell
                key={hour.slot}
                title={<span class="num">{spanOf(hour)}</span>}
                sub={hour.round ? [personName(people, hour.round.inspector), t("{time} 开始", { time: clock(hour.round.started_at) }), t("已看 {seen}/{all} 个岗位", { seen: lookedAt(hour.round), all: hour.round.due ?? "—" }), t("到场凭据 {n} 个分区，至少 {m} 个", { n: (hour.round.points ?? []).length, m: needed })].join("\u00a0· ") : ""}
                value={<Tag tone={SLOT_TONE[hour.state]}>{slotWord(hour.state)}</Tag>}
              />
            ))}
          </List>
        ) : (
          <Table<Hour>
            caption={t("各时段")}
            rows={hours}
            rowKey={(hour) => hour.slot}
            columns={[
              { id: "slot", title: t("时段"), cell: (hour) => <span class="num">{spanOf(hour)}</span> },
              { id: "state", title: t("结果"), cell: (hour) => <Tag tone={SLOT_TONE[hour.state]}>{slotWord(hour.state)}</Tag> },
              { id: "who", title: t("巡查人"), cell: (hour) => (hour.round ? personName(people, hour.round.inspector) : "—") },
              { id: "from", title: t("开始"), numeric: true, cell: (hour) => (hour.round ? clock(hour.round.started_at) : "—") },
              { id: "to", title: t("结束"), numeric: true, cell: (hour) => (hour.round?.finished_at ? clock(hour.round.finished_at) : "—") },
              { id: "seen", title: t("已看/应看岗位"), numeric: true, cell: (hour) => (hour.round ? `${lookedAt(hour.round)}/${hour.round.due ?? "—"}` : "—") },
              { id: "points", title: t("到场凭据（至少 {m} 个分区）", { m: needed }), numeric: true, cell: points },
            ]}
          />
        )}
        <p class="muted">{t("未巡的时段是暂定的：晚到的巡查记录会自动补上，到每日结账时才定下来。")}</p>
      </Section>
      {me?.roles.includes("EFF") && (
        <Card>
          <Button icon="lock" onPress={() => go("/irregular")}>
            {t("不定时巡查计划")}
          </Button>
        </Card>
      )}
    </div>
  );
}

const spanOf = (hour: Hour): string => `${clock(hour.from)}–${clock(hour.to)}`;

function Count({ n, word, tone }: { n: string; word: string; tone: "ok" | "info" | "warn" | "bad" | "idle" }) {
  return (
    <div class={`tally ${tone}`}>
      <b class="num">{n}</b>
      <small>{word}</small>
    </div>
  );
}
