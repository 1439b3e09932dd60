/** One handover sheet: its matters and how far they are, B's own duties beside them (AB-04), and what this person may do with it. */
import { useState } from "preact/hooks";
import { clock, exact, t, when } from "../../i18n";
import type { HandoverItem } from "../../sync/types.gen";
import { BigButton, Button, Buttons, Card, Cell, Chips, Facts, List, Notice, Section, Sheet as Panel, Tag, TextArea } from "../../ui";
import { useAct } from "../hall/act";
import { personName, postName, postNames } from "../hall/names";
import { candidatesFor, isUnanswered, loadOf, stateNow, stateShown, type Sheet } from "./model";
import { leadsUnit, type Handovers } from "./rows";
import { dueWord, ITEM_TONE, itemStateWord, reasonWord, spanWord, STATE_TONE, stateWord, troubleWord } from "./words";

interface Props {
  all: Handovers;
  sheet: Sheet;
}

export function SheetView({ all, sheet }: Props) {
  const { rows, now, uid } = all;
  const state = stateShown(sheet, now);
  const name = (id: string) => personName(rows.people, id);
  return (
    <div class="hand-sheet">
      <Card tone={sheet.trouble ? "bad" : "info"}>
        <div class="row wrap">
          <Tag tone={STATE_TONE[state]}>{stateWord(state)}</Tag>
          <b>{postName(rows.posts, sheet.post)}</b>
          {sheet.forced && <Tag tone="warn">{t("B岗主动顶岗")}</Tag>}
          {!sheet.planned && sheet.grade !== "C" && <Tag tone="idle">{t("未提前一天")}</Tag>}
        </div>
        {sheet.trouble && <p>{troubleWord(sheet.trouble, name(sheet.b))}</p>}
        <Facts facts={factsOf(all, sheet)} />
      </Card>
      <div class="sides">
        <Items all={all} sheet={sheet} />
        {sheet.b === uid ? <Mine all={all} sheet={sheet} /> : null}
      </div>
      <Actions all={all} sheet={sheet} />
      <a class="btn quiet" href={`/papers/handover/${sheet.rid}`}>
        {t("打印")}
      </a>
    </div>
  );
}

function factsOf({ rows, now }: Handovers, sheet: Sheet): [string, string][] {
  const name = (id: string) => personName(rows.people, id);
  const facts: [string, string][] = [
    [t("移交人"), name(sheet.a)],
    [t("接手人"), name(sheet.b)],
    [t("时间"), spanWord(sheet.from_at, sheet.to_at, now)],
    [t("原因"), reasonWord(sheet.reason)],
  ];
  if (!sheet.planned || sheet.why) facts.push([t("未提前一天的原因"), sheet.why?.trim() || t("未说明原因")]);
  if (sheet.paper) facts.push([t("补录"), t("纸质单号 {number}", { number: sheet.paper })]);
  if (sheet.keys?.length) facts.push([t("钥匙、印章、账号"), sheet.keys.join(t("；"))]);
  if (sheet.notes) facts.push([t("注意事项"), sheet.notes]);
  if (sheet.delivered_at) facts.push([t("送达"), exact(sheet.delivered_at)]);
  if (sheet.accepted_at) facts.push([t("已接受"), exact(sheet.accepted_at)]);
  if (sheet.declined_text) facts.push([t("不能接受的原因"), sheet.declined_text]);
  if (sheet.taken_at) facts.push([t("到岗顶岗"), exact(sheet.taken_at)]);
  if (sheet.back_at) facts.push([t("交回"), exact(sheet.back_at)]);
  if (sheet.report) facts.push([t("办理情况"), sheet.report]);
  return facts;
}

/** The matters; B and A say how far each is. */
function Items({ all, sheet }: Props) {
  const { uid, now } = all;
  const [open, setOpen] = useState<number | null>(null);
  const mayWork = (uid === sheet.b || uid === sheet.a) && sheet.state !== "closed" && sheet.state !== "withdrawn";
  const chosen = open === null ? undefined : sheet.items[open];
  return (
    <Section title={t("移交事项")} aside={t("{n} 件未办", { n: sheet.open_items?.length ?? 0 })}>
      {sheet.items.length === 0 ? (
        <p class="muted">{t("没有列事项，按岗位职责办理。")}</p>
      ) : (
        <List>
          {sheet.items.map((item, n) => (
            <Cell key={n} title={item.matter} sub={<ItemLine item={item} now={now} />} {...(mayWork ? { onPress: () => setOpen(n) } : {})} />
          ))}
        </List>
      )}
      {chosen && open !== null && <ItemPanel all={all} sheet={sheet} n={open} item={chosen} onClose={() => setOpen(null)} />}
    </Section>
  );
}

function ItemLine({ item, now }: { item: HandoverItem; now: number }) {
  const state = item.state ?? "open";
  const parts = [item.due && dueWord(item.due, now), item.appointment ? t("预约 {time}", { time: when(item.appointment, now) }) : "", item.materials, item.note].filter(Boolean);
  return (
    <>
      <Tag tone={ITEM_TONE[state]}>{itemStateWord(state)}</Tag> {parts.join(t("；"))}
    </>
  );
}

function ItemPanel({ all, sheet, n, item, onClose }: Props & { n: number; item: HandoverItem; onClose: () => void }) {
  const act = useAct();
  const [text, setText] = useState(item.note ?? "");
  const say = (state: "doing" | "done") =>
    void act(async () => {
      const note = text.trim();
      const receipt = await all.sync.save("handover.item", { item: n, state, ...(note ? { text: note } : {}) }, { rid: sheet.rid });
      onClose();
      return receipt;
    });
  return (
    <Panel
      open
      title={item.matter}
      onClose={onClose}
      foot={
        <Buttons>
          <Button onPress={() => say("doing")}>{t("办理中")}</Button>
          <Button tone="main" onPress={() => say("done")}>
            {t("已办结")}
          </Button>
        </Buttons>
      }
    >
      <ItemLine item={item} now={all.now} />
      <TextArea label={t("办理情况（可不填）")} value={text} onChange={setText} rows={2} />
    </Panel>
  );
}

/** What B has to do besides, side by side (AB-04). */
function Mine({ all, sheet }: Props) {
  const { rows, uid, now } = all;
  const load = loadOf(rows, uid, Math.max(now, sheet.from_at), now);
  const others = load.sheets.filter((one) => one.rid !== sheet.rid);
  const due = others.flatMap((one) => one.items.filter((item) => item.state !== "done" && item.due));
  return (
    <Section title={t("我自己的工作")}>
      <Facts
        facts={[
          [t("本人岗位"), postNames(rows.posts, load.own) || "—"],
          [t("正在顶岗"), postNames(rows.posts, load.covering) || "—"],
          [t("其他移交"), others.length > 0 ? others.map((one) => `${postName(rows.posts, one.post)} ${clock(one.from_at)}`).join(t("；")) : "—"],
          [t("其他到期事项"), due.length > 0 ? due.map((item) => item.matter).join(t("；")) : "—"],
        ]}
      />
      {load.posts.length > 2 && <Notice tone="warn" title={t("同时 {n} 个岗位，忙不过来请告知负责人。", { n: load.posts.length })} />}
    </Section>
  );
}

/** What this person may do now: one big action, the others small. */
function Actions({ all, sheet }: Props) {
  const { sync, uid, me, now } = all;
  const act = useAct();
  const [panel, setPanel] = useState<"decline" | "back" | "assign" | null>(null);
  const state = stateNow(sheet, now);
  const leads = leadsUnit(me, sheet.unit);
  const close = () => setPanel(null);
  const over = state === "closed" || state === "withdrawn" || state === "handed_back";
  return (
    <div class="submit">
      {uid === sheet.b && isUnanswered(sheet) && (
        <>
          <BigButton label={t("接受移交")} icon="done" onPress={() => void act(() => sync.save("handover.answer", { accept: true }, { rid: sheet.rid }))} />
          <Button onPress={() => setPanel("decline")}>{t("不能接受")}</Button>
        </>
      )}
      {uid === sheet.b && state === "in_force" && <BigButton label={t("交回")} sub={t("报告办理情况，未办结的交还 {name}", { name: personName(all.rows.people, sheet.a) })} icon="swap" onPress={() => setPanel("back")} />}
      {(uid === sheet.a || leads) && state === "handed_back" && <BigButton label={t("确认收回")} icon="done" onPress={() => void act(() => sync.save("handover.close", {}, { rid: sheet.rid }))} />}
      {(uid === sheet.a || leads) && uid !== sheet.b && !over && state !== "in_force" && (
        <Buttons>
          {uid === sheet.a && <Button onPress={() => void act(() => sync.save("handover.withdraw", {}, { rid: sheet.rid }))}>{t("撤回移交")}</Button>}
          <Button onPress={() => setPanel("assign")}>{t("换接手人")}</Button>
        </Buttons>
      )}
      {panel === "decline" && <Decline all={all} sheet={sheet} onClose={close} />}
      {panel === "back" && <GiveBack all={all} sheet={sheet} onClose={close} />}
      {panel === "assign" && <Assign all={all} sheet={sheet} onClose={close} />}
    </div>
  );
}

type PanelProps = Props & { onClose: () => void };

function Decline({ all, sheet, onClose }: PanelProps) {
  const [text, setText] = useState("");
  const act = useAct();
  const reasons = [t("当天已请假"), t("当天有会议或培训"), t("正在顶其他岗"), t("没有这项业务的权限")];
  const send = () =>
    void act(async () => {
      const receipt = await all.sync.save("handover.answer", { accept: false, text: text.trim() }, { rid: sheet.rid });
      onClose();
      return receipt;
    });
  return (
    <Panel open title={t("不能接受")} onClose={onClose} foot={<Button tone="main" disabled={text.trim() === ""} onPress={send}>{t("告知对方和负责人")}</Button>}>
      <Chips label={t("理由")} options={reasons.map((one) => ({ value: one, label: one }))} value={reasons.includes(text) ? text : null} onChange={setText} />
      <TextArea label={t("理由说明")} value={text} onChange={setText} rows={2} required />
    </Panel>
  );
}

/** 交回: a report, and the list of what is still open (AB-06). */
function GiveBack({ all, sheet, onClose }: PanelProps) {
  const [text, setText] = useState("");
  const act = useAct();
  const left = (sheet.open_items ?? []).flatMap((n) => sheet.items[n] ?? []);
  const send = () =>
    void act(async () => {
      const receipt = await all.sync.save("handover.back", { at: all.sync.now(), report: text.trim() }, { rid: sheet.rid });
      onClose();
      return receipt;
    });
  return (
    <Panel open title={t("交回")} onClose={onClose} foot={<BigButton label={t("交回")} onPress={send} />}>
      {left.length > 0 ? (
        <Section title={t("以下 {n} 件交还 {name}", { n: left.length, name: personName(all.rows.people, sheet.a) })}>
          <List>
            {left.map((item) => (
              <Cell key={item.matter} title={item.matter} sub={<ItemLine item={item} now={all.now} />} />
            ))}
          </List>
        </Section>
      ) : (
        <Notice tone="ok" title={t("事项已全部办结。")} />
      )}
      {(sheet.keys?.length ?? 0) > 0 && <p>{t("请一并交回：{items}", { items: (sheet.keys ?? []).join(t("；")) })}</p>}
      <TextArea label={t("办理情况（可不填）")} value={text} onChange={setText} rows={3} />
    </Panel>
  );
}

/** Another B, named by A or HEAD. */
function Assign({ all, sheet, onClose }: PanelProps) {
  const { rows, now } = all;
  const act = useAct();
  const options = candidatesFor(rows, sheet.post, sheet.a, sheet.from_at, now).filter((one) => one.uid !== sheet.b);
  const [to, setTo] = useState("");
  const send = () =>
    void act(async () => {
      const receipt = await all.sync.save("handover.assign", { to }, { rid: sheet.rid });
      onClose();
      return receipt;
    });
  return (
    <Panel open title={t("换接手人")} onClose={onClose} foot={<BigButton label={t("改由此人接手")} disabled={to === ""} onPress={send} />}>
      <Chips
        label={t("接手人")}
        options={options.map((one) => ({ value: one.uid, label: one.person.name, sub: one.is_b ? t("当日B岗") : one.load > 0 ? t("已有 {n} 个岗位", { n: one.load }) : t("同单位") }))}
        value={to || null}
        onChange={setTo}
      />
    </Panel>
  );
}
