/** The local receipt: 已存本机 with time and code in the moment of saving, 已送达 with the server's time once it is there (promise 1). */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clock, clockSeconds, problemText, t } from "../i18n";
import type { LocalReceipt, OutboxItem } from "../sync/api";
import { IconButton, Tag } from "../ui";
import { useSync } from "./context";

const shown = signal<LocalReceipt | null>(null);
const LEAVE_MS = 8000;

/** Show the receipt of a save; stays until it was delivered and read, or is closed. */
export function showReceipt(receipt: LocalReceipt): void {
  shown.value = receipt;
}

export function ReceiptBanner() {
  const sync = useSync();
  const receipt = shown.value;
  const item = receipt ? sync.outbox.value.find((one) => one.id === receipt.id) : undefined;
  const arrived = item !== undefined && item.received_at !== undefined;
  useEffect(() => {
    if (!receipt || !arrived || item?.state === "refused") return undefined;
    const timer = setTimeout(() => (shown.value = null), LEAVE_MS);
    return () => clearTimeout(timer);
  }, [receipt, arrived, item?.state]);
  if (!receipt) return null;
  return (
    <div class="receipt" role="status">
      <div class="grow">{item && arrived ? <Arrived item={item} /> : <Saved receipt={receipt} />}</div>
      <IconButton icon="close" label={t("关闭")} onPress={() => (shown.value = null)} />
    </div>
  );
}

function Saved({ receipt }: { receipt: LocalReceipt }) {
  return (
    <>
      <Tag tone="info">{t("已存本机")}</Tag>
      <small class="num">{t("{time} · 编号 {code}", { time: clock(receipt.at), code: receipt.code })}</small>
    </>
  );
}

function Arrived({ item }: { item: OutboxItem }) {
  const at = clockSeconds(item.received_at ?? 0);
  if (item.state === "refused") return <Tag tone="bad">{t("未采纳：{reason}", { reason: problemText(item.reason ?? "") })}</Tag>;
  return (
    <>
      <Tag tone={item.state === "held" ? "warn" : "ok"}>{item.state === "held" ? t("已送达，待处理") : t("已送达")}</Tag>
      <small class="num">{t("收到时间 {time} · 回执号 {code}", { time: at, code: item.code })}</small>
    </>
  );
}
