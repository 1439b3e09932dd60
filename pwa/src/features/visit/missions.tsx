/** 任务: the visitor's own sealed missions and nothing else of the hall. */
import { useEffect, useState } from "preact/hooks";
import type { ScreenProps } from "../../app/feature";
import { dayOf, monthDay, names, t } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Mission } from "../../sync/types.gen";
import { Cell, Empty, IconButton, List, Section, Tag } from "../../ui";
import { Discreet, hide } from "./discreet";
import { answered, draftKey, isLate, isOpenFor, itemsOf, type Draft } from "./model";
import { methodText, STATE_TONE, stateText } from "./words";

/** "11月20日 至 11月27日" */
export function daysText(mission: Mission): string {
  const from = monthDay(mission.from_day);
  return mission.from_day === mission.to_day ? from : t("{from} 至 {to}", { from, to: monthDay(mission.to_day) });
}

/** How far the draft of a mission is, read once when the list is drawn. */
function useProgress(sync: Sync, rid: string, mission: Mission): string | undefined {
  const checklist = sync.rows("checklist").value.get(mission.checklist)?.body;
  const [draft, setDraft] = useState<Draft>();
  useEffect(() => void sync.draft.load<Draft>(draftKey(rid)).then((kept) => setDraft(kept?.value)), [sync, rid]);
  if (!checklist || !draft) return undefined;
  const items = itemsOf(checklist);
  return t("已记 {n}/{all} 项", { n: answered(items, draft), all: items.length });
}

function MissionCell({ sync, rid, view: { body, pending }, open }: { sync: Sync; rid: string; view: View<Mission>; open: boolean }) {
  const progress = useProgress(sync, rid, body);
  const late = isLate(body, dayOf(sync.now()));
  return (
    <Cell
      title={names(body.unit_names)}
      sub={[t("{number}号窗口", { number: body.window }), daysText(body), body.method && body.method !== "covert" ? methodText(body.method) : ""].filter(Boolean).join("\u00a0· ")}
      value={open ? <>{late && <Tag tone="bad">{t("已逾期")}</Tag>} {progress}</> : <Tag tone={STATE_TONE[body.state]}>{pending ? t("已存本机") : stateText(body.state)}</Tag>}
      {...(open ? { href: `/missions/${rid}` } : {})}
    />
  );
}

export default function Missions({ sync }: ScreenProps) {
  // What has been loaded once is kept: a covert phone follows its applications without a network, too.
  useEffect(() => void import("./cases"), []);
  const mine = [...sync.rows("mission").value].filter(([, { body }]) => body.team.includes(sync.uid));
  const byDay = mine.sort(([, a], [, b]) => a.body.to_day.localeCompare(b.body.to_day));
  const visits = [...sync.rows("visit").value.values()].map(({ body }) => body);
  const isOpen = ([rid, { body }]: (typeof mine)[number]) => isOpenFor(sync.uid, rid, body, visits);
  const open = byDay.filter(isOpen);
  const done = byDay.filter((one) => !isOpen(one));
  const cells = (list: typeof mine, isStill: boolean) => (
    <List>
      {list.map(([rid, view]) => (
        <MissionCell key={rid} sync={sync} rid={rid} view={view} open={isStill} />
      ))}
    </List>
  );
  return (
    <>
      <Section title={t("待办理")} aside={<IconButton icon="ledger" label={t("备忘")} onPress={hide} />}>
        {open.length > 0 ? cells(open, true) : <Empty title={t("没有待办理的任务")}>{t("安排给您的任务会出现在这里，没有网络也能办理。")}</Empty>}
      </Section>
      {mine.length > 0 && (
        <List>
          <Cell icon="todo" title={t("办件跟踪")} sub={t("受理、承诺、办结逐步记录；测试件要撤回或标注。")} href="/cases" />
        </List>
      )}
      {done.length > 0 && <Section title={t("已办理")}>{cells(done, false)}</Section>}
      <Discreet />
    </>
  );
}
