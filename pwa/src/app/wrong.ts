/** Why a vault stayed closed, in words. */
import { t } from "../i18n";
import { TooSoon, WrongPin } from "../sync/pin";
import { Locked, Overdue } from "../sync/vault";

const SECOND_MS = 1000;

/** "请等待 30 秒再试。" */
export const waitText = (ms: number): string => t("请等待 {n} 秒再试。", { n: Math.ceil(ms / SECOND_MS) });

export function wrongText(error: unknown): string {
  if (error instanceof WrongPin) return t("PIN 不对，还可以试 {n} 次。", { n: error.left });
  if (error instanceof TooSoon) return waitText(error.wait_ms);
  if (error instanceof Overdue) return t("超过规定时间没有联网，已锁定。");
  if (error instanceof Locked) return t("PIN 错误次数过多，已作废。");
  return t("本机存储没有响应。");
}
