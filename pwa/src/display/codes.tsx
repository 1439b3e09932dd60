/** Two codes on one card: the site's newest time mark, for phones without a network, and the newest head of the evidence log, for whoever keeps it. */
import { useEffect, useState } from "preact/hooks";
import { clockSeconds, t } from "../i18n";
import { browserEnv } from "../sync/env";
import { asksSomebody, keptLog, type KeptLog } from "../sync/kept-log";
import type { Beacon } from "../sync/types.gen";
import { beaconLink } from "./beacon-link";
import { Qr } from "./qr";
import "./codes.css";

/** The head on the wall is never much older than this. */
const RENEW_MS = 5 * 60_000;

/** A phone that reads it proves, later, that what it then records was not recorded before. */
export function TimeCode({ site, beacon, mark }: { site: string; beacon: Beacon; mark: string }) {
  return (
    <div class="scan">
      <h2>
        {t("时间码")} <b>{clockSeconds(beacon.t)}</b>
      </h2>
      <Qr text={beaconLink(location.origin, site, beacon, mark)} label={t("时间码")} />
      <p>{t("离线时先扫再记")}</p>
    </div>
  );
}

/** Compares and shows: a wall that has found a contradiction says so instead. */
export function LogCode({ site }: { site: string }) {
  const [kept, setKept] = useState<KeptLog | null>(() => keptLog(site));
  useEffect(() => {
    if (kept && (asksSomebody(kept) || Math.abs(Date.now() - kept.at) < RENEW_MS)) return;
    void import("../sync/log").then(({ compareLog }) => compareLog(browserEnv(), site)).then(setKept, () => undefined);
  }, []);
  const said = !kept
    ? t("还没有核对过")
    : kept.found === "restarted"
      ? t("数据恢复过，日志从新开始，请办公室核实后重新配对此屏。")
      : kept.found !== "grown" && t("与上次核对的不一致，请告知办公室。");
  return (
    <div class="scan">
      <h2>{t("存证日志")}</h2>
      {kept && !said && <Qr text={kept.note} label={t("存证日志")} />}
      <p>{said || (kept && t("第 {n} 条，拍照留存", { n: kept.size }))}</p>
    </div>
  );
}
