/** Why somebody looks: without it sensitive cells stay closed, with it the reading is in the audit log (VIS-03, VIS-05). */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button, Chips, Sheet, TextField } from "../../ui";

const CHARS_MIN = 2;

export function PurposeSheet({ onSay, onClose }: { onSay: (purpose: string) => void; onClose: () => void }) {
  const [purpose, setPurpose] = useState("");
  const usual = [t("核实投诉"), t("处理申诉"), t("月度核对"), t("领导批办")];
  return (
    <Sheet
      open
      title={t("写明用途")}
      onClose={onClose}
      foot={
        <Button tone="main" disabled={purpose.trim().length < CHARS_MIN} onPress={() => onSay(purpose.trim())}>
          {t("查看并留下记录")}
        </Button>
      }
    >
      <p>{t("谁、何时、为何查看，会记入审计日志。")}</p>
      <Chips label={t("常用用途")} hideLabel options={usual.map((one) => ({ value: one, label: one }))} value={usual.includes(purpose) ? purpose : null} onChange={setPurpose} />
      <TextField label={t("用途")} value={purpose} onChange={setPurpose} required max={100} />
    </Sheet>
  );
}
