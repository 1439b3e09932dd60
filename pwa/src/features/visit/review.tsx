/** The lead's desk: visits to own missions, the worst first inside each, and the two decisions. */
import { attachedWord, Attachments, go, type ScreenProps } from "../../app/feature";
import { names, t, when } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Attached, ChecklistItem, ItemAnswer, Mission, Visit, VisitUnit } from "../../sync/types.gen";
import { Cell, Empty, Facts, List, Notice, Section, SplitView, Tag } from "../../ui";
import { SCORE_TONE, scoreWord } from "../hall/checklist-items";
import { isDoubtful } from "../hall/doubts";
import { problemHref } from "../hall/problem";
import { mayDecide, ReviewButton, Said } from "./answering";
import { Decide } from "./decide";
import { failedFirst, points } from "./model";
import { Team } from "./team";
import { MARK_TONE, STATE_TONE, markText, methodText, stateText } from "./words";
import "./visit.css";

interface Found {
  rid: string;
  view: View<Visit>;
  mission: Mission | undefined;
}

/** Visits to missions this person leads; undecided first, then the newest. */
function visitsOf(sync: Sync): Found[] {
  const missions = sync.rows("mission").value;
  return [...sync.rows("visit").value]
    .map(([rid, view]) => ({ rid, view, mission: missions.get(view.body.mission)?.body }))
    .filter(({ mission }) => mission?.lead === sync.uid)
    .sort((a, b) => Number(b.view.body.state === "recorded") - Number(a.view.body.state === "recorded") || b.view.body.received_at - a.view.body.received_at);
}

/** "91.5 优良", with a word when a veto capped it. */
export function ScoreTag({ score }: { score: Visit["score"] }) {
  return (
    <Tag tone={SCORE_TONE[score.grade]}>
      <b class="num">{points(score.tenths)}</b> {scoreWord(score.grade)}
    </Tag>
  );
}

function VisitList({ sync, found, current }: { sync: Sync; found: Found[]; current: string | undefined }) {
  if (found.length === 0) return <Empty title={t("还没有交来的记录")} icon="mission">{t("暗访人员提交后，记录会出现在这里，公布之前只有您和暗访人员看得到。")}</Empty>;
  return (
    <List>
      {found.map(({ rid, view: { body, pending }, mission }) => (
        <Cell
          key={rid}
          title={names(mission?.unit_names)}
          sub={[t("{number}号窗口", { number: mission?.window ?? "" }), when(body.arrived_at, sync.now()), pending ? t("已存本机") : stateText(body.state)].join("\u00a0· ")}
          value={<ScoreTag score={body.score} />}
          href={`/visits/${rid}`}
          on={rid === current}
        />
      ))}
    </List>
  );
}

/** An item with its number, as every list of a visit names it. */
export function ItemText({ item }: { item: ChecklistItem }) {
  return (
    <span class="text">
      <span class="num muted">{item.id}</span> {names(item.names)}
    </span>
  );
}

/** What was written and photographed at an item. */
export function Noted({ rid, answer, blobs }: { rid: string; answer: ItemAnswer | undefined; blobs: readonly Attached[] | undefined }) {
  return (
    <>
      {answer?.note}
      <Attachments rid={rid} blobs={blobs?.filter(({ sha256 }) => answer?.photos?.includes(sha256))} />
    </>
  );
}

function Answers({ sync, rid, visit }: { sync: Sync; rid: string; visit: Visit }) {
  const checklist = sync.rows("checklist").value.get(visit.checklist)?.body;
  if (!checklist) return null;
  return (
    <Section title={t("逐项结果")} aside={t("不合格的在前")}>
      <List>
        {failedFirst(checklist, visit.answers).map(({ item, answer }) => (
          <Cell
            key={item.id}
            title={<ItemText item={item} />}
            sub={<Noted rid={rid} answer={answer} blobs={visit.blobs} />}
            value={
              <Tag tone={MARK_TONE[answer.mark]}>
                {markText(answer.mark)}
                {item.veto && answer.mark === "fail" && ` · ${t("否决项")}`}
              </Tag>
            }
          />
        ))}
      </List>
    </Section>
  );
}

const GRADE_WORDS = { A: () => t("A 时间可证"), B: () => t("B 时间可信"), C: () => t("C 时间待核") };

/** Somebody has asked for a review, and this lead took no part in the check. */
function mayReview(sync: Sync, mission: Mission | undefined, result: VisitUnit): boolean {
  return mayDecide(sync, result) && !mission?.team.includes(sync.uid);
}

function Detail({ sync, rid, view, mission }: Found & { sync: Sync }) {
  const visit = view.body;
  const team = sync.rows("visit.team").value.get(visit.mission);
  const standing = [...sync.rows("case").value.values()].some(({ body }) => body.mission === visit.mission && body.kind === "test" && body.open);
  const together = team?.body.visits.includes(rid) ? team.body.visits : [rid];
  const result = together.map((one) => sync.rows("visit.unit").value.get(one)).find((one) => one !== undefined);
  const now = sync.now();
  const optional: [string, string | undefined][] = [
    [t("看到的工号"), visit.badge],
    [t("所用情节"), visit.story],
    [t("对方原话"), visit.said],
    [t("处理说明"), visit.text],
  ];
  return (
    <div class="v-detail">
      <Section title={names(mission?.unit_names)} aside={<ScoreTag score={visit.score} />}>
        <Facts
          facts={[
            [t("状态"), <Tag tone={STATE_TONE[visit.state]}>{view.pending ? t("已存本机") : stateText(visit.state)}</Tag>],
            [t("窗口"), t("{number}号窗口", { number: mission?.window ?? "" })],
            [t("检查方式"), methodText(mission?.method ?? "covert")],
            [t("记录人"), mission?.team_names[mission.team.indexOf(visit.visitor)] ?? "—"],
            [t("到达"), when(visit.arrived_at, now)],
            [t("离开"), when(visit.left_at, now)],
            [t("收到"), `${when(visit.received_at, now)} · ${GRADE_WORDS[visit.grade]()}`],
            [t("身份已暴露"), visit.revealed ? t("是") : t("否")],
            [t("利害关系声明"), visit.conflict || t("无利害关系")],
            ...(visit.blobs?.length ? [[t("附件"), attachedWord(visit.blobs)] as [string, string]] : []),
            ...optional.filter((fact): fact is [string, string] => !!fact[1]),
          ]}
        />
        {visit.score.capped && <p class="muted">{t("有否决项不合格，总分以 59 分封顶。")}</p>}
      </Section>
      {team && mission && visit.state !== "void" && <Team sync={sync} mission={visit.mission} body={mission} view={team} />}
      <p>
        <a href={`/papers/visit_record/${encodeURIComponent(rid)}`}>{t("打印暗访记录表")}</a>
      </p>
      {standing && (
        <Notice tone="warn" title={t("还有测试办件没有撤回或标注，不能对外告知结果。")}>
          <a href="/cases">{t("办件跟踪")}</a>
        </Notice>
      )}
      {visit.state !== "void" && <Decide sync={sync} rid={rid} guard={{ [rid]: view.ver, ...(team?.ver ? { [visit.mission]: team.ver } : {}) }} pending={view.pending} state={visit.state} standing={standing} told={result !== undefined && (result.body.state ?? "published") === "published"} shared={together.some((one) => one !== rid && sync.rows("visit").value.get(one)?.body.state === "published")} unmarked={(team?.body.items ?? 0) - (team?.body.answered ?? 0)} doubtful={isDoubtful(team?.body)} />}
      {result && <Said answers={result.body.answers} reviews={result.body.reviews} />}
      {result && (result.body.state ?? "published") === "published" && (
        <p>
          <a href={problemHref(result.body.unit, "covert", result.rid)}>{t("登记问题")}</a>
        </p>
      )}
      {result && mayReview(sync, mission, result.body) && <ReviewButton visit={result.rid} ver={result.ver} failed={result.body.failed} />}
      <Answers sync={sync} rid={rid} visit={visit} />
    </div>
  );
}

export default function Review({ sync, params }: ScreenProps) {
  const found = visitsOf(sync);
  const current = params["visit"];
  const chosen = found.find(({ rid }) => rid === current);
  return (
    <SplitView
      list={<VisitList sync={sync} found={found} current={current} />}
      detail={chosen ? <Detail key={chosen.rid} sync={sync} {...chosen} /> : current && found.length > 0 ? <Gone /> : null}
      hint={t("选一条记录查看。")}
    />
  );
}

/** A link to a record this device does not hold. */
function Gone() {
  return (
    <Empty title={t("没有找到这条记录")} icon="search">
      <button type="button" class="btn" onClick={() => go("/visits", { replace: true })}>
        {t("回到列表")}
      </button>
    </Empty>
  );
}
