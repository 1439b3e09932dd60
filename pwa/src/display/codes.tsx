/** Two cards to scan: the site's newest time mark, for phones without a network, and the newest head of the evidence log, for whoever keeps it. */
import { useEffect, useState } from "preact/hooks";
import { clockSeconds, t } from "../i18n";
import { browserEnv } from "../sync/env";
import { keptLog, type KeptLog } from "../sync/kept-log";
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
      <Qr text={beaconLink(location.origin, site, beacon, mark)} label={t("时间码")} />
      <b>{clockSeconds(beacon.t)}</b>
      <p>{t("手机没有网络时扫一扫，可证明记录不早于此刻。")}</p>
    </div>
  );
}

/** Compares and shows: a wall that has found a contradiction says so instead. */
export function LogCode({ site }: { site: string }) {
  const [kept, setKept] = useState<KeptLog | null>(() => keptLog(site));
  useEffect(() => {
    if (kept && (kept.found === "diverged" || Math.abs(Date.now() - kept.at) < RENEW_MS)) return;
    void import("../sync/log").then(({ compareLog }) => compareLog(browserEnv(), site)).then(setKept, () => undefined);
  }, []);
  if (!kept) return <p>{t("还没有核对过")}</p>;
  if (kept.found === "diverged" || kept.found === "shorter") return <p>{t("与上次核对的不一致，请告知办公室。")}</p>;
  return (
    <div class="scan">
      <Qr text={kept.note} label={t("存证日志")} />
      <b>{t("第 {n} 条", { n: kept.size })}</b>
      <p>{t("每分钟一条，只增不改。可拍照留存，日后核对。")}</p>
    </div>
  );
}
