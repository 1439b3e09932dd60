/** 待定记录: held records whose effect somebody must decide, each with its reason and its term (row `op.held`). */
import { useSignal } from "@preact/signals";
import { go, itemText, type ScreenProps, useNow, useSync } from "../../app/feature";
import { duration, exact, problemText, t, when } from "../../i18n";
import type { OutboxItem, Sync } from "../../sync/api";
import type { OpHeld } from "../../sync/types.gen";
import { Button, Buttons, Card, Cell, Confirm, DateTimeWheel, Empty, Facts, List, Notice, SplitView, Tag, TextArea } from "../../ui";
import { useAct } from "./act";
import { deviceRows } from "./fleet";
import { personName, unitName } from "./names";

export default function Held({ params }: ScreenProps) {
  const sync = useSync();
  const now = useNow();
  const all = [...sync.rows("op.held").value].map(([rid, { body, ver }]) => ({ rid, body, ver })).sort((a, b) => a.body.due_at - b.body.due_at);
  const open = all.find(({ rid }) => rid === params["id"]);
  if (all.length === 0) return <Empty title={t("没有待定记录")}>{t("已收下但不能直接生效的记录会列在这里，例如停用的设备送来的。")}</Empty>;
  const list = (
    <List label={t("待定记录")}>
      {all.map(({ rid, body }) => (
        <Cell
          key={rid}
          title={contentOf(sync, rid, body).title}
          sub={
            <>
              <span>{[personName(sync.rows("person").value, body.uid), when(body.received_at, now)].join("\u00a0· ")}</span>
              <small>{problemText(body.code)}</small>
            </>
          }
          value={<Due at={body.due_at} now={now} />}
          href={`/held/${rid}`}
          on={rid === params["id"]}
        />
      ))}
    </List>
  );
  return <SplitView list={list} detail={open ? <Detail key={open.rid} {...open} /> : null} hint={t("选一条看内容和原因。")} />;
}

function Due({ at, now }: { at: number; now: number }) {
  if (at <= now) return <Tag tone="bad">{t("已超期")}</Tag>;
  return <Tag tone="info">{t("还有 {time}", { time: duration(at - now) })}</Tag>;
}

/** What the record says, in the words its institution uses for the outbox; as it was sent when it cannot be read. */
function contentOf(sync: Sync, rid: string, body: OpHeld): { title: string; text?: string } {
  try {
    const a = JSON.parse(body.args) as OutboxItem["a"];
    const item = { id: rid, seq: 0, k: body.k, rid: body.rid, a, bytes: 0, saved_at: body.at, code: "", state: "held" } as OutboxItem;
    const { title, text } = itemText(item, sync);
    return text === undefined ? { title } : { title, text };
  } catch {
    return { title: t("记录 {code}", { code: body.k }), text: body.args };
  }
}

function Detail({ rid, body, ver }: { rid: string; body: OpHeld; ver: number }) {
  const sync = useSync();
  const { title, text } = contentOf(sync, rid, body);
  const grades = { A: t("A 级：已与服务器时间核对"), B: t("B 级：设备钟有偏差，已校正"), C: t("C 级：无法核对，由人判断") };
  const num = (value: string) => <span class="num">{value}</span>;
  const facts: [string, preact.ComponentChildren][] = [
    [t("记录人"), personName(sync.rows("person").value, body.uid)],
    [t("单位"), unitName(sync.rows("unit").value, body.unit)],
    [t("记录时间"), num(exact(body.at))],
    [t("时间可信度"), grades[body.grade]],
    [t("收到时间"), num(exact(body.received_at))],
    [t("决定期限"), num(exact(body.due_at))],
    [t("设备编号"), num(body.dev)],
  ];
  return (
    <div class="stack">
      <Notice tone="warn" title={problemText(body.code)} />
      {deviceRows(sync).some((row) => row.rid === body.dev && row.body.stolen) && <Notice tone="bad" title={t("这台设备已报丢失或被盗，请先问本人。")} />}
      <Card>
        <b>{title}</b>
        {text && <p>{text}</p>}
        <Facts facts={facts} />
      </Card>
      {body.uid === sync.uid ? <p class="muted">{t("这是您自己的记录，须由别人决定。")}</p> : <Decide rid={rid} ver={ver} times={timesOf(body)} />}
    </div>
  );
}

type Way = "accept" | "reject";
type Times = Record<string, number>;

const TIME_WORDS: Record<string, () => string> = {
  leaves_at: () => t("离开时间"),
  back_at: () => t("返回时间"),
  from_at: () => t("开始时间"),
  to_at: () => t("结束时间"),
};

/** What a record says of time, where that is why it is held: whoever knows better enters it with the right times. */
function timesOf(body: OpHeld): Times {
  if (body.code !== "TIME_UNLIKELY") return {};
  try {
    const said = Object.entries(JSON.parse(body.args) as Record<string, unknown>);
    return Object.fromEntries(said.filter((one): one is [string, number] => /^at$|_at$/.test(one[0]) && typeof one[1] === "number"));
  } catch {
    return {};
  }
}

function Decide({ rid, ver, times }: { rid: string; ver: number; times: Times }) {
  const sync = useSync();
  const act = useAct();
  const asking = useSignal<Way | null>(null);
  const text = useSignal("");
  const right = useSignal<Times>(times);
  const changed = Object.fromEntries(Object.entries(right.value).filter(([name, at]) => at !== times[name]));
  const corrects = Object.keys(changed).length > 0;
  const options = { rid, guard: { [rid]: ver } };
  const said = text.value.trim();
  const decide = async () => {
    const way = asking.value;
    asking.value = null;
    await act(() => (way === "accept" ? sync.save("held.accept", { ...(said && { text: said }), ...(corrects && { times: changed }) }, options) : sync.save("held.reject", { text: said }, options)));
    go("/held", { replace: true });
  };
  const accepts = asking.value === "accept";
  return (
    <>
      <Buttons>
        <Button onPress={() => (asking.value = "reject")}>{t("不采纳")}</Button>
        <Button tone="main" onPress={() => (asking.value = "accept")}>
          {t("采纳")}
        </Button>
      </Buttons>
      <Confirm
        open={asking.value !== null}
        title={accepts ? t("采纳待定记录") : t("不采纳待定记录")}
        confirm={accepts ? t("采纳") : t("不采纳")}
        disabled={(corrects || !accepts) && said === ""}
        onConfirm={() => void decide()}
        onClose={() => (asking.value = null)}
      >
        <p>{accepts ? t("记录按原来的内容和时间生效；不能生效时会告诉您原因。") : t("记录留存而不生效，记录人会看到您写的理由。")}</p>
        {accepts &&
          Object.entries(right.value).map(([name, at]) => (
            <DateTimeWheel key={name} label={TIME_WORDS[name]?.() ?? t("时间")} value={at} onChange={(next) => (right.value = { ...right.value, [name]: next })} />
          ))}
        {accepts && Object.keys(times).length > 0 && <p class="muted">{t("按改正的时间生效，原来写的时间照样留存；请写明依据。")}</p>}
        <TextArea label={accepts && !corrects ? t("说明（可不填）") : t("理由")} value={text.value} max={500} onChange={(next) => (text.value = next)} />
      </Confirm>
    </>
  );
}
