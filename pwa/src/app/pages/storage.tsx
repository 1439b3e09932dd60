/** 存储: what this device holds, how safe it is there, and what can be done about it. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { duration, t, when } from "../../i18n";
import { Button, Card, Check, Facts, Notice, Section } from "../../ui";
import { isInstalled, isIos } from "../device";
import type { ScreenProps } from "../feature";
import { installOffer } from "../install";
import { oldestUnsent, roomOf, type Room } from "../room";
import { knowsNetwork, setSpare, spare } from "../spare";
import { canStartOffline } from "../update";
import { sizeWord } from "../words";
import { Evidence } from "./evidence";
import { Kept } from "./kept";

export default function Storage({ sync }: ScreenProps) {
  const room = useSignal<Room>({});
  useEffect(() => {
    void roomOf(navigator.storage).then((found) => (room.value = found));
  }, []);
  const oldest = oldestUnsent(sync.outbox.value);
  const unknown = t("浏览器没有提供");
  const yesNo = (value: boolean | undefined) => (value === undefined ? unknown : value ? t("是") : t("否"));
  const persist = async () => {
    room.value = { ...room.value, persistent: await navigator.storage.persist() };
  };
  return (
    <>
      <Card>
        <Facts
          facts={[
            [t("已用"), room.value.used === undefined ? unknown : sizeWord(room.value.used)],
            [t("剩余"), room.value.left === undefined ? unknown : sizeWord(room.value.left)],
            [t("长期保留"), yesNo(room.value.persistent)],
            [t("第二份副本"), yesNo(sync.twin.value ?? undefined)],
            [t("装到主屏幕"), yesNo(isInstalled())],
            [t("离线启动"), yesNo(canStartOffline.value)],
            [t("最早未送达"), oldest === null ? t("没有") : <span class="num">{when(oldest, sync.now())}</span>],
            [t("设备编号"), <span class="num">{sync.dev}</span>],
          ]}
        />
      </Card>
      <Kept sync={sync} />
      {oldest !== null && <Notice tone="warn" title={t("有记录已等待 {time} 没有送达。", { time: duration(sync.now() - oldest) })} />}
      {room.value.persistent === false && (
        <Notice title={t("浏览器可能在空间不足时清理本机数据。")} actions={<Button onPress={() => void persist()}>{t("请浏览器长期保留")}</Button>} />
      )}
      <Check
        label={knowsNetwork() ? t("原图只在无线局域网下发送") : t("原图等我点“现在发送原图”才发送")}
        hint={knowsNetwork() ? t("记录和预览照常发送。") : t("这个浏览器不说明用的是什么网络。记录和预览照常发送，原图到发件箱里手动发送。")}
        value={spare.value}
        onChange={setSpare}
      />
      <Evidence sync={sync} />
      {sync.twin.value === false && <Notice title={t("此浏览器没有第二处存放记录的地方，请尽早联网送达。")} />}
      {!isInstalled() && <Install />}
    </>
  );
}

function Install() {
  const offer = installOffer.value;
  return (
    <Section title={t("装到主屏幕")}>
      <Card>
        {isIos() ? (
          <>
            <p>{t("在 Safari 里打开时，七天不用，系统会清除网页存的数据，包括没有送达的记录。装到主屏幕后不会。")}</p>
            <p>{t("做法：点“分享”，再点“添加到主屏幕”，以后从主屏幕打开。")}</p>
          </>
        ) : (
          <p>{t("装到主屏幕后，没有网络也能一点就开，数据也更安全。")}</p>
        )}
        {offer && (
          <Button tone="main" onPress={() => void offer()}>
            {t("现在安装")}
          </Button>
        )}
        {!offer && !isIos() && <p class="muted">{t("做法：在浏览器菜单里选“安装应用”或“添加到主屏幕”。")}</p>}
      </Card>
    </Section>
  );
}
