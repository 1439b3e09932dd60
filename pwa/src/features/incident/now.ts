/** 一键报告: the report itself in one press and without a network, from the reporter's own window (EMG-07). What happened is told afterwards. */
import { go, showReceipt } from "../../app/feature";
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { toast } from "../../ui";
import { actWith } from "../hall/act";
import { placesFor } from "./model";

/** Nobody has said yet how grave it is. */
const LEVEL = 3;
const act = actWith(showReceipt, toast);

/** Reports that something happens at the window this person has today; who has none is asked where it is. */
export async function reportNow(sync: Sync): Promise<void> {
  const now = sync.now();
  const [place] = placesFor(sync.rows("hall").value.get("hall")?.body, sync.rows("post").value, sync.rows("duty").value, sync.uid, now);
  if (place?.kind !== "post") return go("/incident");
  return act(async () => {
    const receipt = await sync.save("incident.report", { kind: "other", place: place.id, found_at: now, level: LEVEL, text: t("一键报告，情况随后补充。") });
    navigator.vibrate?.(200);
    go(`/incidents/${receipt.rid}`);
    return receipt;
  });
}
