/** Photos and sounds in forms and on records. What they need is loaded when one is on the screen; the first load only knows the names. */
import { t } from "../i18n";
import type { Sync } from "../sync/api";
import type { Attached, BlobDue } from "../sync/types.gen";
import type { AttachFieldProps, AttachmentsProps } from "./attached";
import type { InboxItem } from "./feature";
import { Lazy } from "./lazy";

const loadField = () => import("./attached").then((parts) => ({ default: parts.AttachField }));
const loadStrip = () => import("./attached").then((parts) => ({ default: parts.Attachments }));

/** Takes photos, and sounds where asked to, for a record being written. */
export function AttachField(props: AttachFieldProps) {
  return <Lazy quiet load={loadField} props={props} />;
}

/** The photos and sounds of record `rid`: previews, how many have arrived, each in full at a tap. Nothing where there are none. */
export function Attachments(props: Omit<AttachmentsProps, "blobs"> & { blobs: readonly Attached[] | undefined }) {
  return props.blobs?.length ? <Lazy quiet load={loadStrip} props={{ ...props, blobs: props.blobs }} /> : null;
}

/** "附件 2/3", or nothing. */
export function attachedWord(blobs: readonly Attached[] | undefined): string {
  return blobs?.length ? t("附件 {n}/{m}", { n: blobs.filter((one) => one.st === "stored").length, m: blobs.length }) : "";
}

/** Records whose files have not all arrived: work with a deadline. `path`: where one is shown. */
export function dueItems(sync: Sync, about: BlobDue["about"], path: (rid: string) => string): InboxItem[] {
  const due = [...sync.rows("blob.due").value].filter(([, { body }]) => body.about === about);
  return due.map(([rid, { body }]) => ({
    id: `blob:${rid}`,
    at: body.due_at,
    title: body.due_at < sync.now() ? t("附件逾期未到：缺 {n} 件", { n: body.missing }) : t("附件未到齐：缺 {n} 件", { n: body.missing }),
    text: body.by === sync.uid ? t("请在拍摄的设备上打开应用并联网。") : t("由拍摄的设备联网后自动补传。"),
    path: path(rid),
    waits: body.by === sync.uid || body.due_at < sync.now(),
  }));
}
