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

/** What no such file holds: photos and sounds that are still here only. */
export const filesStay = (sync: Sync): string => (sync.waiting.value > 0 ? t("导出的文件不含照片、录音，请留着本机等它联网送达。") : "");
