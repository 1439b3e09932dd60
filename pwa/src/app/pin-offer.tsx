/** After a sign-in with a password the hall offers a PIN, or asks for one before anything else (rule `sec.pin`). */
import { useSignal } from "@preact/signals";
import { t } from "../i18n";
import { setPin } from "../sync/pin";
import { Button, Notice, Sheet } from "../ui";
import { useSync } from "./context";
import { look, pinNow, pinRule, whose } from "./keeper";
import { PinForm } from "./pin-form";
import { go } from "./router";
import { account, persona } from "./session";

const LATER = "zg.pin.later";
const ASK_AGAIN_MS = 30 * 86_400_000;

/** What the first screen says about this device: what it hides, and whether it should have a PIN. */
export default function AboutDevice() {
  return (
    <>
      {useSync().veiled.value && <Notice tone="warn" title={t("超过规定时间没有联网，检查内容已隐藏。")}>{t("联网后自动显示。本机记录完好。")}</Notice>}
      <PinOffer />
    </>
  );
}

function PinOffer() {
  const sync = useSync();
  const put_off = useSignal(isPutOff(sync.status.peek().contact_at));
  const [rule, state, mine] = [pinRule(sync), pinNow.value, account.value];
  // Nobody else knows a demo identity, and everybody does: there it waits under 我的.
  if (!mine || !state || state.set || !state.spare || rule === "off" || persona()) return null;
  if (rule === "required") {
    return (
      <Sheet open title={t("设定解锁 PIN")} onClose={() => undefined}>
        <p>{t("本大厅要求设定 PIN：离开后再打开这台设备上的应用时输入，没有网络也能用。")}</p>
        <PinForm asksOld={false} save={async (pin) => look(await setPin(whose(mine), pin))} onDone={() => undefined} />
      </Sheet>
    );
  }
  if (put_off.value) return null;
  const later = () => {
    putOff(sync.status.peek().contact_at);
    put_off.value = true;
  };
  return (
    <Notice
      title={t("给这台设备设定解锁 PIN？")}
      actions={
        <>
          <Button onPress={later}>{t("以后再说")}</Button>
          <Button tone="main" onPress={() => go("/pin")}>
            {t("设定")}
          </Button>
        </>
      }
    >
      {t("手机丢失时，没有 PIN 的人读不出您的记录。")}
    </Notice>
  );
}

/** Whether it is not to be asked yet. `contact_at`: the site's time at the last contact, for a phone's clock may jump. */
export function isPutOff(contact_at: number | null): boolean {
  try {
    const put_off_at = localStorage.getItem(LATER);
    return put_off_at !== null && (contact_at === null || Math.abs(contact_at - Number(put_off_at)) < ASK_AGAIN_MS);
  } catch {
    return false; // forbidden storage: asked at every start
  }
}

/** Asked again thirty days of the site's time later. */
export function putOff(contact_at: number | null): void {
  try {
    localStorage.setItem(LATER, String(contact_at ?? 0));
  } catch {
    // Asked again at the next start.
  }
}
