/** The ways that need no network of ours: the hall's number, by voice or as a text message already written (EMG-07). */
import { t } from "../../i18n";
import type { Hall } from "../../sync/types.gen";

/** `report`: what the text message says. Without it there is only the call. */
export function CallLine({ hall, report }: { hall: Hall | undefined; report?: string }) {
  if (!hall?.phone) return null;
  const number = hall.phone.replace(/[^\d+]/g, "");
  return (
    <>
      <a class="btn danger" href={`tel:${number}`}>
        <span>
          {t("没有网络时，拨打值班电话")}
          <br />
          <b class="num">{hall.phone}</b>
        </span>
      </a>
      {report && (
        <a class="btn" href={`sms:${number}?body=${encodeURIComponent(report)}`}>
          {t("没有网络时，发短信报告")}
        </a>
      )}
    </>
  );
}
