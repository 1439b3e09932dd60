/** The way that needs no network: the hall's number (EMG-07). */
import { t } from "../../i18n";
import type { Hall } from "../../sync/types.gen";

export function CallLine({ hall }: { hall: Hall | undefined }) {
  if (!hall?.phone) return null;
  return (
    <a class="btn danger" href={`tel:${hall.phone.replace(/[^\d+]/g, "")}`}>
      {t("没有网络时，拨打值班电话 {phone}", { phone: hall.phone })}
    </a>
  );
}
