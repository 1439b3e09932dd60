/** What is said to a result, and the two ways to say more: an answer, a request for a review. */
import { useState } from "preact/hooks";
import { DraftNotice, SubmitBar, useAsked, useDraft, useSync } from "../../app/feature";
import { date, dayOf, monthDay, t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { ChecklistItem, VisitAnswer, VisitReview, VisitUnit } from "../../sync/types.gen";
import { Button, Buttons, Cell, Check, Empty, List, Section, Sheet, Tag, TextArea } from "../../ui";
import { personName } from "../hall/names";
import { markText } from "./words";

interface SaidProps {
  answers: readonly VisitAnswer[] | undefined;
  reviews: readonly VisitReview[] | undefined;
  until?: string | undefined;
}

/** Answers in order, then what each review came to. */
export function Said({ answers = [], reviews = [], until }: SaidProps) {
  const sync = useSync();
  const people = sync.rows("person").value;
  const who = (uid: string) => (uid === sync.uid ? t("本人") : personName(people, uid));
  return (
    <Section title={t("说明和复核")} aside={until ? t("{day}前可以说明", { day: monthDay(until) }) : ""}>
      {answers.length === 0 && reviews.length === 0 ? (
        <Empty title={t("还没有说明")} icon="text">{t("不说明不等于承认。")}</Empty>
      ) : (
        <List>
          {answers.map((one) => (
            <Cell key={`${one.at}${one.by}`} title={one.text} sub={[who(one.by), when(one.at, sync.now())].join("\u00a0· ")} value={one.review ? <Tag tone="warn">{t("申请复核")}</Tag> : ""} />
          ))}
          {reviews.map((review) => (
            <Cell
              key={`${review.at}${review.by}`}
              title={t("复核决定：{text}", { text: review.text })}
              sub={[who(review.by), when(review.at, sync.now()), ...Object.entries(review.changed ?? {}).map(([item, mark]) => `${item} → ${markText(mark)}`)].join("\u00a0· ")}
              value={<Tag tone="info">{Object.keys(review.changed ?? {}).length > 0 ? t("已更正") : t("维持")}</Tag>}
            />
          ))}
        </List>
      )}
    </Section>
  );
}

/** The unit or the person says its part; works without a network. */
export function AnswerButton({ visit, reviewUntil = "" }: { visit: string; reviewUntil?: string | undefined }) {
  const sync = useSync();
  const over = reviewUntil !== "" && reviewUntil < dayOf(sync.now());
  const [open, setOpen] = useState(false);
  useAsked((key) => key === `visit.answer:${visit}` && setOpen(true));
  const draft = useDraft(`visit.answer:${visit}`, { text: "", review: false }, t("对检查结果的说明"));
  const { text, review } = draft.value;
  const submit = async () => {
    const receipt = await sync.save("visit.answer", { text: text.trim(), ...(review && !over ? { review } : {}) }, { rid: visit, ...draft.record });
    await draft.done();
    setOpen(false);
    return receipt;
  };
  return (
    <>
      <Buttons>
        <Button tone="main" onPress={() => setOpen(true)}>
          {t("说明情况")}
        </Button>
      </Buttons>
      <Sheet open={open} title={t("说明情况")} onClose={() => setOpen(false)} foot={<SubmitBar onSubmit={submit} disabled={text.trim() === ""} note={t("提交后不能修改。")} />}>
        <DraftNotice draft={draft} />
        <TextArea label={t("说明")} required rows={4} max={1000} value={text} onChange={(value) => draft.set({ text: value })} hint={t("补充事实，写明依据；可以写与记录不符之处。")} />
        {over ? (
          <p class="muted">{t("申请复核的期限（{day}）已过，仍可以说明。", { day: date(reviewUntil) })}</p>
        ) : (
          <Check label={t("同时申请复核")} hint={[t("由没有参加这次检查的人决定。"), reviewUntil && t("{day}前可以申请。", { day: date(reviewUntil) })].join("")} value={review} onChange={(value) => draft.set({ review: value })} />
        )}
      </Sheet>
    </>
  );
}

/** A review was asked for, and it is neither of this person's unit nor something he or she was told or said a part to. */
export function mayDecide(sync: Sync, result: VisitUnit): boolean {
  const concerned = result.told?.includes(sync.uid) === true || result.answers?.some((one) => one.by === sync.uid) === true;
  return result.asked === true && !concerned && sync.rows("me").value.get(sync.uid)?.body.unit !== result.unit;
}

interface ReviewProps {
  visit: string;
  ver: number;
  failed: readonly ChecklistItem[];
}

/** Keep the result, or give items another mark; by somebody who did not observe. */
export function ReviewButton({ visit, ver, failed }: ReviewProps) {
  const sync = useSync();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [cleared, setCleared] = useState<string[]>([]);
  const submit = async () => {
    const changed = Object.fromEntries(cleared.map((item) => [item, "full" as const]));
    const receipt = await sync.save("visit.review", { text: text.trim(), ...(cleared.length > 0 ? { changed } : {}) }, { rid: visit, guard: { [visit]: ver } });
    setOpen(false);
    return receipt;
  };
  const toggle = (item: string, on: boolean) => setCleared(on ? [...cleared, item] : cleared.filter((one) => one !== item));
  return (
    <>
      <Buttons>
        <Button tone="main" onPress={() => setOpen(true)}>
          {t("作复核决定")}
        </Button>
      </Buttons>
      <Sheet open={open} title={t("复核决定")} onClose={() => setOpen(false)} foot={<SubmitBar onSubmit={submit} disabled={text.trim() === ""} verb={cleared.length > 0 ? t("更正") : t("维持")} />}>
        {failed.map((item) => (
          <Check key={item.id} label={t("{item} 改为合格", { item: item.id })} value={cleared.includes(item.id)} onChange={(on) => toggle(item.id, on)} />
        ))}
        <TextArea label={t("理由")} required rows={3} max={1000} value={text} onChange={setText} />
      </Sheet>
    </>
  );
}
