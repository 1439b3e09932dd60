/** Signing out protects unsent work: send it now, take it along as a file, or leave it here for the next sign-in. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import type { Sync } from "../sync/api";
import { BigButton, Button, Sheet } from "../ui";
import { unfinished } from "./drafting";
import { isUnsent } from "./outgoing";
import { GiveUnsent } from "./rescued";
import { leave } from "./session";

export function SignOut({ sync, open, onClose }: { sync: Sync; open: boolean; onClose: () => void }) {
  const exported = useSignal(false);
  const n = sync.outbox.value.filter(isUnsent).length;
  const files = sync.waiting.value;
  const drafts = useSignal(0);
  useEffect(() => {
    if (open) void unfinished(sync).then((found) => (drafts.value = found.length));
  }, [sync, open]);
  return (
    <Sheet open={open} title={t("退出登录")} onClose={onClose}>
      {n === 0 ? (
        <p>{t("全部记录都已送达。退出后，这台设备仍是登记过的设备。")}</p>
      ) : (
        <>
          <p>{t("还有 {n} 条记录没有送达。退出不会删除它们，请选择怎么办：", { n })}</p>
          <BigButton label={t("先发送")} sub={t("联网后再退出")} icon="sync" onPress={() => sync.retry()} />
          <GiveUnsent sync={sync} word={exported.value ? t("已导出") : t("导出成文件，交给办公室")} given={() => (exported.value = true)} />
          <p class="muted">{t("留在本机：您下次在这台设备登录时自动发送。")}</p>
        </>
      )}
      {files > 0 && <p>{t("还有 {n} 件照片、录音没有送达，留在本机，下次在这台设备登录后自动发送。", { n: files })}</p>}
      {drafts.value > 0 && <p>{t("还有 {n} 份没有写完，留在本机。", { n: drafts.value })}</p>}
      <Button tone="danger" icon="out" onPress={() => void leave()}>
        {n + files + drafts.value === 0 ? t("退出登录") : t("留在本机并退出")}
      </Button>
    </Sheet>
  );
}
