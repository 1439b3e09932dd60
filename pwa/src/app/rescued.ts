/** Handing the rescue file to a person. */
import { t } from "../i18n";
import type { Sync } from "../sync/api";
import { toast } from "../ui";
import { giveFile } from "./device";

/** Everything unsent as one file; false, with a word to the person, when it could not be made. */
export async function giveUnsent(sync: Sync): Promise<boolean> {
  try {
    const file = await sync.exportUnsent();
    await giveFile(file.name, file.text);
    return true;
  } catch {
    toast(t("没有导出。请联网登录一次后再试。"));
    return false;
  }
}
