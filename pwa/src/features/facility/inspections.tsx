/** 场所检查 so far, and the way to a new one: the list in force of each kind. */
import { Attachments, go, type ScreenProps } from "../../app/feature";
import { clock, dayOf, names, t, when } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { Checklist, Inspection, ItemAnswer } from "../../sync/types.gen";
import { Button, Card, Cell, Empty, Facts, List, Notice, Section, SplitView, Tag } from "../../ui";
import { listsNow, points } from "../hall/answering";
import { itemsOf } from "../hall/checklist";
import { SCORE_TONE, markText, scoreWord } from "../hall/checklist-items";
import { personName } from "../hall/names";
import { placeWord } from "./words";

const WORST: Record<ItemAnswer["mark"], number> = { fail: 0, half: 1, na: 2, full: 3 };

export default function Inspections({ sync, params }: ScreenProps) {
  const all = [...sync.rows("facility").value].sort(([, { body: a }], [, { body: b }]) => b.to_at - a.to_at);
  const lists = listsNow(Array.from(sync.rows("checklist").value, ([id, { body }]) => [id, body] as const), "facility", dayOf(sync.now()));
  const open = all.find(([rid]) => rid === params["id"]);
  const list = (
    <div class="stack">
      {lists.map(([id, { names: title }], at) => (
        <Button key={id} tone={at === 0 ? "main" : "plain"} onPress={() => go(`/facility/new/${id}`)}>
          {t("开始：{list}", { list: names(title) })}
        </Button>
      ))}
      <Button onPress={() => go("/repairs")}>{t("报修与维修")}</Button>
      {all.length === 0 ? (
        <Empty title={t("还没有场所检查")} icon="check">{t("逐项看、逐项点；不合格的成为报修，直到有人检查通过。")}</Empty>
      ) : (
        <List label={t("场所检查")}>
          {all.map(([rid, { body, pending }]) => (
            <Cell
              key={rid}
              title={placeWord(sync, body.place)}
              sub={[when(body.to_at, sync.now()), personName(sync.rows("person").value, body.by), body.failed.length > 0 ? t("不合格 {n} 项", { n: body.failed.length }) : "", pending ? t("已存本机") : ""].filter(Boolean).join("\u00a0· ")}
              value={<Tag tone={SCORE_TONE[body.score.grade]}>{points(body.score.tenths)}</Tag>}
              href={`/facility/${rid}`}
              on={rid === params["id"]}
            />
          ))}
        </List>
      )}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open[0]} sync={sync} rid={open[0]} view={open[1]} /> : null} hint={t("选一次检查查看。")} />;
}

function Detail({ sync, rid, view }: { sync: Sync; rid: string; view: View<Inspection> }) {
  const { body, pending } = view;
  const list = sync.rows("checklist").value.get(body.checklist)?.body;
  const { score } = body;
  return (
    <div class="stack">
      <Section title={placeWord(sync, body.place)} aside={<Tag tone={SCORE_TONE[score.grade]}>{pending ? t("已存本机") : scoreWord(score.grade)}</Tag>}>
        <Facts
          facts={[
            [t("得分"), score.capped ? t("{n}（有否决项不合格）", { n: points(score.tenths) }) : points(score.tenths)],
            [t("检查表"), list ? t("{name}，第 {n} 版", { name: names(list.names), n: list.version }) : body.checklist],
            [t("检查人"), personName(sync.rows("person").value, body.by)],
            [t("时间"), `${when(body.from_at, sync.now())}–${clock(body.to_at)}`],
          ]}
        />
        {body.text && <Card tone="info">{body.text}</Card>}
        {body.reused && (
          <Notice tone="info" title={t("照片在别的记录里用过")}>
            {t("提示只供询问，不影响得分，也不作判定。")}
          </Notice>
        )}
        {!pending && (
          <p>
            <a class="btn" href={`/papers/facility_check/${encodeURIComponent(rid)}`}>
              {t("打印检查表")}
            </a>
          </p>
        )}
      </Section>
      {list && <Answers sync={sync} rid={rid} body={body} list={list} />}
    </div>
  );
}

/** Answers, failed first; a failed one leads to its repair. */
function Answers({ sync, rid, body, list }: { sync: Sync; rid: string; body: Inspection; list: Checklist }) {
  const items = new Map(itemsOf(list).map((item) => [item.id, item]));
  const repairs = sync.rows("repair").value;
  const lines = [...body.answers].sort((a, b) => WORST[a.mark] - WORST[b.mark]);
  const tone = { full: "ok", half: "warn", fail: "bad", na: "idle" } as const;
  return (
    <Section title={t("逐项结果")} aside={t("{n} 项", { n: lines.length })}>
      <List>
        {lines.map((answer) => {
          const repair = `${rid}.${answer.item}`;
          const photos = body.blobs?.filter(({ sha256 }) => answer.photos?.includes(sha256));
          return (
            <Cell
              key={answer.item}
              title={<span class="text">{`${answer.item} ${names(items.get(answer.item)?.names)}`}</span>}
              sub={
                answer.note || photos?.length ? (
                  <>
                    {answer.note}
                    <Attachments rid={rid} blobs={photos} />
                  </>
                ) : undefined
              }
              value={<Tag tone={tone[answer.mark]}>{markText(answer.mark)}</Tag>}
              {...(repairs.has(repair) ? { href: `/repairs/${repair}` } : {})}
            />
          );
        })}
      </List>
    </Section>
  );
}
