/** Why something that needs the server did not work, in words. */
import { problemText, t } from "../i18n";
import { Offline, Problem } from "../sync/problem";

export function gateText(error: unknown): string {
  if (error instanceof Problem) return problemText(error.id, error.params);
  if (error instanceof Offline) return t("没有连上服务器。请检查网络后再试。");
  return t("这台设备没有完成登记。请关闭其他页面后再试。");
}
