/** 请假: type, time and stand-in on one screen, with balance, overlap and cover shown before anything is sent (LV-01, LV-06, LV-12). */
import { useState } from "preact/hooks";
import { AttachField, DraftNotice, go, SubmitBar, useAmended, useDraft, type ScreenProps } from "../../app/feature";
import { dayOf, names, t } from "../../i18n";
import type { Photo } from "../../sync/api";
import type { LeaveRequest } from "../../sync/types.gen";
import { Card, Chips, DateTimeWheel, Notice, Select, Tag, TextArea } from "../../ui";
import { personName } from "../hall/names";
import { isFarOff } from "../hall/rules";
import { SlotList } from "./cover";
import { candidatesOf, countDays, coverOf, isMedical, isOwn, leftOf, overlapsOf, presetsAt, SECRET_ROLES, typeOn, typesOn, type Preset, type Span } from "./model";
import { useLeave, type LeaveBook } from "./rows";
import { daysWord, presetWord, spanWord, typeWord } from "./words";
import "./leave.css";

interface Form {
  person: string;
  type: string | null;
  preset: Preset | null;
  from: number | null;
  to: number | null;
  /** null: the proposed one; empty: nobody. */
  stand_in: string | null;
  event: string;
  text: string;
  out_of_city: string;
  photos: Photo[];
}

const EMPTY: Form = { person: "", type: null, preset: null, from: null, to: null, stand_in: null, event: "", text: "", out_of_city: "", photos: [] };
/** How many types stand in view; the rest is one tap away. */
const TYPES_FIRST = 6;

function formOf(a: LeaveRequest, uid: string): Form {
  return {
    person: a.person === uid ? "" : a.person,
    type: a.type,
    preset: "custom",
    from: a.from_at,
    to: a.to_at,
    stand_in: a.stand_in ?? "",
    event: a.event ?? "",
    text: a.text ?? "",
    out_of_city: a.out_of_city ?? "",
    photos: [],
  };
}

export default function RequestScreen({ query }: ScreenProps) {
  const book = useLeave();
  const { sync, rows, uid, now } = book;
  const base = query.get("extends") ?? "";
  const told = query.get("told") ?? "";
  const amended = useAmended("leave.request");
  const draft = useDraft<Form>(`leave:${base || told || "new"}`, amended ? formOf(amended.a, uid) : firstOf(book, base, told, query), t("请假"));
  const form = draft.value;
  const person = form.person || uid;
  const presets = presetsAt(rows.hall, now);
  const span = spanOf(form, presets);
  const day = dayOf(span?.from ?? now);
  const kind = form.type ? typeOn(rows.types, form.type, day) : undefined;
  const candidates = span ? candidatesOf(rows, person, span) : [];
  const stand_in = form.stand_in ?? candidates.find((one) => one.is_b && !one.off)?.uid ?? "";
  const secret = kind?.rule.privacy === "P4";
  const missing = !kind ? t("请选择假别。") : secret && person === uid ? t("请选择请假人。") : !span ? t("请选择起止时间。") : span.to <= span.from ? t("结束时间要晚于开始时间。") : isFarOff(rows.hall, "lv.", span.from, book.now) ? t("时间太早、太晚或太长，请核对。") : null;

  const submit = async () => {
    if (!kind || !span) return undefined;
    const a: LeaveRequest = { person, type: kind.code, from_at: span.from, to_at: span.to };
    if (stand_in) a.stand_in = stand_in;
    if (base) a.extension_of = base;
    if (form.event) a.event = form.event;
    if (form.text.trim()) a.text = form.text.trim();
    if (form.out_of_city.trim()) a.out_of_city = form.out_of_city.trim();
    const receipt = await sync.save("leave.request", a, { ...draft.record, blobs: form.photos, ...(told ? { rid: told } : {}) });
    await draft.done();
    go("/leave");
    return receipt;
  };

  return (
    <>
      <DraftNotice draft={draft} />
      <Types book={book} day={day} value={form.type} onChange={(type) => draft.set({ type, event: "" })} />
      {kind && (kind.rule.events ?? []).length > 0 && (
        <Chips label={t("情形")} options={(kind.rule.events ?? []).map((one) => ({ value: one.code, label: names(one.names), sub: t("{n} 天", { n: one.days }) }))} value={form.event || null} onChange={(event) => draft.set({ event })} />
      )}
      <When book={book} form={form} set={draft.set} presets={presets} span={span} />
      <StandIn book={book} candidates={candidates} value={stand_in} onChange={(value) => draft.set({ stand_in: value })} />
      {kind && span && span.to > span.from && <Preview book={book} person={person} kind={kind} span={span} stand_in={stand_in} />}
      <More key={String(secret)} book={book} form={form} set={draft.set} medical={isMedical(kind?.rule)} secret={secret} proof={names(kind?.rule.proof)} person={person} />
      <SubmitBar onSubmit={submit} disabled={missing !== null} verb={t("提交请假")} note={missing ?? t("批准前可以撤回。")} />
    </>
  );
}

/** What a 续假 or a 补办 begins with: where the other leave ends, or what was told by phone; or the times of an absence that turned out
 * private (AWY-05): 事假, from the minute of leaving.
 */
function firstOf({ rows, uid, now }: LeaveBook, base: string, told: string, query: URLSearchParams): Form {
  const known = rows.leaves.get(base || told)?.body;
  if (!known) {
    const from = Number(query.get("from"));
    if (!from) return EMPTY;
    const to = Number(query.get("to")) || null;
    return { ...EMPTY, type: typeOn(rows.types, "personal", dayOf(now)) ? "personal" : null, preset: "custom", from, to };
  }
  const person = known.person === uid ? "" : known.person;
  if (told) return { ...EMPTY, person, preset: "custom", from: known.from_at, to: known.to_at, text: known.text ?? "" };
  return { ...EMPTY, person, type: known.type, preset: "custom", from: known.to_at, to: null, stand_in: known.stand_in ?? null };
}

function spanOf(form: Form, presets: readonly { id: Preset; span: Span }[]): Span | null {
  if (form.preset === "custom") return form.from !== null && form.to !== null ? { from: form.from, to: form.to } : null;
  return presets.find(({ id }) => id === form.preset)?.span ?? null;
}

/** Whether this person may enter what is secret (P4), for anybody of the hall but himself (§8). */
const isSealer = ({ me }: LeaveBook): boolean => SECRET_ROLES.some((role) => me?.roles.includes(role));

function Types({ book, day, value, onChange }: { book: LeaveBook; day: string; value: string | null; onChange: (code: string) => void }) {
  const [all, setAll] = useState(false);
  const { rows, uid } = book;
  const sex = rows.accounts.get(uid)?.body.sex ?? "";
  const sealer = isSealer(book);
  const kinds = typesOn(rows.types, day).filter((kind) => (isOwn(kind) || (sealer && kind.rule.privacy === "P4")) && (!sex || !kind.rule.sex || kind.rule.sex === sex));
  const shown = kinds.filter((kind, index) => all || index < TYPES_FIRST || kind.code === value);
  const options = shown.map(({ code, rule }) => {
    const left = leftOf(rows.accounts.get(uid)?.body, code, day);
    return { value: code, label: names(rule.names), sub: left === null ? undefined : t("余 {days}", { days: daysWord(left) }) };
  });
  const more = kinds.length > shown.length ? [{ value: "", label: t("更多（{n}）", { n: kinds.length - shown.length }) }] : [];
  return <Chips label={t("假别")} options={[...options, ...more]} value={value} onChange={(code) => (code ? onChange(code) : setAll(true))} />;
}

function When({ book, form, set, presets, span }: { book: LeaveBook; form: Form; set: (patch: Partial<Form>) => void; presets: readonly { id: Preset; span: Span; day: string }[]; span: Span | null }) {
  const { now } = book;
  const first = span ?? presets[0]?.span;
  return (
    <>
      <Chips<Preset>
        label={t("请假时间")}
        options={[...presets.map(({ id, day }) => ({ value: id, label: presetWord(id, day, now) })), { value: "custom", label: t("其他时间") }]}
        value={form.preset}
        onChange={(preset) => set(preset === "custom" ? { preset, from: form.from ?? first?.from ?? null, to: form.to ?? first?.to ?? null } : { preset })}
      />
      {form.preset === "custom" && (
        <>
          <DateTimeWheel label={t("开始")} value={form.from} onChange={(from) => set({ from })} hint={form.from !== null && form.from < now ? t("已经开始的，作为补办。") : undefined} />
          <DateTimeWheel label={t("结束")} value={form.to} {...(form.from === null ? {} : { min: form.from })} onChange={(to) => set({ to })} />
        </>
      )}
    </>
  );
}

const STAND_INS_FIRST = 3;

function StandIn({ book, candidates, value, onChange }: { book: LeaveBook; candidates: ReturnType<typeof candidatesOf>; value: string; onChange: (uid: string) => void }) {
  const [all, setAll] = useState(false);
  if (candidates.length === 0) return null;
  const shown = candidates.filter((one, index) => all || index < STAND_INS_FIRST || one.uid === value);
  const options = shown.map((one) => ({
    value: one.uid,
    label: personName(book.rows.people, one.uid),
    sub: one.off ? t("同时请假") : one.is_b ? t("B岗") : t("同单位"),
  }));
  const rest = candidates.length - shown.length;
  return (
    <Chips
      label={t("顶岗人")}
      options={[...options, ...(rest > 0 ? [{ value: "*", label: t("更多（{n}）", { n: rest }) }] : []), { value: "", label: t("无人顶岗") }]}
      value={value}
      onChange={(uid) => (uid === "*" ? setAll(true) : onChange(uid))}
    />
  );
}

/** Balance, overlap and cover, before anything is sent. */
function Preview({ book, person, kind, span, stand_in }: { book: LeaveBook; person: string; kind: NonNullable<ReturnType<typeof typeOn>>; span: Span; stand_in: string }) {
  const { rows, now } = book;
  const days = countDays(rows.hall, kind.rule, span.from, span.to);
  const left = leftOf(rows.accounts.get(person)?.body, kind.code, dayOf(span.from));
  const overlaps = overlapsOf(rows.leaves, person, span);
  const slots = coverOf(rows, person, span, stand_in);
  return (
    <Card tone={left !== null && left < days ? "warn" : "info"}>
      <div class="lv-sum">
        <b>{t("计 {days}（{count}）", { days: daysWord(days), count: kind.rule.count === "working" ? t("工作日") : t("自然日") })}</b>
        {left !== null && <span>{left >= days ? t("批准后余 {days}", { days: daysWord(left - days) }) : t("超出余额 {days}，照样可以提交，由负责人处理。", { days: daysWord(days - left) })}</span>}
        {overlaps.map(({ rid, leave }) => (
          <Tag key={rid} tone="warn">
            {leave.type === kind.code ? t("与已有请假重叠（{span}），将建议合并，天数只算一次", { span: spanWord(leave.from_at, leave.to_at, now) }) : t("与{type}重叠（{span}），请选定一种", { type: typeWord(rows.types, leave.type, leave.from_at), span: spanWord(leave.from_at, leave.to_at, now) })}
          </Tag>
        ))}
        <SlotList slots={slots} rows={rows} now={now} empty={t("这段时间没有排您主岗，不需要顶岗。")} />
      </div>
    </Card>
  );
}

function More({ book, form, set, medical, secret, proof, person }: { book: LeaveBook; form: Form; set: (patch: Partial<Form>) => void; medical: boolean; secret: boolean; proof: string; person: string }) {
  const { rows, uid, me } = book;
  const colleagues = [...rows.people].filter(([, { body }]) => (secret || body.unit === me?.unit) && !body.left);
  const hint = medical ? t("此类假的事由密封保存，审批人看不到，只有办公室说明用途后可查。") : t("只有审批人和办公室看得到。");
  return (
    <details class="fold" open={secret}>
      <summary>{t("事由、证明、离开本市、代为补办")}</summary>
      <TextArea label={t("事由")} value={form.text} rows={2} onChange={(text) => set({ text })} hint={secret ? t("密封保存，只有本人、主要领导和纪检人员说明用途后可查。") : hint} />
      {proof && <Notice title={t("证明：{proof}。拍照后密封保存，审批人只看到“已提供证明”。", { proof })} />}
      <AttachField value={form.photos} onChange={(photos) => set({ photos })} />
      <TextArea label={t("离开本市，去向")} value={form.out_of_city} rows={1} onChange={(out_of_city) => set({ out_of_city })} />
      {colleagues.length > 1 && (
        <Select label={t("请假人")} value={person} options={colleagues.map(([id, { body }]) => ({ value: id, label: id === uid ? t("本人") : body.name }))} onChange={(id) => set({ person: id === uid ? "" : id, stand_in: null })} hint={t("同事因急事不能自己填写时，可以代为补办。")} />
      )}
    </details>
  );
}
