/** The four states of the pill; the same words everywhere (promise 2). */
import { t } from "../i18n";
import type { Status } from "../sync/api";
import type { Tone } from "../ui";

/** 已同步 / 待发送 n / 离线 n / 需处理 n. */
export function statusWord(status: Status): { tone: Tone; label: string } {
  const n = status.count;
  switch (status.state) {
    case "synced":
      return { tone: "ok", label: t("已同步") };
    case "pending":
      return { tone: "info", label: t("待发送 {n}", { n }) };
    case "offline":
      return { tone: "idle", label: n > 0 ? t("离线 {n}", { n }) : t("离线") };
    case "attention":
      return { tone: "bad", label: t("需处理 {n}", { n }) };
  }
}
