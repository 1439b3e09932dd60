/** The form that sets, changes or gives up a PIN. */
import { useSignal } from "@preact/signals";
import { t } from "../i18n";
import { isUsable, PIN_DIGITS_MAX, PIN_DIGITS_MIN } from "../sync/pin";
import { BigButton, Notice, TextField } from "../ui";
import { wrongText } from "./wrong";

interface PinFormProps {
  /** There is a PIN: nothing changes without it. */
  asksOld: boolean;
  asksNew?: boolean;
  save: (pin: string, old: string) => Promise<unknown>;
  onDone: () => void;
}

export function PinForm({ asksOld, asksNew = true, save, onDone }: PinFormProps) {
  const [old, pin, again] = [useSignal(""), useSignal(""), useSignal("")];
  const busy = useSignal(false);
  const said = useSignal<string | null>(null);
  const problem = asksNew ? problemOf(pin.value, again.value) : null;
  const ready = problem === null && (!asksOld || old.value !== "");
  const press = async () => {
    if (!ready || busy.value) return;
    busy.value = true;
    said.value = null;
    try {
      await save(pin.value, old.value);
      onDone();
    } catch (error) {
      said.value = wrongText(error);
      old.value = "";
    }
    busy.value = false;
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void press();
      }}
    >
      {said.value && <Notice tone="bad" title={said.value} />}
      {asksOld && <Digits label={t("现在的 PIN")} value={old.value} onChange={(text) => (old.value = text)} />}
      {asksNew && (
        <>
          <Digits
            label={t("新的 PIN")}
            hint={t("{min} 到 {max} 位数字，不要用连续或相同的数字。", { min: PIN_DIGITS_MIN, max: PIN_DIGITS_MAX })}
            value={pin.value}
            onChange={(text) => (pin.value = text)}
          />
          <Digits label={t("再输一次")} value={again.value} onChange={(text) => (again.value = text)} />
        </>
      )}
      {problem && <p class="muted">{problem}</p>}
      <BigButton icon="lock" label={busy.value ? t("正在保存…") : t("确定")} submit disabled={!ready || busy.value} />
    </form>
  );
}

/** What still stands against a new PIN; null: nothing. */
export function problemOf(pin: string, again: string): string | null {
  if (!isUsable(pin)) return pin.length < PIN_DIGITS_MIN ? t("还差 {n} 位。", { n: PIN_DIGITS_MIN - pin.length }) : t("这个 PIN 太容易猜到，请换一个。");
  return pin === again ? null : t("两次输入不一致。");
}

function Digits({ label, hint, value, onChange }: { label: string; hint?: string; value: string; onChange: (text: string) => void }) {
  return <TextField label={label} hint={hint} type="password" inputMode="numeric" value={value} max={PIN_DIGITS_MAX} onChange={onChange} />;
}
