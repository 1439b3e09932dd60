/** 方案和通知: photos of the papers of a campaign, in order (CAMP-01). Adding one works without a network. */
import { useState } from "preact/hooks";
import { AttachField, Attachments, DraftNotice, SubmitBar, useAsked, useDraft } from "../../app/feature";
import { date, t } from "../../i18n";
import type { Photo, Sync } from "../../sync/api";
import { Button, Buttons, Card, Confirm, Section, Sheet, TextField } from "../../ui";
import { useAct } from "../hall/act";
import { personName } from "../hall/names";

const PAGES_MAX = 9;

export function Files({ sync, rid, adds }: { sync: Sync; rid: string; adds: boolean }) {
  const act = useAct();
  const [adding, setAdding] = useState(false);
  useAsked((key) => key === `campaign.file:${rid}` && setAdding(true));
  const [off, setOff] = useState<string | null>(null);
  const files = [...sync.rows("camp.file").value].filter(([, { body }]) => body.campaign === rid).sort(([, { body: a }], [, { body: b }]) => a.at - b.at);
  if (files.length === 0 && !adds) return null;
  const takeOff = async (file: string) => {
    await act(() => sync.save("camp.file", { campaign: rid, title: "", gone: true }, { rid: file }));
    setOff(null);
  };
  return (
    <Section title={t("方案和通知")} aside={files.length > 0 ? t("{n} 份", { n: files.length }) : ""}>
      {files.map(([file, { body, pending }]) => (
        <Card key={file}>
          <b>{body.title}</b>
          <small class="muted">{[personName(sync.rows("person").value, body.by), date(body.at), pending ? t("已存本机") : ""].filter(Boolean).join("\u00a0· ")}</small>
          <Attachments rid={file} blobs={body.blobs} />
          {adds && (
            <Buttons>
              <Button disabled={pending} onPress={() => setOff(file)}>
                {t("撤下")}
              </Button>
            </Buttons>
          )}
        </Card>
      ))}
      {adds && (
        <Buttons>
          <Button onPress={() => setAdding(true)}>{t("附上文件照片")}</Button>
        </Buttons>
      )}
      {adding && <Add sync={sync} rid={rid} onClose={() => setAdding(false)} />}
      <Confirm open={off !== null} title={t("撤下这份文件？")} confirm={t("撤下")} tone="danger" onClose={() => setOff(null)} onConfirm={() => void takeOff(off ?? "")}>
        <p>{t("全厅不再看到它；记录留存。")}</p>
      </Confirm>
    </Section>
  );
}

function Add({ sync, rid, onClose }: { sync: Sync; rid: string; onClose: () => void }) {
  const draft = useDraft<{ title: string; photos: Photo[] }>(`campaign.file:${rid}`, { title: "", photos: [] }, t("附上文件照片"));
  const { title, photos } = draft.value;
  const submit = async () => {
    const receipt = await sync.save("camp.file", { campaign: rid, title: title.trim() }, { ...draft.record, blobs: photos });
    await draft.done();
    onClose();
    return receipt;
  };
  return (
    <Sheet open title={t("附上文件照片")} onClose={onClose} foot={<SubmitBar verb={t("附上")} disabled={!title.trim() || photos.length === 0} note={t("提交后全厅可见。")} onSubmit={submit} />}>
      <DraftNotice draft={draft} />
      <TextField label={t("文件名称")} required max={60} value={title} onChange={(value) => draft.set({ title: value })} hint={t("如：整治方案、动员通知。")} />
      <AttachField value={photos} onChange={(value) => draft.set({ photos: value })} max={PAGES_MAX} label={t("文件照片，每页一张")} />
    </Sheet>
  );
}
