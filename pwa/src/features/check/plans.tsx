/** Plans of a lead: what is sealed, what was drawn, how far the coverage has come, and the next step. Nobody else has these rows. */
import { useState } from "preact/hooks";
import { go, type ScreenProps } from "../../app/feature";
import { date, dayOf, t, when } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Plan } from "../../sync/types.gen";
import { Button, Buttons, Cell, Confirm, Empty, Facts, List, Notice, Section, SplitView, Tag, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { Coverage } from "./coverage";
import { HandOver } from "./hand-over";
import { Lapsed } from "./lapsed";
import { Missions } from "./missions";
import { Publish } from "./publish";
import { methodWord, STATE_TONES, stateWord } from "./words";

export default function Plans({ sync, params }: ScreenProps) {
  const plans = [...sync.rows("plan").value].sort(([, { body: a }], [, { body: b }]) => b.committed_at - a.committed_at);
  const open = plans.find(([rid]) => rid === params["id"]);
  const list = (
    <div class="stack">
      <Button tone="main" onPress={() => go("/plans/new")}>
        {t("新建检查方案")}
      </Button>
      {plans.length === 0 ? (
        <Empty title={t("还没有检查方案")} icon="lock">{t("方案在检查期间开始之前封存；抽取结果由封存的内容和存证日志共同决定，谁也不能挑选。")}</Empty>
      ) : (
        <List label={t("检查方案")}>
          {plans.map(([rid, { body }]) => (
            <Cell
              key={rid}
              title={body.title}
              sub={[methodWord(body.method), t("{from} 至 {to}", { from: date(body.from_day), to: date(body.to_day) })].join("\u00a0· ")}
              value={body.state === "drawn" && body.to_day < dayOf(sync.now()) ? <Tag tone="bad">{t("已逾期")}</Tag> : <Tag tone={STATE_TONES[body.state]}>{stateWord(body)}</Tag>}
              href={`/plans/${rid}`}
              on={rid === params["id"]}
            />
          ))}
        </List>
      )}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open[0]} sync={sync} rid={open[0]} view={open[1]} /> : null} hint={t("选一个方案查看。")} />;
}

function Detail({ sync, rid, view }: { sync: Sync; rid: string; view: View<Plan> }) {
  const plan = view.body;
  const now = sync.now();
  const mine = plan.lead === sync.uid;
  return (
    <div class="stack">
      <Section title={plan.title} aside={<Tag tone={STATE_TONES[plan.state]}>{stateWord(plan)}</Tag>}>
        <Facts
          facts={[
            [t("方式"), methodWord(plan.method)],
            [t("检查期间"), t("{from} 至 {to}", { from: date(plan.from_day), to: date(plan.to_day) })],
            [t("封存时间"), when(plan.committed_at, now)],
            [t("覆盖要求"), t("{percent}%，共 {m} 家中的 {n} 家", { percent: plan.coverage_percent, m: plan.covered.units, n: plan.needed })],
            [t("每组人数"), t("{n} 人", { n: plan.team_size })],
            [t("可抽人员"), Object.values(plan.names).join(t("、"))],
            [t("封存码"), <code class="code">{plan.commitment}</code>],
            ...(plan.text ? [[t("说明"), plan.text] as [string, string]] : []),
          ]}
        />
        {mine && <Next sync={sync} rid={rid} view={view} />}
      </Section>
      <HandOver sync={sync} rid={rid} view={view} />
      {plan.state !== "committed" && (
        <Section title={t("覆盖情况")}>
          <Coverage all={plan.covered} categories={plan.categories} needed={plan.needed} />
        </Section>
      )}
      {mine && (plan.state === "drawn" || plan.state === "revealed") && <Publish sync={sync} rid={rid} plan={plan} />}
      <Missions sync={sync} rid={rid} view={view} />
    </div>
  );
}

type Step = "plan.reveal" | "plan.drop";

/** What can be done now: publish what the draw rests on, give up. The draw happens by itself. */
function Next({ sync, rid, view }: { sync: Sync; rid: string; view: View<Plan> }) {
  const act = useAct();
  const [asking, setAsking] = useState<Step | null>(null);
  const [text, setText] = useState("");
  const plan = view.body;
  const options = { rid, guard: { [rid]: view.ver } };
  const over = dayOf(sync.now()) > plan.to_day;
  const decide = async (step: Step) => {
    await act(() => sync.save(step, { text: text.trim() }, options));
    setAsking(null);
    setText("");
  };
  if (plan.state === "revealed" || plan.state === "dropped") {
    return (
      <>
        {plan.lapsed && <Lapsed />}
        {sync.rows("plan.public").value.has(rid) ? (
          <a href={`/draws/${rid}`}>{t("查看公布的抽取依据，并重新验算")}</a>
        ) : (
          <small>{t("检查期间结束后，这个方案、放弃的理由和抽取结果仍会公布。")}</small>
        )}
      </>
    );
  }
  return (
    <>
      {plan.state === "committed" && <Notice tone="info" title={t("等待存证日志")}>{t("抽取要用封存之后才产生的日志数值，约一两分钟后自动抽取。")}</Notice>}
      <Buttons>
        <Button tone="danger" disabled={view.pending} onPress={() => setAsking("plan.drop")}>
          {t("放弃")}
        </Button>
        {plan.state === "drawn" && (
          <Button tone="main" disabled={!over || view.pending} onPress={() => setAsking("plan.reveal")}>
            {t("公布抽取依据")}
          </Button>
        )}
      </Buttons>
      {plan.state === "drawn" && <small>{over ? t("期间结束 14 天后会自动公布；有结果还没有公布的，最迟 90 天后公布。") : t("检查期间结束后可以公布抽取依据。")}</small>}
      <Confirm open={asking === "plan.reveal"} title={t("公布抽取依据？")} confirm={t("公布")} onClose={() => setAsking(null)} onConfirm={() => void decide("plan.reveal")}>
        <p>{t("全厅都能看到检查范围、抽中的单位和窗口，并能重新验算；检查人员以代号出现。")}</p>
        <TextArea label={t("说明")} rows={2} max={500} value={text} onChange={setText} />
      </Confirm>
      <Confirm
        open={asking === "plan.drop"}
        title={t("放弃这个方案？")}
        confirm={t("放弃")}
        tone="danger"
        disabled={text.trim() === ""}
        onClose={() => setAsking(null)}
        onConfirm={() => void decide("plan.drop")}
      >
        <p>{t("放弃后未完成的任务作废。检查期间结束后，这个方案、放弃的理由和抽取结果仍会公布。")}</p>
        <TextArea label={t("理由")} required rows={2} max={500} value={text} onChange={setText} />
      </Confirm>
    </>
  );
}
