/** A new sheet: everything already chosen, matters by one tap from templates, so that a usual handover is a few taps (AB-02). */
import { useState } from "preact/hooks";
import { DraftNotice, go, SubmitBar, useDraft, type ScreenProps } from "../../app/feature";
import { dayOf, t } from "../../i18n";
import type { HandoverItem, Prepare } from "../../sync/types.gen";
import { Button, Buttons, Cell, Chips, DateTimeWheel, List, Loading, MultiChips, Notice, Section, Sheet as Panel, Tag, TextArea, TextField } from "../../ui";
import { postName } from "../hall/names";
import { daysMs, isFarOff } from "../hall/rules";
import { addDays } from "../hall/terms";
import { candidatesFor, isPlanned, lastOpen, nextSpan, postsOf, REASONS, restOfToday, type Reason } from "./model";
import { useHandovers, type Handovers } from "./rows";
import { dueWord, reasonWord, spanWord } from "./words";
import "./handover.css";

type When = "next" | "today" | "given" | "custom";

interface Form {
  post: string | null;
  when: When | null;
  from_at: number | null;
  to_at: number | null;
  to: string | null;
  reason: Reason | null;
  items: HandoverItem[];
  keys: string[];
  notes: string;
  why: string;
  /** Number of the paper form it was first written on (EMG-10). */
  paper?: string;
}

const EMPTY: Form = { post: null, when: null, from_at: null, to_at: null, to: null, reason: null, items: [], keys: [], notes: "", why: "" };

/** What a notice, a leave or an address brings along. */
interface Given {
  post: string | null;
  from_at: number | null;
  to_at: number | null;
  to: string | null;
  reason: Reason | null;
  notice: string | null;
  leave: string | null;
}

function givenBy(all: Handovers, query: URLSearchParams): Given {
  const notice = query.get("notice");
  const body = notice ? all.sync.rows("away.office").value.get(notice)?.body : undefined;
  const number = (name: string) => Number(query.get(name)) || null;
  const reasons: Partial<Record<string, Reason>> = { trip: "trip", meeting: "meeting", training: "training", site_visit: "trip" };
  return {
    post: query.get("post") ?? body?.posts[0] ?? null,
    from_at: number("from") ?? body?.leaves_at ?? null,
    to_at: number("to") ?? body?.back_at ?? null,
    to: query.get("with") ?? body?.stand_in ?? null,
    reason: query.get("leave") ? "leave" : body ? (reasons[body.reason] ?? "other") : null,
    notice,
    leave: query.get("leave"),
  };
}

export default function Write({ query }: ScreenProps) {
  const all = useHandovers();
  if (!all.me || !all.rows.hall) return <Loading />;
  return <WriteForm all={all} given={givenBy(all, query)} />;
}

function spanOf(form: Form, given: Given, all: Handovers): { from_at: number; to_at: number } | null {
  const { rows, now } = all;
  const choice = form.when ?? (given.from_at && given.to_at ? "given" : "next");
  if (choice === "given" && given.from_at && given.to_at) return { from_at: given.from_at, to_at: given.to_at };
  if (choice === "today") return restOfToday(rows.hall, now);
  if (choice === "custom") return form.from_at && form.to_at ? { from_at: form.from_at, to_at: form.to_at } : null;
  return nextSpan(rows.hall, now);
}

function WriteForm({ all, given }: { all: Handovers; given: Given }) {
  const { sync, rows, now, uid } = all;
  const draft = useDraft<Form>("handover", EMPTY, t("工作移交单"));
  const form = draft.value;
  const span = spanOf(form, given, all);
  const posts = [...new Set([...(given.post ? [given.post] : []), ...postsOf(rows, uid, span?.from_at ?? now)])];
  const post = form.post ?? posts[0] ?? null;
  const candidates = post && span ? candidatesFor(rows, post, uid, span.from_at, now) : [];
  const to = form.to ?? given.to ?? candidates[0]?.uid ?? "";
  const reason = form.reason ?? given.reason ?? "leave";
  const planned = span !== null && isPlanned(rows.hall, span.from_at, now);
  const missing = !post
    ? t("没有排给您的岗位，不能移交。")
    : !span || span.to_at <= span.from_at
      ? t("请选移交时间。")
      : isFarOff(rows.hall, "ab.sheet_", span.from_at, now) || span.to_at > span.from_at + daysMs(rows.hall, "ab.sheet_max_days")
        ? t("时间太早、太晚或太长，请核对。")
        : !to
          ? t("请选接手人。")
          : !planned && form.why.trim() === ""
            ? t("没有提前一天，请写明原因。")
            : null;

  const submit = async () => {
    if (!post || !span || !to) return undefined;
    const a: Prepare = { post, person: uid, to, from_at: span.from_at, to_at: span.to_at, reason, items: form.items };
    if (form.keys.length > 0) a.keys = form.keys;
    if (form.notes.trim()) a.notes = form.notes.trim();
    if (!planned) a.why = form.why.trim();
    if (form.paper?.trim()) a.paper = form.paper.trim();
    if (given.notice) a.notice = given.notice;
    if (given.leave) a.leave = given.leave;
    const receipt = await sync.save("handover.prepare", a, { ...draft.record });
    await draft.done();
    go(`/handover/${receipt.rid}`, { replace: true });
    return receipt;
  };

  return (
    <>
      <DraftNotice draft={draft} />
      {posts.length > 1 && <Chips label={t("岗位")} options={posts.map((id) => ({ value: id, label: postName(rows.posts, id) }))} value={post} onChange={(value) => draft.set({ post: value })} />}
      <When all={all} form={form} given={given} span={span} set={draft.set} />
      <Chips
        label={t("接手人")}
        options={candidates.slice(0, 6).map((one) => ({ value: one.uid, label: one.person.name, sub: one.is_b ? t("当日B岗") : one.load > 1 ? t("已有 {n} 个岗位", { n: one.load }) : t("同单位") }))}
        value={to || null}
        onChange={(value) => draft.set({ to: value })}
      />
      <Matters all={all} post={post} items={form.items} set={(items) => draft.set({ items })} />
      <Chips label={t("原因")} options={REASONS.map((value) => ({ value, label: reasonWord(value) }))} value={reason} onChange={(value) => draft.set({ reason: value })} />
      {!planned && span && <Why value={form.why} onChange={(why) => draft.set({ why })} />}
      <Keys value={form.keys} onChange={(keys) => draft.set({ keys })} />
      <TextArea label={t("注意事项")} value={form.notes} onChange={(notes) => draft.set({ notes })} rows={2} hint={t("只有接手人和负责人看得到；请勿写群众的病情等隐私。")} />
      <details class="fold">
        <summary>{t("补录")}</summary>
        <TextField label={t("纸质单号")} hint={t("停电断网时先写在纸上的，补录时填写。")} value={form.paper ?? ""} onChange={(paper) => draft.set({ paper })} max={40} />
      </details>
      <SubmitBar onSubmit={submit} disabled={missing !== null} verb={t("移交")} note={missing ?? t("接手人会收到并确认；开始前可以撤回。")} />
    </>
  );
}

function When({ all, form, given, span, set }: { all: Handovers; form: Form; given: Given; span: { from_at: number; to_at: number } | null; set: (patch: Partial<Form>) => void }) {
  const { rows, now } = all;
  const [next, today] = [nextSpan(rows.hall, now), restOfToday(rows.hall, now)];
  const options: { value: When; label: string; sub?: string }[] = [];
  if (given.from_at && given.to_at) options.push({ value: "given", label: t("离岗期间"), sub: spanWord(given.from_at, given.to_at, now) });
  if (next) options.push({ value: "next", label: t("下一工作日"), sub: spanWord(next.from_at, next.to_at, now) });
  if (today) options.push({ value: "today", label: t("今天余下"), sub: spanWord(today.from_at, today.to_at, now) });
  options.push({ value: "custom", label: t("其他时间") });
  const value = form.when ?? (given.from_at && given.to_at ? "given" : "next");
  return (
    <>
      <Chips label={t("移交时间")} options={options} value={value} onChange={(when) => set({ when, from_at: form.from_at ?? span?.from_at ?? null, to_at: form.to_at ?? span?.to_at ?? null })} />
      {value === "custom" && (
        <>
          <DateTimeWheel label={t("开始")} value={form.from_at} onChange={(from_at) => set({ from_at })} />
          <DateTimeWheel label={t("结束")} value={form.to_at} {...(form.from_at ? { min: form.from_at } : {})} onChange={(to_at) => set({ to_at })} />
        </>
      )}
    </>
  );
}

function Why({ value, onChange }: { value: string; onChange: (why: string) => void }) {
  const usual = [t("临时公务"), t("身体不适"), t("家中急事")];
  return (
    <>
      <TextField label={t("未提前一天的原因")} value={value} onChange={onChange} required max={60} />
      <Chips label={t("常用原因")} hideLabel options={usual.map((one) => ({ value: one, label: one }))} value={usual.includes(value) ? value : null} onChange={onChange} />
    </>
  );
}

function Keys({ value, onChange }: { value: string[]; onChange: (keys: string[]) => void }) {
  const usual = [t("柜台钥匙"), t("业务专用章"), t("业务系统账号授权"), t("叫号器")];
  return <MultiChips label={t("钥匙、印章、账号")} options={usual.map((one) => ({ value: one, label: one }))} value={value} onChange={onChange} hint={t("当面清点交接；账号按规定授权，不交密码。")} />;
}

/** The matters: templates and last time's open ones add by one tap; a tap on a line opens it. */
function Matters({ all, post, items, set }: { all: Handovers; post: string | null; items: HandoverItem[]; set: (items: HandoverItem[]) => void }) {
  const [open, setOpen] = useState<number | null>(null);
  const usual = [t("待办件"), t("待补正材料"), t("预约到访"), t("待答复咨询"), t("待归档材料")];
  const before = post ? lastOpen(all.sheets, all.uid, post).filter((one) => !items.some((item) => item.matter === one.matter)) : [];
  const chosen = open === null ? undefined : items[open];
  const add = (item: HandoverItem, edit: boolean) => {
    set([...items, item]);
    if (edit) setOpen(items.length);
  };
  return (
    <Section title={t("移交事项")} aside={t("{n} 件", { n: items.length })}>
      {items.length > 0 && (
        <List>
          {items.map((item, n) => (
            <Cell key={n} title={item.matter || "—"} sub={[item.due && dueWord(item.due, all.now), item.materials].filter(Boolean).join(t("；"))} onPress={() => setOpen(n)} />
          ))}
        </List>
      )}
      <div class="chips">
        {before.slice(0, 4).map((item) => (
          <button key={item.matter} type="button" class="chip" onClick={() => add(item, false)}>
            <span>
              {item.matter}
              <small>{t("沿用上次")}</small>
            </span>
          </button>
        ))}
        {usual.filter((one) => !items.some((item) => item.matter === one)).map((one) => (
          <button key={one} type="button" class="chip" onClick={() => add({ matter: one }, false)}>
            <span>{t("＋ {matter}", { matter: one })}</span>
          </button>
        ))}
        <button type="button" class="chip" onClick={() => add({ matter: "" }, true)}>
          <span>{t("＋ 其他事项")}</span>
        </button>
      </div>
      {chosen && open !== null && (
        <Matter
          item={chosen}
          now={all.now}
          onChange={(item) => set(items.map((one, n) => (n === open ? item : one)))}
          onRemove={() => {
            setOpen(null);
            set(items.filter((_, n) => n !== open));
          }}
          onClose={() => {
            setOpen(null);
            set(items.filter((one) => one.matter.trim() !== ""));
          }}
        />
      )}
    </Section>
  );
}

interface MatterProps {
  item: HandoverItem;
  now: number;
  onChange: (item: HandoverItem) => void;
  onRemove: () => void;
  onClose: () => void;
}

function Matter({ item, now, onChange, onRemove, onClose }: MatterProps) {
  const today = dayOf(now);
  const days = [
    { value: "", label: t("没有期限") },
    { value: today, label: t("今天") },
    { value: addDays(today, 1), label: t("明天") },
    { value: addDays(today, 2), label: t("后天") },
  ];
  const other = item.due && !days.some((one) => one.value === item.due);
  return (
    <Panel
      open
      title={t("移交事项")}
      onClose={onClose}
      foot={
        <Buttons>
          <Button tone="danger" onPress={onRemove}>
            {t("删去")}
          </Button>
          <Button tone="main" onPress={onClose}>
            {t("好")}
          </Button>
        </Buttons>
      }
    >
      <TextField label={t("事项")} value={item.matter} onChange={(matter) => onChange({ ...item, matter })} required max={120} />
      <Chips label={t("期限")} options={days} value={item.due ?? ""} onChange={(due) => onChange({ ...item, due })} />
      {other && <Tag tone="info">{dueWord(item.due ?? "", now)}</Tag>}
      <Chips
        label={t("进度")}
        options={[
          { value: "open", label: t("未办") },
          { value: "doing", label: t("办理中") },
        ]}
        value={item.state === "doing" ? "doing" : "open"}
        onChange={(state) => onChange({ ...item, state })}
      />
      <TextField label={t("材料")} value={item.materials ?? ""} onChange={(materials) => onChange({ ...item, materials })} max={120} />
      <DateTimeWheel label={t("与申请人约定的时间")} value={item.appointment || null} onChange={(appointment) => onChange({ ...item, appointment })} />
      <Notice title={t("群众姓名只写必要的称呼，不写证件号码。")} />
    </Panel>
  );
}
