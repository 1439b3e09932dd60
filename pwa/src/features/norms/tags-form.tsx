/** A catalogue of conduct: its name, and one tag a line (LNG-04). */
import { useState } from "preact/hooks";
import { names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { ConductTag, PutTagSet } from "../../sync/types.gen";
import { Button, Card, Notice } from "../../ui";
import { FormFoot, on } from "../hall/form-foot";
import { NamesFields, said } from "../hall/names-fields";

const TAGS_MAX = 120;

function freshId(tags: readonly ConductTag[]): string {
  const ids = new Set(tags.map((tag) => tag.id));
  let n = tags.length + 1;
  while (ids.has(`T${n}`)) n += 1;
  return `T${n}`;
}

export function TagsForm({ sync, id, onDone }: { sync: Sync; id: string | null; onDone: () => void }) {
  const known = sync.rows("tagset").value.get(id ?? "");
  const [rid] = useState(() => id ?? crypto.randomUUID());
  const [set, setSet] = useState<PutTagSet>({ names: known?.body.names ?? {}, tags: known?.body.tags ?? [], order: known?.body.order ?? sync.rows("tagset").value.size + 1 });
  const put = (at: number, tag: ConductTag | null) => setSet({ ...set, tags: set.tags.flatMap((old, n) => (n !== at ? [old] : tag ? [tag] : [])) });
  const missing = !set.names["zh_Hans"]?.trim() ? t("请填写名称。") : set.tags.length === 0 || set.tags.some((tag) => !tag.names["zh_Hans"]?.trim()) ? t("请填写每一条标签。") : "";
  return (
    <div class="stack">
      {known?.body.example && <Notice tone="info" title={t("示例，请替换")}>{t("保存后就是本厅自己的标签。")}</Notice>}
      <Card>
        <div class="stack">
          <NamesFields label={t("名称")} required value={set.names} onChange={(value) => setSet({ ...set, names: value })} />
          {set.tags.map((tag, at) => (
            <div key={tag.id} class="stack">
              <NamesFields label={t("标签 {n}", { n: at + 1 })} required value={tag.names} onChange={(value) => put(at, { ...tag, names: value })} />
              <Button tone="danger" label={t("去掉：{text}", { text: names(tag.names) })} onPress={() => put(at, null)}>
                {t("去掉")}
              </Button>
            </div>
          ))}
          {set.tags.length < TAGS_MAX && <Button onPress={() => setSet({ ...set, tags: [...set.tags, { id: freshId(set.tags), names: {} }] })}>{t("增加一条")}</Button>}
          <FormFoot
            missing={missing}
            onDone={onDone}
            onSave={() => sync.save("norm.tags", { ...set, names: said(set.names), tags: set.tags.map((tag) => ({ ...tag, names: said(tag.names) })) }, on(rid, known?.ver))}
            {...(known ? { end: { label: t("删去这一组"), question: t("行为规范里不再有这一组。"), onEnd: () => sync.save("norm.tags", { ...set, names: said(set.names), tags: [] }, on(rid, known.ver)) } } : {})}
          />
        </div>
      </Card>
    </div>
  );
}
