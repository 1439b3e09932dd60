/** 发件箱: every record of this device, what became of it, and the ways on. Nothing vanishes (promise 4). */
import { clockSeconds, problemText, t, when } from "../../i18n";
import type { OutboxItem, Status, Sync } from "../../sync/api";
import { rangesOf } from "../../sync/lost";
import { Button, Cell, Dots, Empty, List, Notice, Section, Tag, useSwipe, type SwipeAct } from "../../ui";
import type { ScreenProps } from "../feature";
import { Carrying, filesProblem, filesWord } from "../carrying";
import { textOf } from "../lists";
import { isUnsent, needsPerson } from "../outgoing";
import { GiveUnsent } from "../rescued";
import { go } from "../router";
import { itemWord, sizeWord } from "../words";

export default function Outbox({ sync }: ScreenProps) {
  const all = [...sync.outbox.value].sort((a, b) => b.seq - a.seq);
  const waiting = all.filter(needsPerson);
  const unsent = all.filter(isUnsent);
  const rest = all.filter((item) => !waiting.includes(item) && !unsent.includes(item));
  return (
    <>
      <Lost sync={sync} />
      <Link status={sync.status.value} sync={sync} unsent={unsent.length} waiting={waiting.length} />
      <Carrying sync={sync} />
      {waiting.length > 0 && <Group title={t("需处理")} items={waiting} sync={sync} />}
      {unsent.length > 0 && <Group title={t("待发送")} items={unsent} sync={sync} />}
      {rest.length > 0 && <Group title={t("已送达")} items={rest} sync={sync} />}
      {all.length === 0 && <Empty title={t("还没有记录")}>{t("您在这台设备上保存的每一条记录都会列在这里，并写明是否送达。")}</Empty>}
    </>
  );
}

/** Records that damage to the storage has taken: never silent (law I34). */
function Lost({ sync }: { sync: Sync }) {
  const lost = sync.lost.value;
  if (!lost) return null;
  const numbers = rangesOf(lost.numbers).map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join("、");
  const title = lost.checked
    ? t("这台设备的存储损坏过，第 {numbers} 号记录已经没有了。", { numbers })
    : t("这台设备的存储损坏过，第 {numbers} 号记录可能没有了，联网后与服务器核对。", { numbers });
  return (
    <Notice tone="bad" title={title}>
      {t("请告诉办公室，并把这些内容重新登记。")}
    </Notice>
  );
}

/** How the way to the server is, and what can be done about it. */
function Link({ status, sync, unsent, waiting }: { status: Status; sync: Sync; unsent: number; waiting: number }) {
  const contact = status.contact_at === null ? t("还没有连上过服务器。") : t("上次连上服务器：{time}。", { time: when(status.contact_at, sync.now()) });
  return (
    <Notice
      tone={status.state === "synced" ? "ok" : status.state === "attention" ? "bad" : "info"}
      title={linkWord(status, unsent, waiting)}
      actions={
        (unsent > 0 || sync.waiting.value > 0) && (
          <>
            <GiveUnsent sync={sync} word={t("导出")} />
            <Button tone="main" onPress={() => sync.retry()} icon="sync">
              {t("重试")}
            </Button>
          </>
        )
      }
    >
      {status.problem && <p>{problemText(status.problem)}</p>}
      <p class="num">{contact}</p>
    </Notice>
  );
}

function linkWord(status: Status, unsent: number, waiting: number): string {
  if (status.state === "synced") return t("没有等待发送的记录。");
  if (status.login) return t("登录已过期，记录照常保存和送达。");
  if (waiting > 0) return t("有记录未被采纳，请看原因并选择怎么办。");
  if (status.online === false) return unsent > 0 ? t("现在没有网络，联网后自动发送。") : t("现在没有网络，可以照常记录。");
  if (status.state === "attention") return t("发送停下了，请看下面的原因。");
  return t("正在发送；没有送达的会自动重试。");
}

function Group({ title, items, sync }: { title: string; items: readonly OutboxItem[]; sync: Sync }) {
  const ref = useSwipe((row) => actOf(items.find((item) => row.querySelector("a")?.pathname === `/outbox/${item.id}`), sync));
  return (
    <Section title={title} aside={<span class="num">{items.length}</span>}>
      <div ref={ref} class="swipes">
        <List label={title}>
          {items.map((item) => (
            <Line key={item.id} item={item} sync={sync} />
          ))}
        </List>
      </div>
    </Section>
  );
}

/** What pushing a line aside does: try again, or begin what it waits for. */
function actOf(item: OutboxItem | undefined, sync: Sync): SwipeAct | null {
  if (!item) return null;
  if (isUnsent(item)) return { label: t("重试"), run: () => sync.retry() };
  return needsPerson(item) ? { label: t("处理"), run: () => go(`/outbox/${item.id}`) } : null;
}

function Line({ item, sync }: { item: OutboxItem; sync: Sync }) {
  const text = textOf(item, sync);
  const state = itemWord(item);
  const { next_at } = sync.status.value;
  const arrived =
    item.received_at !== undefined ? t("收到时间 {time}", { time: clockSeconds(item.received_at) }) : item.state === "saved" && next_at ? t("下次发送 {time}", { time: clockSeconds(next_at) }) : "";
  return (
    <Cell
      href={`/outbox/${item.id}`}
      title={text.title}
      sub={
        <>
          <Dots of={[when(item.saved_at, sync.now()), sizeWord(item.bytes), filesWord(item, sync), arrived].filter(Boolean).join("\u00a0· ")} />
          {item.reason && !item.settled && (
            <small class="text">
              <Tag tone={state.tone}>{state.label}</Tag> {problemText(item.reason)}
            </small>
          )}
          {filesProblem(item, sync) && <small>{filesProblem(item, sync)}</small>}
        </>
      }
      value={item.reason && !item.settled ? undefined : <Tag tone={state.tone}>{state.label}</Tag>}
    />
  );
}

