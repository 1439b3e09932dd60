/** What the shell must say above a screen: session over, sending stopped, records waiting long, a new version, no offline start here, a draft left behind. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { duration, problemText, t, when } from "../i18n";
import { Button, Notice, toast } from "../ui";
import { useNow, useSync } from "./context";
import { copy, isWeChat } from "./device";
import { dirtyForms, takeUp } from "./draft";
import { dropDraft, unfinished, type Unfinished } from "./drafting";
import { Lazy } from "./lazy";
import { go } from "./router";
import { applyUpdate, canStartOffline, waiting } from "./update";
import { waited } from "./waited";

export function Banners({ home, roles }: { home: boolean; roles: readonly string[] }) {
  return (
    <div class="banners pad">
      <SessionOver />
      <Stopped />
      <WaitingLong home={home} roles={roles} />
      <NewVersion />
      {home && <NoWorker />}
      {home && <LeftBehind />}
      {home && <Lazy quiet load={loadPinOffer} props={{}} />}
    </div>
  );
}

const loadPinOffer = () => import("./pin-offer");
const loadRelogin = () => import("./relogin");

function SessionOver() {
  const sync = useSync();
  const open = useSignal(false);
  if (!sync.status.value.login) return null;
  return (
    <>
      <Notice
        tone="warn"
        title={t("登录已过期，记录照常保存和送达。")}
        actions={
          <Button tone="main" onPress={() => (open.value = true)}>
            {t("重新登录")}
          </Button>
        }
      >
        {t("重新登录后会收到新的内容。")}
      </Notice>
      {open.value && <Lazy load={loadRelogin} props={{ onClose: () => (open.value = false) }} />}
    </>
  );
}

/** Troubles that waiting does not cure; the sentence of each says what to do. */
const STOPS: ReadonlySet<string> = new Set(["device_unknown", "device_revoked", "signature_bad", "version_old"]);

function Stopped() {
  const { problem } = useSync().status.value;
  if (!problem || !STOPS.has(problem)) return null;
  return <Notice tone="bad" title={problemText(problem)} actions={<Button onPress={() => go("/outbox")}>{t("查看发件箱")}</Button>} />;
}

/** Records that have waited long: a word on the first screen, later above every screen (OFF-03). */
function WaitingLong({ home, roles }: { home: boolean; roles: readonly string[] }) {
  const sync = useSync();
  const long = waited(sync.outbox.value, useNow(), roles, home);
  if (!long) return null;
  return (
    <Notice
      tone={long.tone}
      title={t("有记录已等待 {time} 没有送达。", { time: duration(long.ms) })}
      actions={<Button onPress={() => go("/outbox")}>{t("查看发件箱")}</Button>}
    >
      {t("请连接大厅网络；长时间连不上时，可以导出成文件交给办公室。")}
    </Notice>
  );
}

/** Offered only when nothing would be lost or interrupted by it. */
function NewVersion() {
  const sync = useSync();
  const busy = dirtyForms.value.size > 0 || sync.outbox.value.some((item) => item.state === "sending");
  if (!waiting.value || busy) return null;
  return (
    <Notice
      title={t("新版本已就绪")}
      actions={
        <Button tone="main" onPress={applyUpdate}>
          {t("更新")}
        </Button>
      }
    >
      {t("更新只需几秒，本机记录不受影响。")}
    </Notice>
  );
}

/** What to do where the app cannot start without a network; null where it can. */
export function offlineWord(): string | null {
  if (canStartOffline.value) return null;
  return isWeChat() ? t("微信内不能离线启动，请在浏览器打开。") : t("此浏览器不能离线启动，请换用系统浏览器打开。");
}

function NoWorker() {
  const title = offlineWord();
  if (!title) return null;
  const share = async () => toast((await copy(location.origin)) ? t("链接已复制，请粘贴到浏览器打开。") : location.origin);
  return (
    <Notice
      tone="warn"
      title={title}
      actions={<Button onPress={() => void share()}>{t("复制链接")}</Button>}
    >
      {t("页面开着时可以照常记录，记录会存在本机；关掉后没有网络就打不开。")}
    </Notice>
  );
}

/** Forms left when the app was last ended, asked about once at the start; no more once sent or given up, in whichever tab. */
function LeftBehind() {
  const sync = useSync();
  const list = useSignal<(Unfinished & { saved_at: number })[]>([]);
  useEffect(() => {
    void unfinished(sync).then((found) => (list.value = found));
    return sync.draft.watch((key) => {
      const gone = async () => (await sync.draft.load(key)) === undefined;
      const forget = () => (list.value = list.peek().filter((one) => one.key !== key));
      if (list.peek().some((one) => one.key === key)) void gone().then((is) => is && forget());
    });
  }, [sync]);
  const draft = list.value.find((one) => !dirtyForms.value.has(one.key));
  if (!draft) return null;
  return (
    <Notice
      title={t("没有写完：{title}", { title: draft.title })}
      actions={
        <>
          <Button onPress={() => void dropDraft(sync, draft.key)}>{t("放弃")}</Button>
          <Button tone="main" onPress={() => void takeUp(draft.path, draft.key)}>
            {t("恢复")}
          </Button>
        </>
      }
    >
      {t("保存于 {time}。", { time: when(draft.saved_at, sync.now()) })}
    </Notice>
  );
}
