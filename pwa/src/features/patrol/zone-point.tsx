/** What becomes of a zone's code that was read outside the round's own screen: its proof for the round that runs (PTL-09). */
import { useEffect, useState } from "preact/hooks";
import { names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Notice } from "../../ui";
import { zoneOf } from "../hall/zone-code";
import { runningRound } from "./model";

/** `known`: the round shows the zone already, a second proof would change nothing; `idle`: no round of this person runs; `none`: no such code. */
type Taken = "kept" | "known" | "idle" | "none";

/** Keeps the code for the round that runs on this phone. */
export async function takePoint(sync: Sync, code: string): Promise<Taken> {
  const zone = zoneOf(code);
  if (zone === null) return "none";
  const running = runningRound(sync.rows("round").value, sync.uid);
  if (!running) return "idle";
  if (running.round.points?.includes(zone)) return "known";
  await sync.save("patrol.point", { code, at: sync.now() }, { rid: running.rid });
  return "kept";
}

/** Whether it is the code that hangs there now, the server says. */
export default function ZonePoint({ sync, code }: { sync: Sync; code: string }) {
  const [taken, setTaken] = useState<Taken | "failed" | null>(null);
  useEffect(() => void takePoint(sync, code).then(setTaken, () => setTaken("failed")), [sync, code]);
  const known = sync.rows("hall").value.get("hall")?.body.zones.find(({ id }) => id === zoneOf(code));
  const zone = names(known?.names) || (zoneOf(code) ?? "");
  if (taken === "kept") return <Notice tone="ok" title={t("已记下到场：{zone}", { zone })} />;
  if (taken === "known") return <Notice tone="info" title={t("本轮已有这个分区的到场凭据：{zone}", { zone })} />;
  if (taken === "idle") return <Notice tone="warn" title={t("没有进行中的巡查，没有记到场。")}>{t("请先开始巡查，再扫一次。")}</Notice>;
  if (taken === "failed") return <Notice tone="warn" title={t("没有存下来，请再扫一次。")} />;
  return null;
}
