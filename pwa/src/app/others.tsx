/** People who can come in on this device with their PIN; nothing of theirs is shown but the name. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import type { Account } from "../sync/account";
import { browserEnv } from "../sync/env";
import { withPin } from "../sync/people";
import { Cell, Icon, List, Section } from "../ui";
import { stand } from "./session";

/** `but`: whose lock screen this is; none at the door. */
export default function Others({ but }: { but: Account | null }) {
  const all = useSignal<Account[]>([]);
  useEffect(() => {
    void withPin(browserEnv()).then((found) => (all.value = found.filter((one) => one.uid !== but?.uid || one.site !== but.site)));
  }, []);
  if (!but && all.value.length === 0) return null;
  return (
    <Section title={but ? t("换一个人") : t("用 PIN 解锁")}>
      <List>
        {all.value.map((one) => (
          <Cell key={`${one.site}:${one.uid}`} icon="me" title={one.name} value={<Icon name="chevron" />} onPress={() => stand(one)} />
        ))}
        {but && <Cell icon="out" title={t("登录其他账号")} value={<Icon name="chevron" />} onPress={() => stand(null)} />}
      </List>
    </Section>
  );
}
