/** Buttons that save at once, without a form. */
import { useRef } from "preact/hooks";
import { showReceipt } from "../../app/feature";
import { t } from "../../i18n";
import type { LocalReceipt } from "../../sync/api";
import { toast } from "../../ui";

/** Saves and shows the receipt; a second tap while the first is being saved does nothing. */
export function useAct(): (save: () => Promise<LocalReceipt>) => Promise<void> {
  const busy = useRef(false);
  return async (save) => {
    if (busy.current) return;
    busy.current = true;
    try {
      showReceipt(await save());
    } catch {
      toast(t("没有存下来，请再按一次。"));
    } finally {
      busy.current = false;
    }
  };
}
