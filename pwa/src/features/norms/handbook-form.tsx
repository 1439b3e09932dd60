/** An edition of the handbook: an old one is read, a new one begins from it (PRH-06). */
import { useState } from "preact/hooks";
import { dayOf, names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { PutHandbook } from "../../sync/types.gen";
import { Button, Card, DayField, Section } from "../../ui";
import { go } from "../../app/feature";
import { FormFoot } from "../hall/form-foot";
import { NamesFields, said } from "../hall/names-fields";
import { readersOf, unreadBy } from "./model";
import { LongNames } from "../hall/long-names";
import { editionWord } from "./words";

const CHARS_MAX = 8000;

export function HandbookForm({ sync, id, onDone }: { sync: Sync; id: string | null; onDone: () => void }) {
  const editions = [...sync.rows("handbook").value].sort(([a], [b]) => Number(b) - Number(a));
  const newest = editions[0];
  const today = dayOf(sync.now());
  const [book, setBook] = useState<PutHandbook>({ title: newest?.[1].body.example ? {} : (newest?.[1].body.title ?? {}), text: newest?.[1].body.text ?? {}, from_day: today });
  const shown = id === null ? undefined : sync.rows("handbook").value.get(id);
  if (shown) {
    const of = readersOf(sync, "");
    return (
      <div class="stack">
        <Section title={names(shown.body.title)} aside={editionWord(shown.rid, shown.body)}>
          <p class="muted">{t("{n} / {all} 人已读", { n: of - unreadBy(sync, shown.rid, "").length, all: of })}</p>
          <Card>
            <p class="handbook">{names(shown.body.text)}</p>
          </Card>
        </Section>
        <Button onPress={() => go("/norms/handbook/new")}>{t("写新一版")}</Button>
      </div>
    );
  }
  const number = String(Number(newest?.[0] ?? 0) + 1);
  const missing = !book.title["zh_Hans"]?.trim() ? t("请填写名称。") : !book.text["zh_Hans"]?.trim() ? t("请填写正文。") : book.from_day < today ? t("不能从过去的日子起。") : "";
  return (
    <Card>
      <div class="stack">
        <h2>{t("纪律手册第 {n} 版", { n: number })}</h2>
        <NamesFields label={t("名称")} required value={book.title} onChange={(title) => setBook({ ...book, title })} />
        <LongNames label={t("正文")} required rows={12} max={CHARS_MAX} value={book.text} onChange={(text) => setBook({ ...book, text })} />
        <DayField label={t("自哪天起")} value={book.from_day} min={today} onChange={(from_day) => setBook({ ...book, from_day })} />
        <FormFoot missing={missing} verb={t("发布")} onDone={onDone} onSave={() => sync.save("norm.handbook", { ...book, title: said(book.title), text: said(book.text) }, { rid: number })} />
      </div>
    </Card>
  );
}
