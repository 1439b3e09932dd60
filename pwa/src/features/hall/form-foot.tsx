/** The foot of a desk's form: what is missing, saving, ending what is there. The form closes only once it is saved. */
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import type { LocalReceipt } from "../../sync/api";
import { Button, Buttons, Confirm } from "../../ui";
import { useAct } from "./act";

/** A record and the version that was read of it, for a command that decides on that version. */
export const on = (rid: string, ver: number | undefined): { rid: string; guard?: Record<string, number> } => ({ rid, ...(ver ? { guard: { [rid]: ver } } : {}) });

/** Saves, then closes the form: one that could not be saved stays open with what was typed. */
export async function saveAndClose(save: () => Promise<LocalReceipt>, onDone: () => void): Promise<LocalReceipt> {
  const receipt = await save();
  onDone();
  return receipt;
}

interface FormFootProps {
  /** What is missing, in words; "" or null when it can be saved. */
  missing: string | null;
  verb?: string;
  onSave: () => Promise<LocalReceipt>;
  /** It is saved: nothing that was typed is needed any more. */
  onDone: () => void;
  onCancel?: () => void;
  end?: { label: string; question: string; onEnd: () => Promise<LocalReceipt> };
}

export function FormFoot({ missing, verb = t("保存"), onSave, onDone, onCancel, end }: FormFootProps) {
  const [asking, setAsking] = useState(false);
  const act = useAct();
  const run = (save: () => Promise<LocalReceipt>) => void act(() => saveAndClose(save, onDone));
  return (
    <>
      <p class="muted">{missing || t("以服务器答复为准；断网时先存本机。")}</p>
      <Buttons>
        {onCancel && <Button onPress={onCancel}>{t("取消")}</Button>}
        <Button tone="main" disabled={!!missing} onPress={() => run(onSave)}>
          {verb}
        </Button>
      </Buttons>
      {end && (
        <>
          <Button tone="danger" onPress={() => setAsking(true)}>
            {end.label}
          </Button>
          <Confirm
            open={asking}
            title={end.label}
            confirm={end.label}
            tone="danger"
            onConfirm={() => {
              setAsking(false);
              run(end.onEnd);
            }}
            onClose={() => setAsking(false)}
          >
            <p>{end.question}</p>
          </Confirm>
        </>
      )}
    </>
  );
}
