/** Reading the code of a window or of a zone on a round, by the camera or typed; loaded when the inspector asks for it (PTL-09). */
import { useState } from "preact/hooks";
import { Camera, canScan } from "../../app/feature";
import { names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import { Button, Chips, TextField, toast } from "../../ui";
import { useAct } from "../hall/act";
import { typedCode, zoneCodeIn } from "../hall/zone-code";
import { postOfCode } from "./model";

const TYPED_CHARS_MAX = 16;

interface ScanProps {
  sync: Sync;
  /** The round that runs. */
  rid: string;
  onPost: (post: string) => void;
  onDone: () => void;
}

/** A window's code opens its sheet, as tapping the window does; that of a zone leaves a proof of having been there. */
export default function ScanCode({ sync, rid, onPost, onDone }: ScanProps) {
  const act = useAct();
  const keep = (code: string) => act(() => sync.save("patrol.point", { code, at: sync.now() }, { rid }));
  const take = async (text: string) => {
    const post = postOfCode(text, sync.rows("post").value);
    const zone = zoneCodeIn(text);
    onDone();
    // The wall's time code anchors this phone's clock, too; one photographed earlier proves nothing about now.
    // Where that cannot be looked at, the code counts like a printed one.
    const here = () => import("../../display/in-hall").then(({ isInHall }) => isInHall(sync, text), () => true);
    if (zone?.wall && !(await here())) return toast(t("时间码已过时，请再扫一次大屏。"));
    if (zone) return keep(zone.code);
    if (post) onPost(post);
    else toast(t("这不是本大厅窗口或分区的二维码，请直接点窗口。"));
  };
  return (
    <div class="stack">
      {canScan() && <Camera onFound={(text) => void take(text)} />}
      <TypedCode
        sync={sync}
        onCode={(code) => {
          onDone();
          void keep(code);
        }}
      />
    </div>
  );
}

/** The short code printed below, for phones that cannot scan. */
export function TypedCode({ sync, onCode }: { sync: Sync; onCode: (code: string) => void }) {
  const zones = sync.rows("hall").value.get("hall")?.body.zones ?? [];
  const [zone, setZone] = useState<string | null>(null);
  const [text, setText] = useState("");
  const code = typedCode(zone ?? "", text);
  return (
    <details class="fold" open={!canScan()}>
      <summary>{t("不能扫码时，输入分区码下方的短码")}</summary>
      <div class="stack">
        <Chips label={t("分区")} options={zones.map(({ id, names: said }) => ({ value: id, label: names(said) }))} value={zone} onChange={setZone} />
        <TextField label={t("短码")} value={text} onChange={setText} max={TYPED_CHARS_MAX} hint={t("10 个字母或数字，不分大小写。")} />
        <Button tone="main" disabled={code === null} onPress={() => code && onCode(code)}>
          {t("记下到场")}
        </Button>
      </div>
    </details>
  );
}
