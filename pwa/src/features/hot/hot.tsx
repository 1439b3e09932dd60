/** 热点难点 (EMG-06): the analysis of a period, orders to sections, and what a section answered. Made of this device's rows. */
import { useState } from "preact/hooks";
import { go, SubmitBar, useMe, type ScreenProps } from "../../app/feature";
import { date, dayOf, exact, instant, t } from "../../i18n";
import type { Sync, View } from "../../sync/api";
import type { HotOrder } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, Empty, Facts, List, Section, Sheet, SplitView, Table, Tag, TextArea } from "../../ui";
import { dueDay } from "../hall/due-day";
import { personName, unitName } from "../hall/names";
import { useWide } from "../hall/wide";
import { acts, analyse, inOrder, ofFinding, ofIncident, ofProblem, type Act, type Line, type Seen, type Source } from "./model";
import { OrderSheet } from "./order";
import { sourceWord, STATE_TONES, stateWord, stepWord, whatWord } from "./words";

const DAY_MS = 86_400_000;
const PERIODS = ["30", "90", "365"] as const;
const LINES_MAX = 40;
const GIVERS = ["OFF", "EFF", "LEAD", "TOP"];

/** Everything this device knows that happened in a section. */
function seenOf(sync: Sync): Seen[] {
  const posts = sync.rows("post").value;
  const people = sync.rows("person").value;
  const unitOfPost = (post: string) => posts.get(post)?.body.unit ?? "";
  return [
    // A zone is the matter of the section of whoever is responsible for it.
    ...[...sync.rows("incident").value.values()].flatMap(({ body }) => ofIncident(body, unitOfPost(body.place) || (people.get(body.responder)?.body.unit ?? ""))),
    ...[...sync.rows("problem").value.values()].map(({ body }) => ofProblem(body)),
    ...[...sync.rows("finding").value.values()].flatMap(({ body }) => ofFinding(body, unitOfPost(body.post))),
  ];
}

export default function Hot({ sync, params }: ScreenProps) {
  const me = useMe();
  const gives = GIVERS.some((role) => me?.roles.includes(role));
  const orders = inOrder([...sync.rows("hot.order").value.values()]);
  const open = orders.find(({ rid }) => rid === params["id"]);
  const list = (
    <div class="stack">
      <Section title={t("交办与答复")}>
        {orders.length === 0 ? (
          <Empty title={t("没有交办事项")}>{t("对热点难点问题交办科室后，期限和答复会列在这里。")}</Empty>
        ) : (
          <List label={t("交办与答复")}>
            {orders.map(({ rid, body, pending }) => (
              <Cell
                key={rid}
                title={body.topic}
                sub={[unitName(sync.rows("unit").value, body.unit), t("{day}前", { day: date(body.due_day) }), pending ? t("已存本机") : ""].filter(Boolean).join("\u00a0· ")}
                value={<Tag tone={body.overdue && body.state !== "settled" ? "bad" : STATE_TONES[body.state]}>{body.overdue && body.state === "ordered" ? t("已逾期") : stateWord(body.state)}</Tag>}
                href={`/hot/${rid}`}
                on={rid === params["id"]}
              />
            ))}
          </List>
        )}
      </Section>
      {gives && open && (
        <Button icon="overview" onPress={() => go("/hot")}>
          {t("看分析")}
        </Button>
      )}
    </div>
  );
  const detail = open ? <Detail key={open.rid} sync={sync} rid={open.rid} view={open} /> : gives ? <Analysis sync={sync} /> : null;
  return gives && !open ? (
    <div class="wide stack">
      {detail}
      {list}
    </div>
  ) : (
    <SplitView list={list} detail={detail} hint={t("选一件查看。")} />
  );
}

/** What was frequent, with the way to tell a section. */
function Analysis({ sync }: { sync: Sync }) {
  const [days, setDays] = useState<(typeof PERIODS)[number]>("30");
  const [source, setSource] = useState<Source | "">("");
  const [ordering, setOrdering] = useState<Line | null>(null);
  const many = Number(sync.rows("hall").value.get("hall")?.body.rules["rct.collective_count"] ?? 3);
  const to_day = dayOf(sync.now());
  const from_day = dayOf(sync.now() - (Number(days) - 1) * DAY_MS);
  const lines = analyse(seenOf(sync), instant(from_day, "00:00"), sync.now() + 1, many)
    .filter((line) => !source || line.source === source)
    .slice(0, LINES_MAX);
  return (
    <Section title={t("热点难点分析")} aside={t("{from} 至 {to}", { from: date(from_day), to: date(to_day) })}>
      <Chips label={t("时间")} hideLabel options={PERIODS.map((value) => ({ value, label: t("近 {n} 天", { n: value }) }))} value={days} onChange={setDays} />
      <Chips<Source | "">
        label={t("来源")}
        hideLabel
        options={[{ value: "", label: t("全部") }, ...(["incident", "problem", "finding"] as const).map((value) => ({ value, label: sourceWord(value) }))]}
        value={source}
        onChange={setSource}
      />
      {lines.length === 0 ? (
        <Empty title={t("这段时间没有可分析的事项")}>{t("突发事件、登记的问题和已确认的巡查发现会按科室和类别计数。")}</Empty>
      ) : (
        <Lines sync={sync} lines={lines} onOpen={setOrdering} />
      )}
      <p class="muted">{t("同一科室同类 {n} 次以上为热点；退回、复发、逾期或惊动分管领导的为难点。点一行交办科室。", { n: many })}</p>
      {ordering && <OrderSheet sync={sync} line={ordering} from_day={from_day} to_day={to_day} onClose={() => setOrdering(null)} />}
    </Section>
  );
}

const keyOf = (line: Line): string => [line.unit, line.source, line.kind].join(":");

/** At the desk a table, in the hand a list. */
function Lines({ sync, lines, onOpen }: { sync: Sync; lines: readonly Line[]; onOpen: (line: Line) => void }) {
  const units = sync.rows("unit").value;
  const marks = (line: Line) => (
    <>
      {line.hot && <Tag tone="bad">{t("热点")}</Tag>} {line.hard && <Tag tone="warn">{t("难点")}</Tag>}
    </>
  );
  if (!useWide()) {
    return (
      <List label={t("热点难点分析")}>
        {lines.map((line) => (
          <Cell
            key={keyOf(line)}
            title={
              <>
                {whatWord(sync, line.source, line.kind)} {marks(line)}
              </>
            }
            sub={[unitName(units, line.unit), sourceWord(line.source)].join("\u00a0· ")}
            value={<span class="num">{t("{n} 次", { n: line.count })}</span>}
            onPress={() => onOpen(line)}
          />
        ))}
      </List>
    );
  }
  return (
    <Table<Line>
      caption={t("热点难点分析")}
      rows={lines}
      rowKey={keyOf}
      onOpen={onOpen}
      columns={[
        { id: "what", title: t("事项"), cell: (line) => whatWord(sync, line.source, line.kind) },
        { id: "unit", title: t("科室"), cell: (line) => unitName(units, line.unit) },
        { id: "source", title: t("来源"), cell: (line) => sourceWord(line.source) },
        { id: "count", title: t("次数"), numeric: true, cell: (line) => line.count },
        { id: "mark", title: t("性质"), cell: marks },
      ]}
    />
  );
}

function Detail({ sync, rid, view }: { sync: Sync; rid: string; view: View<HotOrder> }) {
  const me = useMe();
  const [open, setOpen] = useState<Act | null>(null);
  const order = view.body;
  const people = sync.rows("person").value;
  const counted = order.counted.map((one) => t("{what} {n} 次", { what: whatWord(sync, one.source, one.kind), n: one.count })).join(t("；"));
  const words: Record<Act, string> = { answer: t("答复"), settle: t("审核通过"), return: t("退回") };
  return (
    <div class="stack">
      <Section title={order.topic} aside={<Tag tone={STATE_TONES[order.state]}>{view.pending ? t("已存本机") : stateWord(order.state)}</Tag>}>
        <Facts
          facts={[
            [t("责任科室"), unitName(sync.rows("unit").value, order.unit)],
            [t("依据"), t("{from} 至 {to}：{what}", { from: date(order.from_day), to: date(order.to_day), what: counted })],
            [t("要求"), order.demand],
            [t("答复期限"), dueDay(order)],
          ]}
        />
        {me && !view.pending && (
          <Buttons>
            {acts(order, me).map((act) => (
              <Button key={act} tone={act === "return" ? "danger" : "main"} onPress={() => setOpen(act)}>
                {words[act]}
              </Button>
            ))}
          </Buttons>
        )}
        {open && <SaySheet sync={sync} rid={rid} view={view} act={open} title={words[open]} onClose={() => setOpen(null)} />}
      </Section>
      <Section title={t("办理经过")}>
        <List>
          {order.steps.map((one, at) => (
            <Cell key={at} title={stepWord(one.step)} sub={[one.text, personName(people, one.by), exact(one.at)].filter(Boolean).join("\u00a0· ")} />
          ))}
        </List>
      </Section>
    </div>
  );
}

function SaySheet({ sync, rid, view, act, title, onClose }: { sync: Sync; rid: string; view: View<HotOrder>; act: Act; title: string; onClose: () => void }) {
  const [text, setText] = useState("");
  const said = text.trim();
  const submit = async () => {
    const receipt = act === "answer" ? await sync.save("hot.answer", { text: said }, { rid }) : await sync.save("hot.settle", { accept: act === "settle", text: said }, { rid, guard: { [rid]: view.ver } });
    onClose();
    return receipt;
  };
  const hints: Record<Act, string> = { answer: t("原因、措施、何时见效。"), settle: t("可以写明审核意见。"), return: t("写明还缺什么。") };
  return (
    <Sheet open title={title} onClose={onClose} foot={<SubmitBar onSubmit={submit} verb={title} disabled={act !== "settle" && said === ""} />}>
      <TextArea label={t("说明")} required={act !== "settle"} rows={4} max={1000} value={text} onChange={setText} hint={hints[act]} />
    </Sheet>
  );
}
