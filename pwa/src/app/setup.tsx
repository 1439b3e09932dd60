/** First start of an empty hall, once: the code from the console, what the hall is called, and who shall be its administrator. */
import { useSignal } from "@preact/signals";
import { LOCALES, locale, t, type Locale } from "../i18n";
import { setUp } from "../sync/signin";
import { BigButton, Notice, Section, Select, TextField } from "../ui";
import { gateText } from "./gate";
import { PASSWORD_CHARS_MAX, problemOf, type Form } from "./setup-form";

const NAME_CHARS_MAX = 64;

/** `onDone`: the administrator is there and may sign in. */
export default function SetupScreen({ onDone }: { onDone: () => void }) {
  const form = useSignal<Form>({ code: "", hall: "", locale: locale.value, name: "", login: "", password: "", again: "" });
  const busy = useSignal(false);
  const failed = useSignal<string | null>(null);
  const set = (key: keyof Form) => (value: string) => (form.value = { ...form.value, [key]: value });
  const { code, hall, name, login, password, again } = form.value;
  const problem = problemOf(form.value);
  const save = async () => {
    if (problem || busy.value) return;
    busy.value = true;
    failed.value = null;
    try {
      await setUp({ code: code.trim(), hall: hall.trim(), locale: form.value.locale, name: name.trim(), login: login.trim(), password });
      onDone();
    } catch (error) {
      failed.value = gateText(error);
    }
    busy.value = false;
  };
  return (
    <Section title={t("首次启动")}>
      <p class="muted">{t("这个大厅还没有管理员。代码在启动服务器时显示，只能用一次。")}</p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <TextField label={t("首次启动代码")} value={code} onChange={set("code")} max={32} exact required />
        <TextField label={t("大厅名称")} value={hall} onChange={set("hall")} max={NAME_CHARS_MAX} required />
        <Select<Locale>
          label={t("大厅的语言")}
          value={form.value.locale}
          options={LOCALES.map((one) => ({ value: one.id, label: one.own }))}
          onChange={set("locale")}
        />
        <TextField label={t("管理员姓名")} value={name} onChange={set("name")} autoComplete="name" max={NAME_CHARS_MAX} required />
        <TextField label={t("管理员账号")} value={login} onChange={set("login")} autoComplete="username" max={NAME_CHARS_MAX} exact required />
        <TextField label={t("密码")} type="password" value={password} onChange={set("password")} autoComplete="new-password" max={PASSWORD_CHARS_MAX} hint={t("密码至少 8 个字符。")} required />
        <TextField label={t("再输一次密码")} type="password" value={again} onChange={set("again")} autoComplete="new-password" max={PASSWORD_CHARS_MAX} required />
        {failed.value && <Notice tone="bad" title={failed.value} />}
        {problem && <p class="muted">{problem}</p>}
        <BigButton label={busy.value ? t("正在建立…") : t("建立大厅")} submit disabled={problem !== null || busy.value} />
      </form>
    </Section>
  );
}
