/** The lock screen: whose device part is closed, the PIN, the way in when it is forgotten, and other people of this device. */
import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import type { Account } from "../sync/account";
import { browserEnv } from "../sync/env";
import { comeIn, waiting } from "../sync/people";
import { pinState, type PinState } from "../sync/pin";
import { BigButton, Button, Notice, TextField } from "../ui";
import Others from "./others";
import { SignInAs } from "./relogin";
import { show } from "./session";
import { waitText, wrongText } from "./wrong";

const SECOND_MS = 1000;

export default function Lock({ mine }: { mine: Account }) {
  return (
    <main class="door">
      <header class="brand">
        <img src="/icons/icon-192.png" alt="" width="56" height="56" />
        <div>
          <h1>{mine.name}</h1>
          <p>{t("已锁定")}</p>
        </div>
      </header>
      <Person key={`${mine.site}:${mine.uid}`} mine={mine} />
    </main>
  );
}

function Person({ mine }: { mine: Account }) {
  const state = useSignal<PinState | null>(null);
  const unsent = useSignal(0);
  const forgotten = useSignal(false);
  const look = () => pinState({ env: browserEnv(), site: mine.site, uid: mine.uid }).then((found) => (state.value = found));
  useEffect(() => {
    void look();
    void waiting(browserEnv(), mine).then((n) => (unsent.value = n));
  }, []);
  const overdue = state.value?.overdue === true;
  const spent = !overdue && state.value?.spent === true;
  return (
    <div>
      {unsent.value > 0 && <Notice title={t("{n} 条记录已存本机，解锁后继续发送。", { n: unsent.value })} />}
      {spent && <Notice tone="bad" title={t("PIN 错误次数过多，已作废。")}>{t("请联网登录，登录后重新设定 PIN。本机记录完好。")}</Notice>}
      {overdue && <Notice tone="warn" title={t("超过规定时间没有联网，已锁定。")}>{t("请联网登录。本机记录完好，登录后继续发送。")}</Notice>}
      {!overdue && !spent && !forgotten.value && <Pin mine={mine} state={state.value} onTried={look} />}
      {overdue && <SignInAs mine={mine} onDone={() => undefined} />}
      {(spent || forgotten.value) && <SignInAs mine={mine} forgotten onDone={() => undefined} />}
      {!overdue && !spent && (
        <Button tone="quiet" onPress={() => (forgotten.value = !forgotten.value)}>
          {forgotten.value ? t("用 PIN 解锁") : t("忘记 PIN")}
        </Button>
      )}
      <Others but={mine} />
    </div>
  );
}

/** The PIN, offline too. After several wrong ones the next must wait. */
function Pin({ mine, state, onTried }: { mine: Account; state: PinState | null; onTried: () => Promise<unknown> }) {
  const pin = useSignal("");
  const busy = useSignal(false);
  const said = useSignal<string | null>(null);
  const wait_ms = useCountdown(state?.wait_ms ?? 0);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const open = async () => {
    if (busy.value || !pin.value || wait_ms.value > 0) return;
    busy.value = true;
    said.value = null;
    try {
      await show(mine, await comeIn(browserEnv(), mine, pin.value));
    } catch (error) {
      said.value = wrongText(error);
      await onTried();
    }
    pin.value = "";
    busy.value = false;
  };
  return (
    <form
      ref={form}
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void open();
      }}
    >
      {said.value && <Notice tone="bad" title={said.value} />}
      {wait_ms.value > 0 && <Notice tone="warn" title={waitText(wait_ms.value)} />}
      <TextField label={t("PIN")} type="password" inputMode="numeric" value={pin.value} max={12} onChange={(text) => (pin.value = text)} />
      <BigButton icon="lock" label={busy.value ? t("正在解锁…") : t("解锁")} submit disabled={busy.value || !pin.value || wait_ms.value > 0} />
    </form>
  );
}

/** Counts `ms` down by the second. */
function useCountdown(ms: number): Signal<number> {
  const left = useSignal(ms);
  useEffect(() => {
    const until = Date.now() + ms;
    left.value = ms;
    if (!ms) return undefined;
    const timer = setInterval(() => {
      left.value = Math.max(0, until - Date.now());
      if (!left.value) clearInterval(timer);
    }, SECOND_MS);
    return () => clearInterval(timer);
  }, [ms]);
  return left;
}
