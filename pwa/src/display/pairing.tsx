/** A screen nobody has confirmed yet: six digits and a QR code, large enough to read from where one stands with a phone. */
import { clock, names, t } from "../i18n";
import type { Display } from "../sync/display";
import type { Site } from "../sync/types.gen";
import { Qr } from "./qr";
import "./pairing.css";

/** Which hall this wall hangs in, where the installation has several. */
function Sites({ sites, site, onSite }: { sites: readonly Site[]; site: string; onSite: (site: string) => void }) {
  if (sites.length < 2) return null;
  return (
    <div class="sites">
      {sites.map((one) => (
        <button key={one.id} type="button" aria-pressed={one.id === site} onClick={() => onSite(one.id)}>
          {names(one.names)}
        </button>
      ))}
    </div>
  );
}

interface PairingProps {
  display: Display;
  sites: readonly Site[];
  onSite: (site: string) => void;
}

export function PairingScreen({ display, sites, onSite }: PairingProps) {
  const pairing = display.pairing.value;
  const hall = sites.find((site) => site.id === display.site);
  if (!pairing) {
    return (
      <main class="waiting">
        <p>{t("正在连接服务器，请稍候…")}</p>
      </main>
    );
  }
  const { code, until } = pairing;
  return (
    <main class="pairing">
      <div>
        <p class="soft">{names(hall?.names)}</p>
        <h1>{t("把这块屏幕接入大厅")}</h1>
        <div class="code" aria-label={code}>
          {code.slice(0, 3)}
          <i />
          {code.slice(3)}
        </div>
        <p>{t("管理员或办公室人员在手机上打开“我的 › 配对大屏”，输入这六位数字；或用手机扫屏上的二维码。")}</p>
        <p class="soft">{t("{time} 前有效，过后自动换新", { time: clock(until) })}</p>
        <Sites sites={sites} site={display.site} onSite={onSite} />
      </div>
      <Qr text={`${location.origin}/pair?code=${code}`} label={t("配对二维码")} />
    </main>
  );
}
