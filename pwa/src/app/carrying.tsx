/** Photos and sounds on their way: how many of a record's have arrived, what is being sent, and the way past the switch that spares the mobile network. */
import { problemText, t } from "../i18n";
import type { OutboxItem, Photo, Sync } from "../sync/api";
import type { BlobState } from "../sync/types.gen";
import { Button } from "../ui";
import { spare } from "./spare";

const stateOf = (sync: Sync, photo: Photo): BlobState | undefined => sync.rows("blob.state").value.get(`${sync.uid}.${photo.sha256}`)?.body;

/** "附件 1/3", or nothing. */
export function filesWord(item: OutboxItem, sync: Sync): string {
  if (!item.blobs?.length) return "";
  return t("附件 {n}/{m}", { n: item.blobs.filter((photo) => stateOf(sync, photo)?.state === "stored").length, m: item.blobs.length });
}

/** Why the site did not take a file of a record. */
export function filesProblem(item: OutboxItem, sync: Sync): string {
  const refused = item.blobs?.map((photo) => stateOf(sync, photo)).find((state) => state?.state === "refused");
  return refused?.code ? problemText(refused.code) : "";
}

/** What is being sent now, and a way to send at once what waits for another network. */
export function Carrying({ sync }: { sync: Sync }) {
  const { value } = sync.carrying;
  if (!value && !(sync.waiting.value > 0 && spare.value)) return null;
  return (
    <div class="stack">
      {value && <progress value={value.sent} max={value.size} aria-label={t("正在发送附件")} />}
      {!value && (
        <Button icon="sync" onPress={() => sync.carryNow()}>
          {t("现在发送原图")}
        </Button>
      )}
    </div>
  );
}
