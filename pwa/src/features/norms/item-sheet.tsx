/** One item of a checklist being written. */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import type { ChecklistItem } from "../../sync/types.gen";
import { Button, Buttons, Check, Sheet, TextField } from "../../ui";
import { NamesFields, said } from "../hall/names-fields";

interface ItemSheetProps {
  item: ChecklistItem;
  isNew: boolean;
  scored: boolean;
  taken: (id: string) => boolean;
  /** null takes it away. */
  onSave: (item: ChecklistItem | null) => void;
  onMove: (by: -1 | 1) => void;
  onClose: () => void;
}

const ID = /^[A-Za-z][A-Za-z0-9_.]{0,15}$/;
const POINTS = /^\d{1,3}$/;

export function ItemSheet({ item, isNew, scored, taken, onSave, onMove, onClose }: ItemSheetProps) {
  const [value, setValue] = useState(item);
  const [points, setPoints] = useState(String(scored ? item.points : 0));
  const set = (change: Partial<ChecklistItem>) => setValue({ ...value, ...change });
  const wrong = !ID.test(value.id) || taken(value.id) ? t("编号用字母和数字，字母开头，不能重复。") : "";
  const ready = !wrong && POINTS.test(points) && !!value.names["zh_Hans"]?.trim();
  const save = () => {
    const { veto, na, proof, ...rest } = value;
    onSave({ ...rest, names: said(value.names), points: Number(points), ...(veto ? { veto } : {}), ...(na === false ? { na } : {}), ...(proof ? { proof } : {}) });
  };
  return (
    <Sheet
      open
      title={isNew ? t("增加一项") : item.id}
      onClose={onClose}
      foot={
        <Buttons>
          {!isNew && (
            <Button tone="danger" onPress={() => onSave(null)}>
              {t("去掉这一项")}
            </Button>
          )}
          <Button tone="main" disabled={!ready} onPress={save}>
            {t("好")}
          </Button>
        </Buttons>
      }
    >
      <TextField label={t("编号")} required value={value.id} max={16} onChange={(id) => set({ id })} {...(wrong ? { error: wrong } : {})} />
      <NamesFields label={t("内容")} required value={value.names} onChange={(names) => set({ names })} />
      {scored && <TextField label={t("分值")} inputMode="numeric" hint={t("0 为只核对、不计分。")} max={3} value={points} onChange={setPoints} />}
      {scored && <Check label={t("否决项")} hint={t("不合格则总分以 59 分封顶。")} value={value.veto ?? false} onChange={(veto) => set({ veto })} />}
      <Check label={t("不合格须写明情况或附照片")} value={value.proof ?? false} onChange={(proof) => set({ proof })} />
      <Check label={t("可以选不适用")} value={value.na ?? true} onChange={(na) => set({ na })} />
      {!isNew && (
        <Buttons>
          <Button onPress={() => onMove(-1)}>{t("上移")}</Button>
          <Button onPress={() => onMove(1)}>{t("下移")}</Button>
        </Buttons>
      )}
    </Sheet>
  );
}
