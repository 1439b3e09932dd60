/** /pair: the six digits on the wall, confirmed by somebody who may. Works only with a network: it is a decision about this very moment. */
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app/feature";
import { gateText } from "../app/session";
import { t } from "../i18n";
import { browserEnv } from "../sync/env";
import { askJson } from "../sync/http";
import type { Pairing, PairingConfirm } from "../sync/types.gen";
import { BigButton, Notice, Section, TextField } from "../ui";

const DIGITS = 6;

function confirm(site: string, body: PairingConfirm): Promise<Pairing> {
  return askJson<Pairing>(browserEnv(), `/s/${site}/displays/confirm`, { body }, (got) => got.paired === true);
}

export default function Confirm({ sync, query }: ScreenProps) {
  const [code, setCode] = useState((query.get("code") ?? "").replace(/\D/g, ""));
  const [label, setLabel] = useState("");
  const [state, setState] = useState<"asking" | "busy" | "done">("asking");
  const [problem, setProblem] = useState<string>();
  const press = async (): Promise<void> => {
    setState("busy");
    setProblem(undefined);
    try {
      await confirm(sync.site, { code, label: label.trim() });
      setState("done");
    } catch (error) {
      setProblem(gateText(error));
      setState("asking");
    }
  };
  if (state === "done") {
    return (
      <Notice tone="ok" title={t("大屏已配对")}>
        <p>{t("几秒后大屏会显示窗口状态。它只能看到公开内容，不能登录，也不能改动任何记录。")}</p>
      </Notice>
    );
  }
  return (
    <Section title={t("把大屏上的配对码填在这里")}>
      <TextField
        label={t("配对码")}
        value={code}
        inputMode="numeric"
        max={DIGITS}
        required
        hint={t("六位数字，十分钟内有效。请确认大屏就在您眼前。")}
        error={problem}
        onChange={(typed) => setCode(typed.replace(/\D/g, ""))}
      />
      <TextField label={t("大屏名称")} value={label} max={40} placeholder={t("如：一层大厅东侧")} onChange={setLabel} />
      <BigButton icon="screen" label={t("确认配对")} disabled={state === "busy" || code.length !== DIGITS} onPress={() => void press()} />
    </Section>
  );
}
