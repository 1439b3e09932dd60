/** 结算后调整: the office proposes with a reason, somebody else approves (EVD-10). */
import { useState } from "preact/hooks";
import { SubmitBar } from "../../app/feature";
import { t } from "../../i18n";
import type { AttException } from "../../sync/types.gen";
import { Sheet, TextArea } from "../../ui";
import { ExceptionFacts } from "./exception";
import type { Attendance } from "./rows";

export function AdjustSheet({ attendance, rid, exc, onClose }: { attendance: Attendance; rid: string; exc: AttException; onClose: () => void }) {
  const [text, setText] = useState("");
  const counts = exc.counted !== true;
  const submit = async () => {
    const receipt = await attendance.sync.save("att.adjust", { counts, text: text.trim() }, { rid });
    onClose();
    return receipt;
  };
  return (
    <Sheet
      open
      title={counts ? t("调整为计入") : t("调整为不计")}
      onClose={onClose}
      foot={<SubmitBar onSubmit={submit} disabled={text.trim() === ""} note={t("由另一人同意后生效，调整记录本人看得到。")} />}
    >
      <ExceptionFacts attendance={attendance} exc={exc} />
      <TextArea label={t("理由")} value={text} onChange={setText} required rows={2} max={500} />
    </Sheet>
  );
}
