/** 专项整治: phases, progress by unit, what came of it; the final summary for those who lead (CAMP). */
import { useState } from "preact/hooks";
import { go, useMe, type ScreenProps } from "../../app/feature";
import { date, dayOf, names, t } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Campaign, Summary } from "../../sync/types.gen";
import { Button, Buttons, Cell, Confirm, Empty, Facts, List, Section, SplitView, Tag } from "../../ui";
import { useAct } from "../hall/act";
import { categoryWord } from "../hall/categories";
import { personName, unitName } from "../hall/names";
import { Dashboard } from "./dashboard";
import { Duties } from "./duties";
import { Files } from "./files";
import { LEADS, answersFor, needsAllVerified } from "./model";
import { codeWord, outputWord, phaseWord, sourceWord } from "./words";

const FINDERS = ["INS", "HEAD", ...LEADS];

export default function Campaigns({ sync, params }: ScreenProps) {
  const me = useMe();
  const leads = LEADS.some((role) => me?.roles.includes(role));
  const all = [...sync.rows("campaign").value].sort(([, { body: a }], [, { body: b }]) => (b.phases[0]?.from_day ?? "").localeCompare(a.phases[0]?.from_day ?? ""));
  const open = all.find(([rid]) => rid === params["id"]);
  const today = dayOf(sync.now());
  const list = (
    <div class="stack">
      {leads && (
        <Button tone="main" onPress={() => go("/campaigns/new")}>
          {t("新建专项整治")}
        </Button>
      )}
      {all.length === 0 ? (
        <Empty title={t("没有专项整治")} icon="flag">{t("开展专项整治时，阶段、自查和问题清单会列在这里。")}</Empty>
      ) : (
        <List label={t("专项整治")}>
          {all.map(([rid, { body }]) => {
            const now = body.phases.find((phase) => phase.from_day <= today && today <= phase.to_day);
            return <Cell key={rid} title={body.title} sub={now ? t("现在：{phase}", { phase: phaseWord(now) }) : t("{n} 家单位", { n: body.units.length })} href={`/campaigns/${rid}`} on={rid === params["id"]} />;
          })}
        </List>
      )}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open[0]} sync={sync} rid={open[0]} view={open[1]} leads={leads} /> : null} hint={t("选一次专项整治查看。")} />;
}

interface DetailProps {
  sync: Sync;
  rid: string;
  view: View<Campaign>;
  leads: boolean;
}

function Detail({ sync, rid, view, leads }: DetailProps) {
  const me = useMe();
  const campaign = view.body;
  const people = sync.rows("person").value;
  const mine = answersFor(campaign, sync.uid, me);
  const summary = sync.rows("camp.summary").value.get(rid)?.body;
  return (
    <div class="stack">
      <Section title={campaign.title}>
        <Facts
          facts={[
            [t("第一责任人"), personName(people, campaign.first)],
            ...(campaign.deputy ? [[t("直接责任人"), personName(people, campaign.deputy)] as [string, string]] : []),
            [t("范围"), t("{n} 家单位", { n: campaign.units.length })],
            ...((campaign.documents?.length ?? 0) > 0 ? [[t("依据文件"), campaign.documents?.join(t("；")) ?? ""] as [string, string]] : []),
            ...(campaign.targets.length > 0 ? [[t("整治重点"), campaign.targets.join(t("、"))] as [string, string]] : []),
          ]}
        />
        <Buttons>
          {mine.some((unit) => !campaign.progress[unit]?.reported) && (
            <Button tone="main" onPress={() => go(`/campaigns/${rid}/self-check`)}>
              {t("填报自查")}
            </Button>
          )}
          {(mine.length > 0 || leads) && <Button onPress={() => go(`/campaigns/${rid}/output`)}>{t("登记成果")}</Button>}
          {leads && <Button onPress={() => go(`/campaigns/${rid}/edit`)}>{t("修改方案")}</Button>}
          {FINDERS.some((role) => me?.roles.includes(role)) && <Button onPress={() => go(`/problems/new?campaign=${rid}`)}>{t("登记问题")}</Button>}
        </Buttons>
      </Section>
      <Phases sync={sync} rid={rid} campaign={campaign} leads={leads} coverage={summary?.coverage} />
      <Duties sync={sync} rid={rid} campaign={campaign} leads={leads} />
      <Files sync={sync} rid={rid} adds={leads || [campaign.first, campaign.deputy].includes(sync.uid)} />
      <Dashboard sync={sync} rid={rid} campaign={campaign} summary={summary} />
      {summary && <Result sync={sync} rid={rid} summary={summary} />}
      <Outputs sync={sync} rid={rid} />
    </div>
  );
}

interface PhasesProps {
  sync: Sync;
  rid: string;
  campaign: Campaign;
  leads: boolean;
  coverage: Summary["coverage"];
}

function Phases({ sync, rid, campaign: { phases, finished, done, found_since }, leads, coverage }: PhasesProps) {
  const act = useAct();
  const [asking, setAsking] = useState<number | null>(null);
  const people = sync.rows("person").value;
  const today = dayOf(sync.now());
  const phase = phases[asking ?? -1];
  const left = (phase?.duties ?? []).filter(({ id }) => !done?.[id]).length;
  const finish = async () => {
    if (asking !== null) await act(() => sync.save("camp.finish", { phase: asking }, { rid }));
    setAsking(null);
  };
  return (
    <Section title={t("阶段")}>
      <List>
        {phases.map((one, at) => {
          const over = finished.includes(at);
          const since = found_since?.[at] ?? 0;
          const runs = one.from_day <= today && today <= one.to_day;
          return (
            <Cell
              key={at}
              title={phaseWord(one)}
              sub={[t("{from} 至 {to}", { from: date(one.from_day), to: date(one.to_day) }), ...(one.who ? [t("责任人 {name}", { name: personName(people, one.who) })] : []), ...(one.tasks ?? [])].join("\u00a0· ")}
              value={<Tag tone={since > 0 ? "warn" : over ? "ok" : runs ? "info" : "idle"}>{since > 0 ? t("结束后又发现 {n}", { n: since }) : over ? t("已结束") : runs ? t("进行中") : today < one.from_day ? t("未开始") : t("未结束")}</Tag>}
              {...(leads && !over && one.from_day <= today ? { onPress: () => setAsking(at) } : {})}
            />
          );
        })}
      </List>
      {phase && asking !== null && (
        <Confirm open title={t("结束“{phase}”阶段？", { phase: phaseWord(phase) })} confirm={t("结束")} onClose={() => setAsking(null)} onConfirm={() => void finish()}>
          <p>{needsAllVerified(phases, asking) ? t("前面的阶段已结束、问题全部核实销号后，这个阶段才能结束。") : t("前面的阶段结束后，这个阶段才能结束。")}</p>
          {phase.kind === "acceptance" && coverage && coverage.covered.reached < coverage.needed && (
            <p>{t("检查覆盖还差 {n} 家：已公布结果的 {m} 家，至少 {k} 家。", { n: coverage.needed - coverage.covered.reached, m: coverage.covered.reached, k: coverage.needed })}</p>
          )}
          {left > 0 && <p>{t("还有 {n} 项任务没有报告完成。", { n: left })}</p>}
        </Confirm>
      )}
    </Section>
  );
}

/** The final summary, made of the facts (CAMP-07). */
function Result({ sync, rid, summary }: { sync: Sync; rid: string; summary: Summary }) {
  const most = (pairs: readonly (readonly [string, number])[], word: (key: string) => string) => pairs.slice(0, 5).map(([key, n]) => `${word(key)} ${n}`).join(t("、")) || t("无");
  return (
    <Section title={t("总结")} aside={<a href={`/papers/campaign_summary/${rid}`}>{t("打印总结")}</a>}>
      <Facts
        facts={[
          [t("自查"), t("{n} / {m} 家已报", { n: summary.reported, m: summary.units })],
          [t("问题"), t("发现 {n}，核实销号 {m}，未办结 {k}", { n: summary.found, m: summary.verified, k: summary.open })],
          ...(summary.found_since ? [[t("阶段结束后又发现"), t("{n} 个问题", { n: summary.found_since })] as [string, string]] : []),
          [t("按期整改"), t("{n} / {m}", { n: summary.on_time, m: summary.with_term })],
          ...(summary.extended ? [[t("展期"), t("{n} 个问题没有按原定期限完成，已展期", { n: summary.extended })] as [string, string]] : []),
          ...(summary.coverage ? [[t("检查覆盖（检查验收阶段）"), checkText(summary.coverage)] as [string, string]] : []),
          ...summary.checks.map((one): [string, string] => [t("检查覆盖：{plan}", { plan: one.title }), checkText(one)]),
          [t("退回、复发"), t("退回 {n}，复发 {m}", { n: summary.returned, m: summary.recurred })],
          [t("突出问题"), most(summary.codes, (code) => codeWord(sync, code))],
          [t("来源"), most(summary.sources, (source) => sourceWord(source as Parameters<typeof sourceWord>[0]))],
          [t("成果"), t("制度 {n}，培训 {m}，设施 {k}", { n: summary.rules, m: summary.trainings, k: summary.facilities })],
          [t("好的做法"), summary.good.join(t("；")) || t("无")],
          ...(summary.evaluations.length > 0 ? [[t("评议结果"), pointsText(summary, (unit) => unitName(sync.rows("unit").value, unit))] as [string, string]] : []),
        ]}
      />
    </Section>
  );
}

/** How far an inspection of the campaign came: distinct units, windows, and each category (CHK-02, CHK-03). */
function checkText({ covered, needed, categories }: Summary["checks"][number]): string {
  const strata = Object.entries(categories).map(([name, one]) => `${categoryWord(name)} ${one.reached} / ${one.units}`);
  const whole = t("已查 {n} / {m} 家，至少 {k} 家；窗口 {w} / {v}", { n: covered.reached, m: covered.units, k: needed, w: covered.windows_reached, v: covered.windows });
  return [whole, ...(strata.length > 1 ? strata : [])].join(t("；"));
}

/** Results of 政风行风评议 by unit, in points (CAMP-06). */
const pointsText = (summary: Summary, name: (unit: string) => string): string => summary.evaluations.map(([unit, tenths]) => `${name(unit)} ${(tenths / 10).toFixed(1)}`).join(t("、"));

function Outputs({ sync, rid }: { sync: Sync; rid: string }) {
  const units = sync.rows("unit").value;
  const outputs = [...sync.rows("camp.output").value].filter(([, { body }]) => body.campaign === rid);
  if (outputs.length === 0) return null;
  return (
    <Section title={t("成果")}>
      <List>
        {outputs.map(([key, { body }]) => (
          <Cell key={key} title={body.title} sub={[outputWord(body.kind), names(units.get(body.unit)?.body.names), date(body.day), body.figure == null ? "" : (body.figure / 10).toFixed(1), body.text ?? ""].filter(Boolean).join("\u00a0· ")} />
        ))}
      </List>
    </Section>
  );
}
