/** Buttons that save at once, without a form. */
import { useState } from "preact/hooks";
import { showReceipt } from "../../app/feature";
import { t } from "../../i18n";
import type { LocalReceipt } from "../../sync/api";
import { toast } from "../../ui";

export type Act = (save: () => Promise<LocalReceipt>) => Promise<void>;

/** Saves and says so with `show`, or with `tell` that it was not kept; while one is being saved another does nothing. */
export function actWith(show: (receipt: LocalReceipt) => void, tell: (text: string) => void): Act {
  let busy = false;
  return async (save) => {
    if (busy) return;
    busy = true;
    try {
      show(await save());
    } catch {
      tell(t("没有存下来，请再按一次。"));
    } finally {
      busy = false;
    }
  };
}

/** Saves and shows the receipt; a second tap while the first is being saved does nothing. */
export function useAct(): Act {
  const [act] = useState(() => actWith(showReceipt, toast));
  return act;
}
