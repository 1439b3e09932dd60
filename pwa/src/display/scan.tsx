/** /time-code: the time mark on the hall's wall, read by the phone's own camera app (a link) or here. Made for phones without a network. */
import { useEffect, useState } from "preact/hooks";
import { Camera, canScan, Lazy, type ScreenProps, useMe } from "../app/feature";
import { account } from "../app/session";
import { clockSeconds, t } from "../i18n";
import type { Taken } from "../sync/anchor";
import { Button, Notice, Section } from "../ui";
import { isFresh, readBeacon, type Scanned, zoneMark } from "./beacon-link";

type Outcome = Taken | "unreadable";
interface Done {
  outcome: Outcome;
  at?: number;
  /** The code of the zone the screen hangs in, where the mark is of now. */
  zone?: string;
}
/** What is not this hall's mark proves nothing of a zone either. */
const NO_PROOF: ReadonlySet<Outcome> = new Set(["elsewhere", "forged", "unreadable"]);
const point = () => import("../features/patrol/zone-point");

function outcomeText(outcome: Outcome): { tone: "ok" | "info" | "warn"; title: string; text: string } {
  switch (outcome) {
    case "taken":
      return { tone: "ok", title: t("时间码已记下"), text: t("接下来保存的记录会引用它：日后可证明不早于这个时间。") };
    case "old":
      return { tone: "info", title: t("本机已有更新的时间凭据"), text: t("不需要再扫，照常记录即可。") };
    case "elsewhere":
      return { tone: "warn", title: t("这是别的大厅的时间码"), text: t("请扫本大厅大屏上的时间码。") };
    case "forged":
      return { tone: "warn", title: t("时间码核验不通过"), text: t("没有采用。请确认扫的是大厅大屏，并告知办公室。") };
    case "unchecked":
      return { tone: "info", title: t("这个浏览器不能核验时间码"), text: t("本机原有的时间凭据仍然有效，没有改动。") };
    case "unreadable":
      return { tone: "warn", title: t("这不是大屏的时间码"), text: t("请对准大屏侧栏“时间码”下的二维码。") };
  }
}

export default function Scan({ sync, query }: ScreenProps) {
  const me = useMe();
  const [done, setDone] = useState<Done>();
  const take = async (found: Scanned | null, mark: string): Promise<void> => {
    if (!found) return setDone({ outcome: "unreadable" });
    const { anchor } = await import("../sync/anchor");
    const outcome = await anchor(sync, found.site, found.beacon, account.value?.server_key);
    const proves = mark !== "" && !NO_PROOF.has(outcome) && isFresh(found, sync.now());
    setDone({ outcome, at: found.beacon.t, ...(proves ? { zone: mark } : {}) });
  };
  const linked = query.get("b");
  useEffect(() => {
    if (linked !== null) void take(readBeacon(linked), query.get("z") ?? "");
  }, [linked]);
  const patrols = me?.roles.some((role) => role === "INS" || role === "EFF") === true;
  if (done) {
    const { tone, title, text } = outcomeText(done.outcome);
    return (
      <div class="stack">
        {patrols && done.zone && <Lazy load={point} props={{ sync, code: done.zone }} />}
        <Notice tone={tone} title={title} actions={<Button onPress={() => setDone(undefined)}>{t("再扫一次")}</Button>}>
          <p>{text}</p>
          {done.at !== undefined && <p class="num">{clockSeconds(done.at)}</p>}
        </Notice>
      </div>
    );
  }
  return (
    <Section title={t("对准大屏侧栏的“时间码”")}>
      {canScan() ? (
        <Camera onFound={(text) => void take(readBeacon(text), zoneMark(text))} />
      ) : (
        <Notice title={t("这个浏览器不能在页面里扫码")}>
          <p>{t("请用手机自带的相机或扫一扫对准时间码，再点开出现的链接，没有网络也可以。")}</p>
        </Notice>
      )}
      <p class="muted">{t("只在没有网络时需要。有网络时，本机会自动取得时间凭据。")}</p>
    </Section>
  );
}
