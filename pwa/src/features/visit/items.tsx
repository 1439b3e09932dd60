/** The checklist itself: groups in order, every item answered with one tap. */
import { useState } from "preact/hooks";
import { AttachField } from "../../app/feature";
import { names, t } from "../../i18n";
import type { ChecklistGroup, ChecklistItem } from "../../sync/types.gen";
import { Chips, IconButton, Section, Tag, TextArea } from "../../ui";
import { MARKS, answered, type Draft, type Mark } from "./model";
import { MARK_TONE, markText } from "./words";

const PHOTOS_MAX = 3;

type Answer = Draft["answers"][string];

interface ItemProps {
  item: ChecklistItem;
  answer: Answer | undefined;
  onChange: (item: string, change: Answer) => void;
}

/** A colour for the judging keys; 不适用 judges nothing. */
function toneOf(mark: Mark): "ok" | "warn" | "bad" | undefined {
  const tone = MARK_TONE[mark];
  return tone === "ok" || tone === "warn" || tone === "bad" ? tone : undefined;
}

/** One item. A failing answer opens the note at once; any other gets one when asked for. */
function Item({ item, answer, onChange }: ItemProps) {
  const [asked, setAsked] = useState(false);
  const noted = asked || answer?.mark === "fail" || !!answer?.note;
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
        options={MARKS.map((mark) => ({ value: mark, label: markText(mark), tone: toneOf(mark) }))}
        onChange={(mark) => onChange(item.id, { mark })}
      />
      {noted && (
        <TextArea
          label={t("看到、听到的情况")}
          rows={2}
          max={500}
          value={answer?.note ?? ""}
          placeholder={t("时间、地点、原话")}
          onChange={(note) => onChange(item.id, { note })}
        />
      )}
      {noted && <AttachField max={PHOTOS_MAX} value={answer?.photos ?? []} onChange={(photos) => onChange(item.id, { photos })} />}
    </li>
  );
}

interface GroupProps {
  group: ChecklistGroup;
  draft: Draft;
  onChange: ItemProps["onChange"];
}

export function Group({ group, draft, onChange }: GroupProps) {
  const done = answered(group.items, draft);
  const all = group.items.length;
  return (
    <Section title={`${group.id} ${names(group.names)}`} aside={<span class="num">{done === all ? t("{n} 项已齐", { n: all }) : `${done}/${all}`}</span>}>
      <ul class="v-items">
        {group.items.map((item) => (
          <Item key={item.id} item={item} answer={draft.answers[item.id]} onChange={onChange} />
        ))}
      </ul>
    </Section>
  );
}
