/** A line of the phrase book (LNG-06). */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { PutPhrase } from "../../sync/types.gen";
import { Card, Notice, Select } from "../../ui";
import { FormFoot, on } from "../hall/form-foot";
import { said } from "../hall/names-fields";
import { LongNames } from "../hall/long-names";
import { SCENES, sceneWord } from "./words";

const CHARS_MAX = 300;

export function PhraseForm({ sync, id, onDone }: { sync: Sync; id: string | null; onDone: () => void }) {
  const known = sync.rows("phrase").value.get(id ?? "");
  const [rid] = useState(() => id ?? crypto.randomUUID());
  const [phrase, setPhrase] = useState<PutPhrase>({ scene: known?.body.scene ?? "greet", good: known?.body.good ?? {}, bad: known?.body.bad ?? {}, order: known?.body.order ?? 0 });
  const set = (change: Partial<PutPhrase>) => setPhrase({ ...phrase, ...change });
  const missing = phrase.good["zh_Hans"]?.trim() ? (Object.values(phrase.bad ?? {}).some((text) => text.trim()) && !phrase.bad?.["zh_Hans"]?.trim() ? t("忌说的话也要有简体。") : "") : t("请填写宜说的话。");
  return (
    <div class="stack">
      {known?.body.example && <Notice tone="info" title={t("示例，请替换")}>{t("保存后就是本厅自己的用语。")}</Notice>}
      <Card>
        <div class="stack">
          <Select label={t("场景")} value={phrase.scene} options={SCENES.map((value) => ({ value, label: sceneWord(value) }))} onChange={(scene) => set({ scene })} />
          <LongNames label={t("宜说")} required max={CHARS_MAX} value={phrase.good} onChange={(good) => set({ good })} />
          <LongNames label={t("忌说")} max={CHARS_MAX} value={phrase.bad ?? {}} onChange={(bad) => set({ bad })} />
          <FormFoot
            missing={missing}
            onDone={onDone}
            onSave={() => sync.save("norm.phrase", { ...phrase, good: said(phrase.good), bad: said(phrase.bad ?? {}) }, on(rid, known?.ver))}
            {...(known ? { end: { label: t("删去这一条"), question: t("用语库里不再有这一条。"), onEnd: () => sync.save("norm.phrase_end", {}, on(rid, known.ver)) } } : {})}
          />
        </div>
      </Card>
    </div>
  );
}
