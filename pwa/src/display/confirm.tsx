/** /pair: the six digits on the wall, confirmed by somebody who may. Works only with a network: it is a decision about this very moment. */
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app/feature";
import { gateText } from "../app/gate";
import { names, t } from "../i18n";
import { browserEnv } from "../sync/env";
import { askJson } from "../sync/http";
import type { Pairing, PairingConfirm } from "../sync/types.gen";
import { BigButton, Chips, Notice, Section, Select, TextField } from "../ui";

const DIGITS = 6;
type Shown = NonNullable<PairingConfirm["layout"]>;
const LAYOUTS: readonly Shown[] = ["hall", "whereabouts", "door", "overview"];

function layoutWord(layout: Shown): { label: string; sub: string } {
  const words: Record<Shown, () => { label: string; sub: string }> = {
    hall: () => ({ label: t("大厅大屏"), sub: t("窗口状态") }),
    whereabouts: () => ({ label: t("人员去向公示"), sub: t("全厅一览") }),
    door: () => ({ label: t("单位门牌"), sub: t("一个单位") }),
    overview: () => ({ label: t("办公室总览"), sub: t("内部") }),
  };
  return words[layout]();
}

function confirm(site: string, body: PairingConfirm): Promise<Pairing> {
  return askJson<Pairing>(browserEnv(), `/s/${site}/displays/confirm`, { body }, (got) => got.paired === true);
}

export default function Confirm({ sync, query }: ScreenProps) {
  const [code, setCode] = useState((query.get("code") ?? "").replace(/\D/g, ""));
  const [label, setLabel] = useState("");
  const [layout, setLayout] = useState<Shown>("hall");
  const [unit, setUnit] = useState("");
  const [post, setPost] = useState("");
  const [zone, setZone] = useState("");
  const [state, setState] = useState<"asking" | "busy" | "done">("asking");
  const [problem, setProblem] = useState<string>();
  const press = async (): Promise<void> => {
    setState("busy");
    setProblem(undefined);
    try {
      await confirm(sync.site, { code, label: label.trim(), layout, unit: layout === "door" ? unit : "", post: layout === "door" ? post : "", zone });
      setState("done");
    } catch (error) {
      setProblem(gateText(error));
      setState("asking");
    }
  };
  const zones = sync.rows("hall").value.get("hall")?.body.zones ?? [];
  const windows = [...sync.rows("post").value].filter(([, { body }]) => body.unit === unit);
  if (state === "done") {
    return (
      <Notice tone="ok" title={t("大屏已配对")}>
        <p>
          {layout === "overview"
            ? t("几秒后屏幕会显示在岗总览。内容仅供内部，请装在群众看不到的地方。")
            : t("几秒后大屏会显示窗口状态。它只能看到公开内容，不能登录，也不能改动任何记录。")}
        </p>
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
      <Chips
        label={t("显示内容")}
        options={LAYOUTS.map((value) => ({ value, ...layoutWord(value) }))}
        value={layout}
        onChange={setLayout}
        hint={layout === "overview" ? t("内部内容：姓名、去向、返回时间。只装在办公室。") : undefined}
      />
      {layout === "door" && (
        <Select
          label={t("门牌所属单位")}
          value={unit}
          options={[{ value: "", label: t("请选择") }, ...[...sync.rows("unit").value].map(([id, { body }]) => ({ value: id, label: names(body.names) }))]}
          onChange={(chosen) => {
            setUnit(chosen);
            setPost("");
          }}
        />
      )}
      {layout === "door" && unit && (
        <Select
          label={t("窗口")}
          hint={t("装在一个窗口前的屏，选这个窗口：只显示谁在办理，或请到哪里。")}
          value={post}
          options={[{ value: "", label: t("全部窗口") }, ...windows.map(([id, { body }]) => ({ value: id, label: body.number }))]}
          onChange={setPost}
        />
      )}
      {layout === "hall" && zones.length > 0 && (
        <Select
          label={t("所在分区")}
          hint={t("填了，巡查人员扫屏上的时间码就能证明到过这个分区。")}
          value={zone}
          options={[{ value: "", label: t("不填") }, ...zones.map((one) => ({ value: one.id, label: names(one.names) }))]}
          onChange={setZone}
        />
      )}
      <BigButton icon="screen" label={t("确认配对")} disabled={state === "busy" || code.length !== DIGITS || (layout === "door" && unit === "")} onPress={() => void press()} />
    </Section>
  );
}
