/** Kinds of incidents as the hall says them (EMG). */
import { t } from "../../i18n";
import type { Incident } from "../../sync/types.gen";

export function kindWord(kind: Incident["kind"]): string {
  const words: Record<Incident["kind"], () => string> = {
    dispute: () => t("纠纷争执"),
    crowd: () => t("人群聚集"),
    system: () => t("系统故障"),
    power: () => t("停电"),
    medical: () => t("突发疾病"),
    fire: () => t("火情"),
    security: () => t("治安安全"),
    media: () => t("媒体采访"),
    opinion: () => t("舆情"),
    other: () => t("其他"),
  };
  return words[kind]();
}
