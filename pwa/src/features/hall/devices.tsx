/** 设备: who has unsent work and how old it is, and whether a device may be disabled. Disabling needs the network. */
import { useSignal } from "@preact/signals";
import { type ScreenProps, useMe, useNow, useSync } from "../../app/feature";
import { gateText } from "../../app/gate";
import { sizeWord } from "../../app/words";
import { duration, t, when } from "../../i18n";
import { browserEnv } from "../../sync/env";
import { ask } from "../../sync/http";
import type { DeviceState } from "../../sync/types.gen";
import { Button, Card, Cell, Check, Chips, Confirm, Empty, Facts, List, Notice, SplitView, Tag, toast, type Tone } from "../../ui";
import { deviceRows, ended, OLD_MS, safety, unsentOf, type DeviceRow } from "./fleet";
import { unitName } from "./names";

type Filter = "unsent" | "all" | "ended";

const MATCHES: Record<Filter, (row: DeviceRow) => boolean> = {
  unsent: ({ body }) => !ended(body) && unsentOf(body) > 0,
  all: ({ body }) => !ended(body),
  ended: ({ body }) => ended(body),
};

export default function Devices({ params }: ScreenProps) {
  const sync = useSync();
  const now = useNow();
  const filter = useSignal<Filter>("all");
  const rows = deviceRows(sync);
  const open = rows.find(({ rid }) => rid === params["id"]);
  if (rows.length === 0) return <Empty icon="screen" title={t("还没有登记的设备")}>{t("有人登录后，他的设备会列在这里，并显示还有多少记录没有送达。")}</Empty>;
  const shown = rows.filter(MATCHES[filter.value]);
  const count = (of: Filter) => String(rows.filter(MATCHES[of]).length);
  const list = (
    <div class="stack">
      <Chips<Filter>
        label={t("按状态筛选")}
        hideLabel
        options={[
          { value: "all", label: t("在用"), sub: count("all") },
          { value: "unsent", label: t("有未送达"), sub: count("unsent") },
          { value: "ended", label: t("已停用"), sub: count("ended") },
        ]}
        value={filter.value}
        onChange={(next) => (filter.value = next)}
      />
      {shown.length === 0 && <p class="muted">{t("没有这一类。")}</p>}
      {shown.length > 0 && (
        <List label={t("设备")}>
          {shown.map((row) => (
            <DeviceCell key={row.rid} row={row} now={now} on={row.rid === params["id"]} />
          ))}
        </List>
      )}
    </div>
  );
  return <SplitView list={list} detail={open ? <Detail key={open.rid} row={open} now={now} /> : null} hint={t("选一台看它还有什么没有送达。")} />;
}

function DeviceCell({ row: { rid, body, sealed }, now, on }: { row: DeviceRow; now: number; on: boolean }) {
  const sync = useSync();
  const { tone, label } = stateWord(body, now);
  return (
    <Cell
      title={body.name || t("大屏")}
      sub={
        <>
          <span>{sealed ? t("暗访设备") : unitName(sync.rows("unit").value, body.unit)}</span>
          <small>{contactWord(body, now)}</small>
          {unsentOf(body) > 0 && body.oldest_at && <small>{t("最早一条已等待 {time}", { time: duration(now - body.oldest_at) })}</small>}
        </>
      }
      value={<Tag tone={tone}>{label}</Tag>}
      href={`/devices/${rid}`}
      on={on}
    />
  );
}

function stateWord(body: DeviceState, now: number): { tone: Tone; label: string } {
  if (body.revoked) return { tone: "idle", label: body.stolen ? t("已停用（被盗）") : t("已停用") };
  if (body.closed) return { tone: "idle", label: t("已由新设备接替") };
  const n = unsentOf(body);
  if (n === 0) return body.contact_at ? { tone: "ok", label: t("已全部送达") } : { tone: "idle", label: t("尚无消息") };
  return { tone: body.oldest_at && now - body.oldest_at > OLD_MS ? "bad" : "warn", label: t("未送达 {n}", { n }) };
}

const contactWord = (body: DeviceState, now: number) => (body.contact_at ? t("最近联系 {time}", { time: when(body.contact_at, now) }) : t("从未联系"));

function Detail({ row: { body, sealed }, now }: { row: DeviceRow; now: number }) {
  const sync = useSync();
  const me = useMe();
  const asking = useSignal(false);
  const mayEnd = sealed || me?.roles.includes("ADM");
  const yesNo = (value: boolean | undefined) => (value ? t("是") : t("否"));
  const num = (value: string | number) => <span class="num">{value}</span>;
  const facts: [string, preact.ComponentChildren][] = [
    [t("使用人"), body.name || t("大屏")],
    [t("单位"), unitName(sync.rows("unit").value, body.unit)],
    [t("未送达记录"), num(body.unsent ?? 0)],
    [t("未送达附件"), num(body.blobs ?? 0)],
    [t("最早一条"), body.oldest_at ? num(when(body.oldest_at, now)) : t("没有")],
    [t("最近联系"), body.contact_at ? num(when(body.contact_at, now)) : t("从未联系")],
    [t("应用版本"), body.app ? num(body.app) : t("未知")],
    [t("剩余空间"), (body.free ?? -1) >= 0 ? num(sizeWord(body.free ?? 0)) : t("未知")],
    [t("长期保留"), yesNo(body.kept)],
    [t("设备编号"), num(body.dev)],
  ];
  return (
    <div class="stack">
      <SafetyNotice body={body} now={now} />
      <Card>
        <Facts facts={facts} />
      </Card>
      {!ended(body) && mayEnd && (
        <Button tone="danger" onPress={() => (asking.value = true)}>
          {t("停用这台设备")}
        </Button>
      )}
      {!ended(body) && !mayEnd && <p class="muted">{t("停用设备由系统管理员办理。")}</p>}
      <Disable body={body} open={asking.value} onClose={() => (asking.value = false)} />
    </div>
  );
}

/** Is it safe to disable? The answer first, then what it rests on. */
function SafetyNotice({ body, now }: { body: DeviceState; now: number }) {
  switch (safety(body, now)) {
    case "yes":
      return <Notice tone="ok" title={t("可以停用：最近联系时没有未送达的记录。")} />;
    case "unsent":
      return (
        <Notice tone="bad" title={t("先不要停用：这台设备还有 {n} 项没有送达。", { n: unsentOf(body) })}>
          {t("请先让它联网送达。停用后它再送来的记录不会直接生效，由管理员逐条决定。")}
        </Notice>
      );
    case "old":
      return (
        <Notice tone="warn" title={t("不能确定：它已 {time} 没有联系。", { time: duration(now - (body.contact_at ?? now)) })}>
          {t("最近联系时没有未送达的记录，但之后可能又记录过。请先让它联网一次。")}
        </Notice>
      );
    case "never":
      return <Notice tone="warn" title={t("不能确定：它登记后还没有联系过。")} />;
    case "ended":
      return <Notice title={t("这台设备已不能再使用。")} />;
  }
}

function Disable({ body, open, onClose }: { body: DeviceState; open: boolean; onClose: () => void }) {
  const sync = useSync();
  const stolen = useSignal(false);
  const busy = useSignal(false);
  const failed = useSignal<string | null>(null);
  const press = async () => {
    busy.value = true;
    failed.value = null;
    try {
      await ask(browserEnv(), `/s/${sync.site}/devices/${body.dev}${stolen.value ? "?stolen=true" : ""}`, { method: "DELETE" });
      toast(t("设备已停用。"));
      onClose();
    } catch (error) {
      failed.value = gateText(error);
    }
    busy.value = false;
  };
  return (
    <Confirm open={open} title={t("停用这台设备")} confirm={t("停用")} tone="danger" disabled={busy.value} onConfirm={() => void press()} onClose={onClose}>
      {failed.value && <Notice tone="bad" title={failed.value} />}
      <p>{t("它会立即断开；联网时把未送达的记录连同照片、录音交到“待定记录”，然后清除本机内容。")}</p>
      <Check label={t("已丢失或被盗")} hint={t("不再接收它送来的内容；先前导出的文件仍可导入，待定。使用人在所有手机上的登录都会失效，须逐台重新登录。")} value={stolen.value} onChange={(on) => (stolen.value = on)} />
    </Confirm>
  );
}
