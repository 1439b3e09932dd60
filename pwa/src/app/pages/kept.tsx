/** Where the records of this device lie, how they are locked, and what of them is only here. */
import { t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Button, Card, Facts, Section, Tag } from "../../ui";
import { pinNow } from "../keeper";
import { isUnsent } from "../outgoing";
import { go } from "../router";

export function Kept({ sync }: { sync: Sync }) {
  const items = sync.outbox.value;
  const unsent = items.filter(isUnsent).length;
  const safe = items.filter((item) => !isUnsent(item) && item.seq <= sync.durable.value).length;
  const num = (text: string) => <span class="num">{text}</span>;
  const pin = pinNow.value;
  return (
    <Section title={t("记录保存在哪里")}>
      <Card>
        <Facts
          facts={[
            [t("数据库"), <Tag tone="ok">{t("正常")}</Tag>],
            [t("备用文件"), <Twin on={sync.twin.value} />],
            [t("加密"), pin?.set ? t("已加密，打开要输入 PIN") : t("已加密，没有设定 PIN")],
            [t("待发送"), num(t("{n} 条", { n: unsent }))],
            [t("已送达，等服务器备份"), num(t("{n} 条", { n: items.length - unsent - safe }))],
            [t("已在服务器备份"), num(t("{n} 条", { n: safe }))],
          ]}
        />
        <p class="muted">{t("服务器备份之前，送达的记录也留在本机；服务器损坏时由本机补送。")}</p>
        {pin && !pin.set && (
          <Button icon="lock" onPress={() => go("/pin")}>
            {t("设定 PIN")}
          </Button>
        )}
      </Card>
    </Section>
  );
}

/** The second place of unsent records. */
function Twin({ on }: { on: boolean | null }) {
  if (on === null) return <>{t("正在核对…")}</>;
  return on ? <Tag tone="ok">{t("正常")}</Tag> : <Tag tone="warn">{t("此浏览器不能用")}</Tag>;
}
