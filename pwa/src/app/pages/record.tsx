/** One record of this device: what it said, what became of it, and for one that was not accepted the three ways on (未采纳). */
import { useSignal } from "@preact/signals";
import { exact, problemText, t, when } from "../../i18n";
import type { OutboxItem, Sync } from "../../sync/api";
import { BigButton, Button, Buttons, Card, Confirm, Empty, Facts, Notice, Section, Tag, TextArea } from "../../ui";
import { AMENDS } from "../amended";
import { giveFile } from "../device";
import type { ScreenProps } from "../feature";
import { filesProblem, filesWord } from "../carrying";
import { textOf } from "../lists";
import { isUnsent, needsPerson } from "../outgoing";
import { GiveUnsent } from "../rescued";
import { go } from "../router";
import { itemWord, settledWord, sizeWord } from "../words";

export default function Record({ sync, params }: ScreenProps) {
  const item = sync.outbox.value.find((one) => one.id === params["id"]);
  if (!item) return <Empty title={t("这台设备上没有这条记录")} icon="search">{t("送达满三十天的记录只在服务器上保留。")}</Empty>;
  const text = textOf(item, sync);
  const state = itemWord(item);
  return (
    <>
      <Section title={text.title}>
        <Card>
          <Tag tone={state.tone}>{state.label}</Tag>
          {text.text && <p>{text.text}</p>}
          <Facts facts={factsOf(item, sync)} />
        </Card>
      </Section>
      {item.reason && <Notice tone={item.state === "refused" ? "bad" : "warn"} title={problemText(item.reason)} />}
      <Decided item={item} sync={sync} />
      {item.settled && <Notice title={settledWord(item.settled.way)}>{item.settled.reason}</Notice>}
      {needsPerson(item) && <Ways item={item} sync={sync} edit={text.edit} />}
      {isUnsent(item) && <Unsent sync={sync} />}
    </>
  );
}

/** A held record somebody has decided: how, who and why (row `op.decided`). */
function Decided({ item, sync }: { item: OutboxItem; sync: Sync }) {
  const decided = sync.rows("op.decided").value.get(item.id)?.body;
  if (!decided) return null;
  const name = sync.rows("person").value.get(decided.by)?.body.name ?? "";
  const what = decided.accepted ? t("已决定采纳，记录已生效。") : t("已决定不采纳，记录留存而不生效。");
  return (
    <Notice tone={decided.accepted ? "ok" : "warn"} title={what}>
      {[name, when(decided.at, sync.now()), decided.text].filter(Boolean).join("\u00a0· ")}
    </Notice>
  );
}

function factsOf(item: OutboxItem, sync: Sync): [string, preact.ComponentChildren][] {
  const time = (at: number) => <span class="num">{exact(at)}</span>;
  const facts: [string, preact.ComponentChildren][] = [[t("本机保存"), time(item.saved_at)]];
  if (item.received_at !== undefined) facts.push([t("收到时间"), time(item.received_at)]);
  facts.push([item.received_at === undefined ? t("编号") : t("回执号"), <span class="num">{item.code}</span>]);
  if (item.received_at !== undefined && item.grade) facts.push([t("时间可信度"), gradeWord(item.grade)]);
  facts.push([t("大小"), sizeWord(item.bytes)]);
  if (item.blobs?.length) facts.push([t("照片、录音"), [filesWord(item, sync), filesProblem(item, sync)].filter(Boolean).join(t("；"))]);
  return facts;
}

/** What the time of a record is worth, in words (EVD-02). */
function gradeWord(grade: "A" | "B" | "C"): string {
  const words = { A: () => t("A 级：已与服务器时间核对"), B: () => t("B 级：设备钟有偏差，已校正"), C: () => t("C 级：无法核对，由人判断") };
  return words[grade]();
}

function Unsent({ sync }: { sync: Sync }) {
  return (
    <>
      <Notice title={t("这条记录已在本机，联网后自动发送。")}>{t("保存后不能改写；有误时请再提交一条更正。")}</Notice>
      <Buttons>
        <GiveUnsent sync={sync} word={t("导出未送达")} />
        <Button tone="main" icon="sync" onPress={() => sync.retry()}>
          {t("重试")}
        </Button>
      </Buttons>
    </>
  );
}

type Way = "explained" | "dropped";

function Ways({ item, sync, edit }: { item: OutboxItem; sync: Sync; edit: string | undefined }) {
  const asking = useSignal<Way | null>(null);
  const reason = useSignal("");
  const settle = async () => {
    if (asking.value) await sync.settle(item.id, asking.value, reason.value.trim());
    asking.value = null;
  };
  return (
    <>
      {edit && <BigButton label={t("修改重提")} sub={t("打开表单，改好后再提交；提交后这条自动了结")} icon="edit" onPress={() => go(`${edit}?${AMENDS}=${item.id}`)} />}
      <Buttons>
        <Button onPress={() => (asking.value = "explained")}>{t("转为说明")}</Button>
        <Button tone="danger" onPress={() => (asking.value = "dropped")}>
          {t("放弃")}
        </Button>
        <Button onPress={() => void giveFile(`${item.code}.json`, JSON.stringify(item, null, 1))}>{t("导出")}</Button>
      </Buttons>
      <Confirm
        open={asking.value !== null}
        title={asking.value === "dropped" ? t("放弃这条记录") : t("转为说明")}
        confirm={asking.value === "dropped" ? t("放弃") : t("转为说明")}
        tone={asking.value === "dropped" ? "danger" : "main"}
        disabled={reason.value.trim() === ""}
        onConfirm={() => void settle()}
        onClose={() => (asking.value = null)}
      >
        <p>{t("记录和原因都留在台账里，不会消失。")}</p>
        <TextArea label={t("原因")} value={reason.value} max={500} onChange={(text) => (reason.value = text)} />
      </Confirm>
    </>
  );
}
