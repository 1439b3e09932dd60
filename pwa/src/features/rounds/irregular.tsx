/** 不定时巡查计划: what was drawn, what was walked. Only the efficiency group has these rows (PTL-05). */
import { useState } from "preact/hooks";
import { go, useNow, type ScreenProps } from "../../app/feature";
import { date, names, t, when } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { DueRound, Irregular } from "../../sync/types.gen";
import { Button, Buttons, Cell, Confirm, Empty, Facts, List, Notice, Section, SplitView, Tag, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";
import { PLAN_TONE, planWord, ROUND_TONE, roundWord } from "./words";

export default function Plans({ sync, params }: ScreenProps) {
  useNow();
  const plans = [...sync.rows("irregular").value].sort(([, { body: a }], [, { body: b }]) => b.from_day.localeCompare(a.from_day) || b.committed_at - a.committed_at);
  const open = plans.find(([rid]) => rid === params["id"]);
  const list = (
    <div class="stack">
      <Button tone="main" onPress={() => go("/irregular/new")}>
        {t("新建不定时巡查计划")}
      </Button>
      {plans.length === 0 ? (
        <Empty title={t("还没有不定时巡查计划")} icon="lock">
          {t("时间和分区由抽取决定，谁也不能挑选。计划只有效能建设小组看得到，被巡查的单位始终看不到。")}
        </Empty>
      ) : (
        <List label={t("不定时巡查计划")}>
          {plans.map(([rid, { body }]) => (
            <Cell
              key={rid}
              title={t("{from} 至 {to}", { from: date(body.from_day), to: date(body.to_day) })}
              sub={doneText(body)}
              value={<Tag tone={PLAN_TONE[body.state]}>{planWord(body.state)}</Tag>}
              href={`/irregular/${rid}`}
              on={rid === params["id"]}
            />
          ))}
        </List>
      )}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open[0]} sync={sync} rid={open[0]} view={open[1]} /> : null} hint={t("选一份计划查看。")} />;
}

const stateOf = (one: DueRound) => one.state ?? "due";

function doneText({ rounds = [] }: Irregular): string {
  return rounds.length === 0 ? "" : t("已巡 {n} / {m} 次", { n: rounds.filter((one) => one.state === "done").length, m: rounds.length });
}

function Detail({ sync, rid, view }: { sync: Sync; rid: string; view: View<Irregular> }) {
  const act = useAct();
  const [asking, setAsking] = useState(false);
  const [text, setText] = useState("");
  const plan = view.body;
  const now = sync.now();
  const people = sync.rows("person").value;
  const zones = sync.rows("hall").value.get("hall")?.body.zones ?? [];
  const zoneName = (id: string) => names(zones.find((zone) => zone.id === id)?.names) || id;
  const drop = async () => {
    await act(() => sync.save("irregular.drop", { text: text.trim() }, { rid, guard: { [rid]: view.ver } }));
    setAsking(false);
  };
  return (
    <div class="stack">
      <Section title={t("{from} 至 {to}", { from: date(plan.from_day), to: date(plan.to_day) })} aside={<Tag tone={PLAN_TONE[plan.state]}>{planWord(plan.state)}</Tag>}>
        <Facts
          facts={[
            [t("封存人"), personName(people, plan.by)],
            [t("封存时间"), when(plan.committed_at, now)],
            [t("抽取办法"), t("每区最多 {n} 次，从中抽 {percent}%", { n: plan.per_zone, percent: plan.percent })],
            [t("封存码"), <code class="code">{plan.commitment}</code>],
            ...(plan.text ? [[t("放弃理由"), plan.text] as [string, string]] : []),
          ]}
        />
        {plan.state === "committed" && <Notice tone="info" title={t("等待存证日志")}>{t("抽取要用封存之后才产生的日志数值，约一两分钟后自动抽取。")}</Notice>}
      </Section>
      {(plan.rounds ?? []).length > 0 && (
        <Section title={t("抽中的巡查")} aside={t("只有效能建设小组看得到")}>
          <List>
            {plan.rounds?.map((one) => (
              <Cell
                key={`${one.zone}.${one.at}`}
                title={t("{time}，{zone}", { time: when(one.at, now), zone: zoneName(one.zone) })}
                sub={personName(people, one.who)}
                value={<Tag tone={ROUND_TONE[stateOf(one)]}>{roundWord(stateOf(one))}</Tag>}
              />
            ))}
          </List>
          <p class="muted">{t("到时间后在“巡查”里选“不定时巡查”，看过这个区就自动记为已巡。")}</p>
        </Section>
      )}
      {plan.state === "drawn" && (plan.rounds ?? []).length === 0 && <p class="muted">{t("抽取得出时，抽中的时间都已经过去，没有要巡查的。")}</p>}
      {plan.state !== "dropped" && (
        <Buttons>
          <Button tone="danger" disabled={view.pending} onPress={() => setAsking(true)}>
            {t("放弃")}
          </Button>
        </Buttons>
      )}
      <Confirm open={asking} title={t("放弃这份计划？")} confirm={t("放弃")} tone="danger" disabled={text.trim() === ""} onClose={() => setAsking(false)} onConfirm={() => void drop()}>
        <p>{t("抽中的时间和分区仍留存备查。")}</p>
        <TextArea label={t("理由")} required rows={2} max={500} value={text} onChange={setText} />
      </Confirm>
    </div>
  );
}
