/** A first password, told once to whoever hands it over. Needs the network. */
import { useState } from "preact/hooks";
import { gateText } from "../../app/gate";
import { t } from "../../i18n";
import { browserEnv } from "../../sync/env";
import { askJson } from "../../sync/http";
import type { Issued } from "../../sync/types.gen";
import { Button, Notice, Section } from "../../ui";

export function FirstPassword({ site, uid }: { site: string; uid: string }) {
  const [issued, setIssued] = useState<Issued | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const press = async () => {
    try {
      setIssued(await askJson<Issued>(browserEnv(), `/s/${site}/people/${uid}/password`, { method: "POST", body: {} }, (got) => typeof got.password === "string"));
      setFailed(null);
    } catch (error) {
      setFailed(gateText(error));
    }
  };
  return (
    <Section title={t("登录密码")} aside={t("需要联网")}>
      {failed && <Notice tone="bad" title={failed} />}
      {issued && (
        <Notice tone="ok" title={t("账号 {account}，密码 {password}", { account: issued.login, password: issued.password })}>
          {t("只显示这一次，请当面交给本人。原密码已失效。")}
        </Notice>
      )}
      <Button onPress={() => void press()}>{t("发放新密码")}</Button>
    </Section>
  );
}
