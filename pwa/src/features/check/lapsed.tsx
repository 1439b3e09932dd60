/** Said of a plan that could not be drawn in its period (CHK-04). */
import { t } from "../../i18n";
import { Notice } from "../../ui";

export function Lapsed() {
  return <Notice tone="info" title={t("方案自动失效")}>{t("检查期间结束时存证日志还没有产生抽取所需的数值，没有派出任何检查。")}</Notice>;
}
