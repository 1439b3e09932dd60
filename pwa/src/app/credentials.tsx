/** Account and password, with the reason when it did not work. */
import { useSignal } from "@preact/signals";
import { t } from "../i18n";
import { BigButton, Notice, TextField } from "../ui";
import { gateText } from "./gate";

export function Credentials({ onEnter }: { onEnter: (name: string, password: string) => Promise<void> }) {
  const name = useSignal("");
  const password = useSignal("");
  const busy = useSignal(false);
  const problem = useSignal<string | null>(null);
  const ready = name.value.trim() !== "" && password.value !== "";
  const enter = async () => {
    if (!ready || busy.value) return;
    busy.value = true;
    problem.value = null;
    try {
      await onEnter(name.value.trim(), password.value);
    } catch (error) {
      problem.value = gateText(error);
    }
    busy.value = false;
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void enter();
      }}
    >
      {problem.value && <Notice tone="bad" title={problem.value} />}
      <TextField label={t("账号")} value={name.value} autoComplete="username" exact onChange={(text) => (name.value = text)} />
      <TextField label={t("密码")} type="password" value={password.value} autoComplete="current-password" onChange={(text) => (password.value = text)} />
      <BigButton label={busy.value ? t("正在登录…") : t("登录")} submit disabled={!ready || busy.value} />
    </form>
  );
}
