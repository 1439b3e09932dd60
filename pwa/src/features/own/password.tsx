/** 密码: another one for whoever knows the old one; what else is signed in as this person is out. Needs the network. */
import { useState } from "preact/hooks";
import { back, type ScreenProps } from "../../app/feature";
import { gateText } from "../../app/gate";
import { PASSWORD_CHARS_MAX, passwordProblem } from "../../app/setup-form";
import { t } from "../../i18n";
import { browserEnv } from "../../sync/env";
import { ask } from "../../sync/http";
import { Problem } from "../../sync/problem";
import type { NewPassword } from "../../sync/types.gen";
import { BigButton, Notice, TextField, toast } from "../../ui";

export default function Password({ sync }: ScreenProps) {
  const [old, setOld] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const problem = passwordProblem(password, again);
  const ready = old !== "" && problem === null && !busy;
  const press = async () => {
    if (!ready) return;
    setBusy(true);
    setFailed(null);
    try {
      const body: NewPassword = { old, new: password };
      await ask(browserEnv(), `/s/${sync.site}/session/password`, { body });
      toast(t("密码已更换。其他设备要重新登录。"));
      back();
    } catch (error) {
      setFailed(error instanceof Problem && error.id === "login_failed" ? t("现在的密码不对。") : gateText(error));
      setOld("");
    }
    setBusy(false);
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void press();
      }}
    >
      {failed && <Notice tone="bad" title={failed} />}
      <TextField label={t("现在的密码")} type="password" autoComplete="current-password" value={old} max={PASSWORD_CHARS_MAX} onChange={setOld} />
      <TextField label={t("新密码")} type="password" autoComplete="new-password" value={password} max={PASSWORD_CHARS_MAX} onChange={setPassword} />
      <TextField label={t("再输一次密码")} type="password" autoComplete="new-password" value={again} max={PASSWORD_CHARS_MAX} onChange={setAgain} />
      {problem && <p class="muted">{problem}</p>}
      <BigButton icon="lock" label={t("确定")} submit disabled={!ready} />
    </form>
  );
}
