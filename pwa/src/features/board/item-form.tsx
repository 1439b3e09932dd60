/** One item of the lobby board: what it needs depends on its kind. */
import { useState } from "preact/hooks";
import { dayOf, exact, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { BoardItem, PutBoardItem } from "../../sync/types.gen";
import { Card, Check, Chips, DayField, Select, TextField } from "../../ui";
import { FormFoot, on } from "../hall/form-foot";
import { LongNames } from "../hall/long-names";
import { personName } from "../hall/names";
import { said } from "../hall/names-fields";
import { isEndless, isText, KINDS, lackOf, monthBefore, stateOf, type Kind } from "./model";
import { kindWord, lackWord } from "./words";

interface FieldsProps {
  item: PutBoardItem;
  set: (change: Partial<PutBoardItem>) => void;
}

/** Those who may be on duty for the hall. */
const LEADING = ["LEAD", "TOP", "HEAD", "OFF"];

export function ItemForm({ sync, id, onDone }: { sync: Sync; id: string | null; onDone: () => void }) {
  const known = sync.rows("board.item").value.get(id ?? "");
  const today = dayOf(sync.now());
  const [rid] = useState(() => id ?? crypto.randomUUID());
  const [item, setItem] = useState(() => (known ? again(known.body) : empty("notice", today)));
  const set = (change: Partial<PutBoardItem>) => setItem({ ...item, ...change });
  const standing = known && ["on", "waiting"].includes(stateOf(known.body, today));
  return (
    <Card>
      <div class="stack">
        {known ? (
          <>
            <h2>{kindWord(item.kind)}</h2>
            <p class="muted">{t("{name} 发布于 {time}", { name: personName(sync.rows("person").value, known.body.by), time: exact(known.body.at) })}</p>
          </>
        ) : (
          <Chips label={t("类别")} value={item.kind} options={KINDS.map((value) => ({ value, label: kindWord(value) }))} onChange={(kind) => setItem(empty(kind, today))} />
        )}
        {isText(item.kind) && <Texts item={item} set={set} />}
        {item.kind === "leader" && <Leader sync={sync} item={item} set={set} />}
        {item.kind === "channel" && <Contact item={item} set={set} />}
        {item.kind === "figures" ? <Figures item={item} set={set} /> : <Days item={item} set={set} />}
        <FormFoot
          missing={lackWord(lackOf(item))}
          verb={t("发布")}
          onDone={onDone}
          onSave={() => sync.save("board.put", trimmed(item), on(rid, known?.ver))}
          {...(standing ? { end: { label: t("撤下"), question: t("从所有公示屏撤下，台账里仍然留存。"), onEnd: () => sync.save("board.end", {}, on(rid, known.ver)) } } : {})}
        />
      </div>
    </Card>
  );
}

function empty(kind: Kind, today: string): PutBoardItem {
  if (kind === "figures") return { kind, totals: { month: monthBefore(today), cases: 0, in_time: 0, rated: 0, satisfied: 0 } };
  return { kind, first: today, until: kind === "leader" ? today : "" };
}

/** What stands, to be changed; a text is checked anew. */
function again({ kind, first, until, title, words, person, phone, link, totals }: BoardItem): PutBoardItem {
  if (totals) return { kind, totals };
  return { kind, first, until: isEndless({ until }) ? "" : until, ...(title && { title }), ...(words && { words }), ...(person && { person }), ...(phone && { phone }), ...(link && { link }) };
}

function trimmed({ title, words, phone, link, ...rest }: PutBoardItem): PutBoardItem {
  return { ...rest, ...(title && { title: said(title) }), ...(words && { words: said(words) }), ...(phone && { phone: phone.trim() }), ...(link && { link: link.trim() }) };
}

/** A text with the list it is checked against before it is published (DIS-01). */
function Texts({ item, set }: FieldsProps) {
  return (
    <>
      <LongNames label={t("标题")} required rows={1} max={32} value={item.title ?? {}} onChange={(title) => set({ title })} />
      <LongNames label={t("内容")} required rows={4} max={180} value={item.words ?? {}} onChange={(words) => set({ words })} />
      <Check label={t("已逐项核对")} hint={t("合法；客观真实；便于群众监督；不涉及国家秘密；没有群众和工作人员的个人信息。")} value={item.checked ?? false} onChange={(checked) => set({ checked })} />
    </>
  );
}

function Leader({ sync, item, set }: FieldsProps & { sync: Sync }) {
  const people = [...sync.rows("person").value].filter(([, { body }]) => !body.left && body.roles.some((role) => LEADING.includes(role)));
  const options = [{ value: "", label: t("请选择") }, ...people.map(([value, { body }]) => ({ value, label: body.name }))];
  return <Select label={t("值班领导")} hint={t("屏上按本厅岗位牌的写法显示，不显示电话。")} value={item.person ?? ""} options={options} onChange={(person) => set({ person })} />;
}

function Contact({ item, set }: FieldsProps) {
  return (
    <>
      <TextField label={t("监督电话")} type="tel" max={24} value={item.phone ?? ""} onChange={(phone) => set({ phone })} />
      <TextField label={t("投诉、建议的网页链接")} hint={t("屏上显示为二维码，链接以 https:// 开头。")} max={300} value={item.link ?? ""} onChange={(link) => set({ link })} />
    </>
  );
}

const COUNTS = ["cases", "in_time", "rated", "satisfied"] as const;

/** What the office has counted of a month; no institution measures it (DSP-01, SAT-08). */
function Figures({ item, set }: FieldsProps) {
  const totals = item.totals ?? { month: "", cases: 0, in_time: 0, rated: 0, satisfied: 0 };
  const words: Record<(typeof COUNTS)[number], string> = { cases: t("办结件数"), in_time: t("其中按时"), rated: t("参评件数"), satisfied: t("其中满意（含基本满意）") };
  return (
    <>
      <TextField label={t("月份")} required max={7} hint={t("如 2026-10；下一个月整月公示。")} value={totals.month} onChange={(month) => set({ totals: { ...totals, month: month.trim() } })} />
      {COUNTS.map((key) => (
        <TextField key={key} label={words[key]} required inputMode="numeric" max={8} value={String(totals[key])} onChange={(text) => set({ totals: { ...totals, [key]: Number(text.replace(/\D/g, "")) } })} />
      ))}
      <p class="muted">{t("办件或参评太少时不显示比率，满意率旁边总有参评率。")}</p>
    </>
  );
}

function Days({ item, set }: FieldsProps) {
  const [endless, setEndless] = useState(!item.until);
  const first = item.first ?? "";
  const leader = item.kind === "leader";
  const lasts = (next: boolean) => {
    setEndless(next);
    set({ until: next ? "" : first });
  };
  return (
    <>
      <DayField label={t("开始")} required value={first} onChange={(day) => set({ first: day })} />
      {!leader && <Check label={t("长期")} value={endless} onChange={lasts} />}
      {(leader || !endless) && <DayField label={t("结束")} required min={first} value={item.until ?? ""} onChange={(until) => set({ until })} />}
    </>
  );
}
