/** What stands on the screen: the door, the lock, or the shell of whoever is in. */
import { signal } from "@preact/signals";
import { ErrorNotice } from "../ui";
import { t } from "../i18n";
import { Lazy } from "./lazy";
import { engine, locked } from "./session";
import { Shell } from "./shell";

/** The last account could not be opened: its storage does not answer. Set once at the start. */
export const storageFailed = signal(false);

const loadDoor = () => import("./door");
const loadLock = () => import("./lock");

export function App() {
  const sync = engine.value;
  if (sync) return <Shell key={`${sync.site}:${sync.uid}`} sync={sync} />;
  if (locked.value) return <Lazy load={loadLock} props={{ mine: locked.value }} />;
  return (
    <>
      {storageFailed.value && (
        <ErrorNotice what={t("本机存储没有响应。")} kept={t("已保存的记录仍在本机。")} todo={t("请关闭其他标签页，再重新打开应用。")} />
      )}
      <Lazy load={loadDoor} props={{}} />
    </>
  );
}
