/** 分区巡查码: the office prints them and hangs one in every zone; old ones stop counting when they are made anew (PTL-09). A window's
 * code only names it, for whoever scans instead of tapping; it proves nothing and stays. */
import { useState } from "preact/hooks";
import { type ScreenProps } from "../../app/feature";
import { Qr } from "../../display/qr";
import { date, dayOf, names, t } from "../../i18n";
import { toHex } from "../../sync/bytes";
import { Button, Buttons, Confirm, Empty, Section } from "../../ui";
import { useAct } from "../hall/act";
import { postTitle } from "../hall/names";
import { shortCode, zoneLink } from "../hall/zone-code";
import "./rounds.css";

const SECRET_BYTES = 16;
const ZONES = "zones";

/** What a window's code says: any camera opens the rounds with it, the app's own the window (`postOfCode`). */
const windowLink = (post: string) => `${location.origin}/patrol?post=${encodeURIComponent(post)}`;

export default function Codes({ sync }: ScreenProps) {
  const act = useAct();
  const [asking, setAsking] = useState(false);
  const zones = sync.rows("hall").value.get("hall")?.body.zones ?? [];
  const known = sync.rows("zone.codes").value.get(ZONES)?.body;
  const posts = [...sync.rows("post").value].sort(([, a], [, b]) => a.body.number.localeCompare(b.body.number, "en", { numeric: true }));
  const make = async () => {
    setAsking(false);
    await act(() => sync.save("patrol.codes", { secret: toHex(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))) }, { rid: ZONES }));
  };
  return (
    <div class="stack">
      <p class="muted">{t("把码打印出来挂在各分区。巡查人员到场扫一下，或用手机自带的相机扫，或输入码下方的短码，就留下到过的凭据；不定位，也不跟踪。")}</p>
      {known ? (
        <Section title={t("各分区的码")} aside={t("{day} 生成", { day: date(dayOf(known.made_at)) })}>
          <div class="codes">
            {zones.flatMap((zone) => {
              const code = known.codes[zone.id];
              if (!code) return [];
              return [
                <figure key={zone.id}>
                  <Qr text={zoneLink(location.origin, code)} label={names(zone.names)} />
                  <figcaption>
                    {t("{zone}（{floor} 楼）", { zone: names(zone.names), floor: zone.floor })}
                    <code>{shortCode(code)}</code>
                  </figcaption>
                </figure>,
              ];
            })}
          </div>
        </Section>
      ) : (
        <Empty title={t("还没有分区巡查码")} icon="camera" />
      )}
      <Section title={t("各窗口的码")}>
        <p class="muted">{t("贴在窗口外侧。巡查时扫一下就打开这个窗口的记录，不算到场凭据；更换分区码时不用重贴。")}</p>
        <div class="codes windows">
          {posts.map(([rid, { body }]) => (
            <figure key={rid}>
              <Qr text={windowLink(rid)} label={postTitle(body)} />
              <figcaption>{postTitle(body)}</figcaption>
            </figure>
          ))}
        </div>
      </Section>
      <Buttons>
        <Button tone={known ? "main" : "plain"} onPress={() => print()}>
          {t("打印")}
        </Button>
        <Button tone={known ? "danger" : "main"} onPress={() => (known ? setAsking(true) : void make())}>
          {known ? t("全部更换") : t("生成")}
        </Button>
      </Buttons>
      <Confirm open={asking} title={t("更换全部分区的码？")} confirm={t("全部更换")} tone="danger" onClose={() => setAsking(false)} onConfirm={() => void make()}>
        {t("已经挂出去的码随即失效，需要重新打印、重新挂。")}
      </Confirm>
    </div>
  );
}
