/** 导入救援文件: what a phone without a way to the site could not send, carried in by an administrator. Needs the network. */
import { useSignal } from "@preact/signals";
import { type ScreenProps, useSync } from "../../app/feature";
import { gateText } from "../../app/gate";
import { t } from "../../i18n";
import { browserEnv } from "../../sync/env";
import { askJson } from "../../sync/http";
import type { RescueAnswer } from "../../sync/types.gen";
import { Card, Facts, Icon, Notice, Section } from "../../ui";
import { personName } from "./names";
import "./hall.css";

interface Imported {
  name: string;
  answer?: RescueAnswer;
  failed?: string;
}

export default function Rescue({ sync }: ScreenProps) {
  const busy = useSignal(false);
  const done = useSignal<readonly Imported[]>([]);
  const add = async (files: readonly File[]) => {
    busy.value = true;
    for (const file of files) done.value = [await imported(sync.site, file), ...done.value];
    busy.value = false;
  };
  return (
    <>
      <Card>
        <p>{t("手机无法联网时，可以在它的发件箱里导出未送达的记录。文件已加密，只有本大厅的服务器能读；重复导入不会重复生效。")}</p>
      </Card>
      <label class="btn main big pick">
        <input
          type="file"
          class="sr"
          accept=".json,application/json"
          multiple
          disabled={busy.value}
          onChange={({ currentTarget }) => {
            void add([...(currentTarget.files ?? [])]);
            currentTarget.value = "";
          }}
        />
        <Icon name="download" />
        <span>
          <b>{t("选择救援文件")}</b>
          <small>{t("文件名以 zaigang- 开头，以 .json 结尾。")}</small>
        </span>
      </label>
      {busy.value && <p role="status">{t("正在导入…")}</p>}
      {done.value.map((one, i) => (
        <Section key={done.value.length - i} title={one.name}>
          {one.failed !== undefined && <Notice tone="bad" title={one.failed} />}
          {one.answer && <Result answer={one.answer} />}
        </Section>
      ))}
    </>
  );
}

/** Sends one file as it is: what is in it only the site can read. */
async function imported(site: string, file: File): Promise<Imported> {
  try {
    const body: unknown = JSON.parse(await file.text());
    return { name: file.name, answer: await askJson<RescueAnswer>(browserEnv(), `/s/${site}/rescue`, { body }, (got) => typeof got.ops === "number") };
  } catch (error) {
    return { name: file.name, failed: error instanceof SyntaxError ? t("这不是救援文件。没有导入任何内容。") : gateText(error) };
  }
}

function Result({ answer }: { answer: RescueAnswer }) {
  const sync = useSync();
  const num = (value: number) => <span class="num">{value}</span>;
  const taken = answer.ops - answer.known - answer.held;
  return (
    <>
      <Notice tone={answer.held ? "warn" : "ok"} title={t("救援文件里的 {n} 条记录都已收下。", { n: answer.ops })}>
        {answer.held > 0 && <a href="/held">{t("有 {n} 条待定，请到“待定记录”决定。", { n: answer.held })}</a>}
      </Notice>
      <Card>
        <Facts
          facts={[
            [t("记录人"), personName(sync.rows("person").value, answer.uid)],
            [t("新生效或已答复"), num(taken)],
            [t("早已送达"), num(answer.known)],
            [t("待定"), num(answer.held)],
            [t("设备编号"), <span class="num">{answer.dev}</span>],
          ]}
        />
      </Card>
    </>
  );
}
