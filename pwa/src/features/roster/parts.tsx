/** Parts the forms of the organisation share: saving with the version decided on, ending. */
import { useState } from "preact/hooks";
import { showReceipt, useSync } from "../../app/feature";
import { t } from "../../i18n";
import type { LocalReceipt, OpName } from "../../sync/api";
import type { OpArgs } from "../../sync/types.gen";
import { Button, Buttons, Confirm, toast } from "../../ui";

export { NamesFields, said } from "../hall/names-fields";

/** Saves a command on the version that was read, and shows the receipt. */
export function useSave<K extends OpName>(kind: K, id: string | null, ver: number | undefined): (rid: string, args: OpArgs[K]) => Promise<void> {
  const sync = useSync();
  return async (rid, args) => {
    try {
      const receipt: LocalReceipt = await sync.save(kind, args, { rid, ...(id !== null && ver ? { guard: { [id]: ver } } : {}) });
      showReceipt(receipt);
    } catch {
      toast(t("没有存下来，请再按一次。"));
    }
  };
}

interface FootProps {
  /** What is missing, in words; null when it can be saved. */
  missing: string | null;
  onSave: () => void;
  onCancel: () => void;
  end?: { label: string; question: string; onEnd: () => void };
}

export function Foot({ missing, onSave, onCancel, end }: FootProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      {missing && <p class="muted">{missing}</p>}
      <Buttons>
        <Button onPress={onCancel}>{t("取消")}</Button>
        <Button tone="main" disabled={missing !== null} onPress={onSave}>
          {t("保存")}
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
              end.onEnd();
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
