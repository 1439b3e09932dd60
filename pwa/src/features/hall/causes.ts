/** Why a hand list was kept instead of punches (ATT-05). */
import { t } from "../../i18n";
import type { AttList } from "../../sync/types.gen";

export function listCauseWord(cause: AttList["cause"]): string {
  const words: Record<AttList["cause"], () => string> = { power: () => t("停电"), device: () => t("设备故障"), network: () => t("网络中断"), other: () => t("其他") };
  return words[cause]();
}
