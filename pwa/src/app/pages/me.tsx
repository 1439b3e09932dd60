/** 我的: who this is, the places that found no room in the bar, this device, and the way out. */
import { useSignal } from "@preact/signals";
import { names, t } from "../../i18n";
import { Button, Cell, List, Section, Tag } from "../../ui";
import type { Action, ScreenProps } from "../feature";
import { features } from "../features";
import { account } from "../session";
import { isFor } from "../screens";
import { SignOut } from "../signout";
import { statusWord } from "../status";
import { lockUp, pinNow } from "../keeper";
import { placesOf } from "../tabs";
import { roleWord } from "../words";

/** What is about this person, what the whole hall shares, and what only some are charged with. */
const GROUPS = [
  { id: "own", title: () => t("我的事务") },
  { id: "hall", title: () => t("大厅") },
  { id: "charge", title: () => t("管理") },
] as const;
const OWN: readonly string[] = ["/todo", "/messages", "/attendance", "/leave/new", "/leave", "/handover", "/own", "/records"];

const groupOf = ({ path, roles }: Pick<Action, "path" | "roles">): (typeof GROUPS)[number]["id"] => (OWN.includes(path) ? "own" : !roles || roles.includes("STF") ? "hall" : "charge");

export default function Me({ sync }: ScreenProps) {
  const leaving = useSignal(false);
  const me = sync.rows("me").value.get(sync.uid)?.body;
  const roles = me?.roles ?? account.value?.roles ?? [];
  const unit = names(sync.rows("unit").value.get(me?.unit ?? "")?.body.names);
  const { bar, more } = placesOf(roles, features.value);
  const known = new Set([...bar, ...more].map((place) => place.path));
  const actions = features.value.flatMap((feature) => feature.actions ?? []).filter((action) => isFor(action, roles) && !action.urgent && !known.has(action.path));
  const status = statusWord(sync.status.value);
  const pin = pinNow.value;
  return (
    <>
      <List>
        <Cell icon="me" title={<b>{me?.name ?? account.value?.name ?? ""}</b>} sub={[unit, roles.map(roleWord).join(t("、"))].filter(Boolean).join("\u00a0· ")} />
      </List>
      {GROUPS.map(({ id, title }) => {
        const here = [...more, ...actions].filter((place) => groupOf(place) === id).sort((x, y) => OWN.indexOf(x.path) - OWN.indexOf(y.path));
        return (
          here.length > 0 && (
            <Section key={id} title={title()}>
              <List>
                {here.map((place) => (
                  <Cell key={place.path} icon={place.icon} title={place.label()} href={place.path} />
                ))}
              </List>
            </Section>
          )
        );
      })}
      <Section title={t("这台设备")}>
        <List>
          <Cell icon="sync" title={t("发件箱")} value={<Tag tone={status.tone}>{status.label}</Tag>} href="/outbox" />
          <Cell icon="storage" title={t("存储")} href="/storage" />
          <Cell icon="lock" title={t("解锁 PIN")} value={pin && (pin.set ? t("已设定") : t("未设定"))} href="/pin" />
          <Cell icon="lock" title={t("密码")} href="/password" />
          <Cell icon="text" title={t("设置")} sub={t("语言、字号、颜色")} href="/settings" />
        </List>
      </Section>
      {pin?.set && (
        <Button icon="lock" onPress={() => void lockUp()}>
          {t("立即锁定")}
        </Button>
      )}
      <SignOut sync={sync} open={leaving.value} onClose={() => (leaving.value = false)} />
      <Button icon="out" onPress={() => (leaving.value = true)}>
        {t("退出登录")}
      </Button>
    </>
  );
}
