/** The bar at the foot of a form, in thumb reach. It says what pressing will do now, and never waits for the network. */
import { useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import type { LocalReceipt, Sync } from "../sync/api";
import { BigButton, ErrorNotice } from "../ui";
import { AMENDS } from "./amended";
import { useSync } from "./context";
import { showReceipt } from "./receipt";
import { route } from "./router";

interface SubmitBarProps {
  /** Saves; a receipt it resolves to is shown. */
  onSubmit: () => Promise<LocalReceipt | void>;
  disabled?: boolean;
  /** Replaces 提交 in the two labels, e.g. 登记离岗. */
  verb?: string;
  /** One line: can it still be edited, or what is missing. */
  note?: string;
}

/** The form stays at its address: what is saved there next takes the place of nothing. */
const isOpen = (sync: Sync, id: string) => sync.outbox.value.some((item) => item.id === id && !item.settled);

export function SubmitBar({ onSubmit, disabled = false, verb, note }: SubmitBarProps) {
  const sync = useSync();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const offline = sync.status.value.online !== true;
  const word = verb ?? t("提交");
  // A second tap may come before the screen has redrawn.
  const running = useRef(false);
  const press = async () => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setFailed(false);
    const amends = route.value.query.get(AMENDS);
    try {
      const receipt = await onSubmit();
      if (receipt) showReceipt(receipt);
      if (receipt && amends && isOpen(sync, amends)) await sync.settle(amends, "amended", receipt.code);
    } catch {
      setFailed(true);
    }
    running.current = false;
    setBusy(false);
  };
  return (
    <div class="submit">
      {failed && <ErrorNotice what={t("没有存下来。")} kept={t("填写的内容还在这个页面上。")} todo={t("请再按一次；若仍不行，请到“存储”页查看本机空间。")} />}
      {note && <small>{note}</small>}
      <BigButton
        label={offline ? t("{verb}（联网后自动发送）", { verb: word }) : t("{verb}并发送", { verb: word })}
        disabled={disabled || busy}
        onPress={() => void press()}
      />
    </div>
  );
}
