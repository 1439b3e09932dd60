/** 存证日志: what this device has seen of the site's evidence log, and, for those who answer for it, how the log itself stands. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t, when } from "../../i18n";
import type { Sync } from "../../sync/api";
import { browserEnv } from "../../sync/env";
import { askJson } from "../../sync/http";
import { keptLog, type KeptLog } from "../../sync/kept-log";
import type { LogState } from "../../sync/types.gen";
import { Button, Card, Confirm, Facts, Notice, Section } from "../../ui";
import { giveFile } from "../device";
import { account } from "../session";

const ANSWERS_FOR_IT = new Set(["ADM", "OFF", "EFF"]);

export function Evidence({ sync }: { sync: Sync }) {
  const kept = useSignal<KeptLog | null>(keptLog(sync.site));
  const state = useSignal<LogState | null>(null);
  const trouble = useSignal(false);
  const compare = async () => {
    trouble.value = false;
    try {
      const { compareLog } = await import("../../sync/log");
      kept.value = await compareLog(browserEnv(), sync.site);
    } catch {
      trouble.value = true;
    }
  };
  const accept = async () => {
    const { acceptRestart } = await import("../../sync/log");
    kept.value = acceptRestart(sync.site);
    await compare();
  };
  useEffect(() => {
    if (!account.value?.roles.some((role) => ANSWERS_FOR_IT.has(role))) return;
    const asked = askJson<LogState>(browserEnv(), `/s/${sync.site}/log/state`, {}, (got) => typeof got.size === "number");
    asked.then((got) => (state.value = got), () => undefined); // offline it is left out
  }, []);
  const log = kept.value;
  return (
    <Section title={t("存证日志")}>
      <Card>
        <p class="muted">{t("大厅的每条记录每分钟列入一份只增不改的日志。本机会记住看到过的日志，定期核对它没有被改写。")}</p>
        <Facts facts={[[t("已核对至"), log ? <span class="num">{when(log.at, sync.now())}</span> : t("还没有核对过")], ...stateFacts(state.value, sync.now())]} />
        {log && !log.signed && <p class="muted">{t("这个浏览器不能核验签名，只比较了前后是否一致。")}</p>}
        {trouble.value && <p class="muted">{t("这次没有核对成：没有网络，或服务器的答复无法核验。")}</p>}
        <Button icon="check" onPress={() => void compare()}>
          {t("现在核对")}
        </Button>
      </Card>
      {log && <Found log={log} site={sync.site} onAccept={() => void accept()} />}
      {state.value?.backup_at === 0 && (
        <Notice tone="warn" title={t("服务器从来没有备份过。")}>
          {t("有备份之前，照片、录音一直留在拍摄的手机上，占用手机空间。请在服务器上设定备份文件夹。")}
        </Notice>
      )}
      {state.value?.broken && (
        <Notice tone="bad" title={t("存证日志前后矛盾，服务器已停止签署。")}>
          <p>{t("记录照常收存。请保护好数据库，按文档用核验工具检查。")}</p>
          <p class="num">{state.value.broken}</p>
        </Notice>
      )}
    </Section>
  );
}

/** Without a witness the operator alone vouches for the log: it is said as it is. */
function stateFacts(state: LogState | null, now: number): [string, string][] {
  if (!state) return [];
  const seen = state.witnesses.filter((one) => one.at > 0);
  if (state.witnesses.length === 0) return [[t("见证"), t("防篡改（无见证）")]];
  if (seen.length === 0) return [[t("见证"), t("已设置，还没有见证过")]];
  return seen.map((one) => [t("见证"), t("{name}，至 {time}", { name: one.name, time: when(one.at, now) })]);
}

/** A site that was restored, and says so, is believed once a person has asked: until then both heads stay, and either way they can be taken along. */
function Found({ log, site, onAccept }: { log: KeptLog; site: string; onAccept: () => void }) {
  const asking = useSignal(false);
  if (log.found === "grown") return null;
  const give = () => void giveFile(`zaigang-${site}-log.txt`, `${log.note}\n${log.other ?? ""}`);
  const both = (
    <Button icon="download" onPress={give}>
      {t("导出两份凭据")}
    </Button>
  );
  if (log.found === "restarted")
    return (
      <Notice
        title={t("服务器的数据恢复过，存证日志从新开始。")}
        actions={
          <>
            {both}
            <Button icon="check" onPress={() => (asking.value = true)}>
              {t("已问明，从新日志核对")}
            </Button>
          </>
        }
      >
        {t("恢复由管理员进行并留有记录，请先向办公室问明。确认之前，本机保留恢复前后的两份凭据。")}
        <Confirm open={asking.value} title={t("从新的日志开始核对？")} confirm={t("从新日志核对")} onConfirm={onAccept} onClose={() => (asking.value = false)}>
          <p>{t("本机不再保留恢复前的凭据。还没有导出的，请先导出。")}</p>
        </Confirm>
      </Notice>
    );
  return (
    <Notice
      tone={log.found === "diverged" ? "bad" : "warn"}
      title={log.found === "diverged" ? t("服务器的存证日志与本机看到过的矛盾。") : t("服务器显示的存证日志比本机看到过的短。")}
      actions={both}
    >
      {t("请不要清除本机数据，把两份凭据交给纪检或上级核查。")}
    </Notice>
  );
}
