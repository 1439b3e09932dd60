/** 解锁 PIN: what it protects, setting it, changing it, giving it up, how long an opened device stays open. */
import { useSignal } from "@preact/signals";
import { t } from "../../i18n";
import { Button, Card, Check, Empty, Facts, Loading, Notice, Section } from "../../ui";
import type { ScreenProps } from "../feature";
import { look, lockUp, pinNow, pinRule, whose } from "../keeper";
import { PinForm } from "../pin-form";
import { account } from "../session";
import { dropPin, setLease, setPin, type PinState } from "../../sync/pin";

type Task = "set" | "drop";

export default function PinPage({ sync }: ScreenProps) {
  const task = useSignal<Task | null>(null);
  const state = pinNow.value;
  const mine = account.value;
  if (!state || !mine) return <Loading />;
  if (pinRule(sync) === "off" && !state.set) return <Empty icon="lock" title={t("本大厅不使用 PIN。")} />;
  const done = () => (task.value = null);
  return (
    <>
      <Card>
        <p>{t("本机记录始终加密保存。设定 PIN 后，复制了这台设备存储的人没有 PIN 也读不出内容。")}</p>
        <Facts facts={factsOf(state)} />
      </Card>
      {!state.spare && <Notice tone="warn" title={t("请先联网重新登录一次，再设定 PIN。")}>{t("这样忘记 PIN 时可以用登录恢复，本机记录不会丢失。")}</Notice>}
      {task.value === null && <Tasks state={state} required={pinRule(sync) === "required"} onTask={(next) => (task.value = next)} />}
      {task.value === "set" && (
        <Section title={state.set ? t("更换 PIN") : t("设定 PIN")}>
          <PinForm asksOld={state.set} onDone={done} save={async (pin, old) => look(await setPin(whose(mine), pin, old))} />
        </Section>
      )}
      {task.value === "drop" && (
        <Section title={t("取消 PIN")}>
          <PinForm asksOld asksNew={false} onDone={done} save={async (_, old) => dropPin(whose(mine), old).then(() => look())} />
        </Section>
      )}
      {state.set && (
        <Check
          label={t("有效时间内重新打开不再询问")}
          hint={t("关闭后，每次打开应用都要输入 PIN，更安全。")}
          value={state.keep}
          onChange={(keep) => void setLease(whose(mine), { keep }).then(() => look())}
        />
      )}
    </>
  );
}

function factsOf(state: PinState): [string, preact.ComponentChildren][] {
  const facts: [string, preact.ComponentChildren][] = [["PIN", state.set ? t("已设定") : t("未设定")]];
  if (state.set) facts.push([t("解锁后有效"), state.lease_hours ? t("{n} 小时", { n: state.lease_hours }) : t("到关闭为止")]);
  return facts;
}

function Tasks({ state, required, onTask }: { state: PinState; required: boolean; onTask: (task: Task) => void }) {
  return (
    <>
      <Button tone={state.set ? "plain" : "main"} icon="lock" disabled={!state.spare} onPress={() => onTask("set")}>
        {state.set ? t("更换 PIN") : t("设定 PIN")}
      </Button>
      {state.set && (
        <Button icon="lock" onPress={() => void lockUp()}>
          {t("立即锁定")}
        </Button>
      )}
      {state.set && !required && (
        <Button tone="quiet" onPress={() => onTask("drop")}>
          {t("取消 PIN")}
        </Button>
      )}
    </>
  );
}
