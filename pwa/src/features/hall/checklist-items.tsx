/** A checklist to be answered: groups in order, every item with one tap; a failure opens note and photos at once. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { AttachField } from "../../app/feature";
import { names, t, tc } from "../../i18n";
import type { ChecklistGroup, ChecklistItem, Score } from "../../sync/types.gen";
import { Chips, IconButton, Section, Tag, TextArea, type Tone } from "../../ui";
import { answered, marksOf, type Answers, type Given, type Mark } from "./answering";
import "./checklist.css";

const PHOTOS_MAX = 3;
const TONES: Record<Mark, "ok" | "warn" | "bad" | undefined> = { full: "ok", half: "warn", fail: "bad", na: undefined };

export function markText(mark: Mark): string {
  const words: Record<Mark, () => string> = {
    full: () => tc("评分", "合格"),
    half: () => tc("评分", "部分"),
    fail: () => tc("评分", "不合格"),
    na: () => tc("评分", "不适用"),
  };
  return words[mark]();
}

export function scoreWord(grade: Score["grade"]): string {
  const words: Record<Score["grade"], () => string> = {
    good: () => tc("等次", "优良"),
    acceptable: () => tc("等次", "合格"),
    to_correct: () => tc("等次", "待整改"),
    failed: () => tc("等次", "不合格"),
  };
  return words[grade]();
}

export const SCORE_TONE: Record<Score["grade"], Tone> = { good: "ok", acceptable: "info", to_correct: "warn", failed: "bad" };

interface ItemProps {
  item: ChecklistItem;
  answer: Given | undefined;
  onChange: (item: string, change: Given) => void;
  /** What else a failure asks for. */
  more?: ((item: ChecklistItem) => ComponentChildren) | undefined;
}

/** One item. A failing answer opens the note at once; any other gets one when asked for. */
function Item({ item, answer, onChange, more }: ItemProps) {
  const [asked, setAsked] = useState(false);
  const failed = answer?.mark === "fail";
  const noted = asked || failed || !!answer?.note;
  const text = names(item.names);
  return (
    <li id={`item-${item.id}`} class="v-item">
      <div class="head">
        <p>
          <span class="num muted">{item.id}</span> {text} {item.veto && <Tag tone="bad">{t("否决项")}</Tag>}
        </p>
        {!noted && <IconButton icon="edit" label={t("给 {item} 写备注", { item: item.id })} onPress={() => setAsked(true)} />}
      </div>
      <Chips
        label={text}
        hideLabel
        size="keys"
        value={answer?.mark ?? null}
        options={marksOf(item).map((mark) => ({ value: mark, label: markText(mark), tone: TONES[mark] }))}
        onChange={(mark) => onChange(item.id, { mark })}
      />
      {noted && (
        <TextArea
          label={t("看到、听到的情况")}
          required={failed && item.proof === true}
          rows={2}
          max={500}
          value={answer?.note ?? ""}
          placeholder={t("时间、地点、原话")}
          {...(failed && item.proof ? { hint: t("这一项须写明情况或附照片。") } : {})}
          onChange={(note) => onChange(item.id, { note })}
        />
      )}
      {noted && <AttachField max={PHOTOS_MAX} value={answer?.photos ?? []} onChange={(photos) => onChange(item.id, { photos })} />}
      {failed && more?.(item)}
    </li>
  );
}

interface GroupProps extends Pick<ItemProps, "onChange" | "more"> {
  group: ChecklistGroup;
  answers: Answers;
}

export function ChecklistPart({ group, answers, onChange, more }: GroupProps) {
  const done = answered(group.items, answers);
  const all = group.items.length;
  return (
    <Section title={`${group.id} ${names(group.names)}`} aside={<span class="num">{done === all ? t("{n} 项已齐", { n: all }) : `${done}/${all}`}</span>}>
      <ul class="v-items">
        {group.items.map((item) => (
          <Item key={item.id} item={item} answer={answers[item.id]} onChange={onChange} more={more} />
        ))}
      </ul>
    </Section>
  );
}

/** Brings an item under the thumb and puts the keyboard there. */
export function jumpTo(item: string): void {
  const place = document.getElementById(`item-${item}`);
  place?.scrollIntoView({ block: "center" });
  place?.querySelector("input")?.focus({ preventScroll: true });
}

/** The item the person is at: the first one below the bar. */
export function itemInView(): string | undefined {
  const items = document.querySelectorAll<HTMLElement>(".v-item");
  return [...items].find((item) => item.getBoundingClientRect().bottom > innerHeight / 3)?.id.slice("item-".length);
}
