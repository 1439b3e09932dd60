/** Photos and sounds as people meet them: taken and taken back in a form, looked at on a record. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { clock, exact, t } from "../i18n";
import type { Photo } from "../sync/api";
import type { Attached } from "../sync/types.gen";
import { Button, IconButton, Icon, Sheet, Tag } from "../ui";
import { useSync } from "./context";
import { Lazy } from "./lazy";
import { canRecord, record, shrink, SOUND_MS, type Recording } from "./media";
import "./attached.css";

const loadMask = () => import("./mask");
const UNKEPT = () => t("这张照片没有存下来。请换一张，或到“存储”页查看本机空间。");

export interface AttachFieldProps {
  value: readonly Photo[];
  onChange: (value: Photo[]) => void;
  /** Offer sounds too. */
  sound?: boolean;
  max?: number;
  /** What is asked for, where one must be there. */
  label?: string;
}

export function AttachField({ value, onChange, sound = false, max = 6, label }: AttachFieldProps) {
  const sync = useSync();
  const failed = useSignal("");
  const busy = useSignal(0);
  // Two files may be ready at once: each is added to what is there then.
  const latest = useRef(value);
  latest.current = value;
  const [masking, setMasking] = useState<{ photo: Photo; picture: Blob } | null>(null);
  const put = (photos: readonly Photo[]) => {
    latest.current = photos;
    onChange([...photos]);
  };
  const keep = async (bytes: Uint8Array<ArrayBuffer>, preview: Uint8Array<ArrayBuffer> | null, mime: string) => {
    const photo = await (await sync.files()).keep({ bytes, preview, mime, taken: sync.now() });
    if (latest.current.some((one) => one.sha256 === photo.sha256) || latest.current.length >= max) return;
    put([...latest.current, photo]);
  };
  const work = async (job: () => Promise<void>, what: string) => {
    failed.value = "";
    busy.value += 1;
    await job().catch(() => (failed.value = what));
    busy.value -= 1;
  };
  const take = (files: FileList | null) => {
    for (const file of [...(files ?? [])].slice(0, max - value.length)) {
      void work(async () => {
        const { full, preview } = await shrink(file);
        await keep(full, preview, "image/jpeg");
      }, UNKEPT());
    }
  };
  const remove = (photo: Photo) => {
    onChange(value.filter((one) => one.sha256 !== photo.sha256));
    void sync.files().then((files) => files.drop(photo.sha256));
  };
  const look = (photo: Photo) =>
    void work(async () => {
      const bytes = await (await sync.files()).bytes(photo.sha256, "full");
      if (bytes) setMasking({ photo, picture: new Blob([bytes]) });
    }, UNKEPT());
  const cover = (from: Photo, covered: Blob) =>
    void work(async () => {
      setMasking(null);
      const files = await sync.files();
      const { full, preview } = await shrink(covered);
      const photo = await files.keep({ bytes: full, preview, mime: from.mime, taken: from.taken });
      put(latest.current.map((one) => (one.sha256 === from.sha256 ? photo : one)));
      await files.drop(from.sha256);
    }, UNKEPT());
  return (
    <div class="field" role="group" aria-label={t("照片、录音")}>
      <span class="label">{label ?? (sound ? t("照片、录音（可不加）") : t("照片（可不加）"))}</span>
      {value.length > 0 && (
        <ul class="strip">
          {value.map((photo, at) => (
            <li key={photo.sha256}>
              <Own photo={photo} at={at} onOpen={() => look(photo)} />
              <IconButton icon="close" label={t("去掉第 {n} 件", { n: at + 1 })} onPress={() => remove(photo)} />
            </li>
          ))}
        </ul>
      )}
      {value.length < max && (
        <div class="row wrap">
          <label class="btn take">
            <Icon name="camera" />
            {busy.value > 0 ? t("正在存…") : t("拍照")}
            <input
              type="file"
              accept="image/*"
              capture="environment"
              class="sr"
              onChange={(event) => {
                take(event.currentTarget.files);
                event.currentTarget.value = "";
              }}
            />
          </label>
          {sound && canRecord() && <Recorder onSound={(bytes, mime) => void work(() => keep(bytes, null, mime), t("录音没有存下来。请到“存储”页查看本机空间。"))} />}
        </div>
      )}
      {failed.value && <small role="alert">{failed.value}</small>}
      <small>{t("不拍群众面部和证件；拍到了，点照片遮住。位置信息会自动去除。")}</small>
      <Sheet open={!!masking} title={t("遮住面部、证件")} onClose={() => setMasking(null)}>
        {masking && (
          <Lazy
            load={loadMask}
            props={{ picture: masking.picture, label: altOf(masking.photo, value.indexOf(masking.photo)), onDone: (covered) => cover(masking.photo, covered) }}
          />
        )}
      </Sheet>
    </div>
  );
}

/** A file of this device, not sent yet. */
function Own({ photo, at, onOpen }: { photo: Photo; at: number; onOpen: () => void }) {
  const sound = isSound(photo.mime);
  const url = useOwn(photo.sha256, sound ? "full" : "preview");
  if (sound) return <Sound url={url ?? ""} at={at} taken={photo.taken} />;
  if (!url) return <span class="none" />;
  return (
    <button type="button" onClick={onOpen}>
      <img src={url} alt={altOf(photo, at)} />
    </button>
  );
}

/** Up to a minute of sound. */
function Recorder({ onSound }: { onSound: (bytes: Uint8Array<ArrayBuffer>, mime: string) => void }) {
  const [running, setRunning] = useState<Recording | null>(null);
  const refused = useSignal(false);
  const passed = useSignal(0);
  useEffect(() => {
    if (!running) return undefined;
    const began = performance.now();
    const timer = setInterval(() => (passed.value = performance.now() - began), 500);
    return () => {
      clearInterval(timer);
      running.stop();
    };
  }, [running]);
  const start = async () => {
    refused.value = false;
    try {
      const recording = await record();
      passed.value = 0;
      setRunning(recording);
      const { bytes, mime } = await recording.done;
      if (bytes.length > 0) onSound(bytes, mime);
    } catch {
      refused.value = true;
    }
    setRunning(null);
  };
  return (
    <>
      <Button icon="mic" tone={running ? "danger" : "plain"} onPress={() => (running ? running.stop() : void start())}>
        {running ? t("停止（已录 {n} 秒）", { n: Math.min(SOUND_MS / 1000, Math.round(passed.value / 1000)) }) : t("录音")}
      </Button>
      {refused.value && <small role="alert">{t("没有得到话筒的使用许可，可以改用文字。")}</small>}
    </>
  );
}

export interface AttachmentsProps {
  rid: string;
  blobs: readonly Attached[];
}

export function Attachments({ rid, blobs }: AttachmentsProps) {
  const [open, setOpen] = useState<number | null>(null);
  const here = blobs.filter((one) => one.st === "stored").length;
  const shown = open === null ? undefined : blobs[open];
  return (
    <div class="attached">
      <Tag tone={here === blobs.length ? "ok" : "warn"}>{t("附件 {n}/{m}", { n: here, m: blobs.length })}</Tag>
      <ul class="strip">
        {blobs.map((blob, at) => (
          <li key={blob.sha256}>
            <Thumb rid={rid} blob={blob} at={at} onOpen={() => setOpen(at)} />
          </li>
        ))}
      </ul>
      {shown && open !== null && (
        <Sheet open title={t("照片 {n}", { n: open + 1 })} onClose={() => setOpen(null)}>
          <Whole rid={rid} blob={shown} at={open} />
        </Sheet>
      )}
    </div>
  );
}

/** One of the strip: the site's preview, this device's own, or a word that says why there is none. */
function Thumb({ rid, blob, at, onOpen }: { rid: string; blob: Attached; at: number; onOpen: () => void }) {
  const sound = isSound(blob.mime);
  const own = useOwn(blob.sha256, sound ? "full" : "preview");
  const site = useSite(rid, blob, sound ? "" : "?thumb");
  if (sound) {
    const url = own ?? (blob.st === "stored" ? site.url : "");
    return url ? <Sound url={url} at={at} taken={blob.taken} /> : <None blob={blob} />;
  }
  const url = own ?? site.url;
  if (!url || (!own && site.broken)) return <None blob={blob} broken={site.broken} />;
  return (
    <button type="button" onClick={onOpen}>
      <img src={url} alt={altOf(blob, at)} loading="lazy" {...(own ? {} : { onError: site.fail })} />
    </button>
  );
}

/** A photo in full, with what is known of it. */
function Whole({ rid, blob, at }: { rid: string; blob: Attached; at: number }) {
  const own = useOwn(blob.sha256, "full");
  const site = useSite(rid, blob, blob.st === "stored" ? "" : "?thumb");
  const url = own ?? site.url;
  return (
    <figure class="whole">
      {url && (own || !site.broken) ? <img src={url} alt={altOf(blob, at)} {...(own ? {} : { onError: site.fail })} /> : <None blob={blob} broken={site.broken} />}
      <figcaption class="num">
        {t("拍于 {time}", { time: exact(blob.taken) })}
        {!own && blob.st !== "stored" && <small>{t("这是预览，原图还没有到。")}</small>}
        <small>{t("校验值 {hash}", { hash: blob.sha256.slice(0, 16) })}</small>
      </figcaption>
    </figure>
  );
}

function Sound({ url, at, taken }: { url: string; at: number; taken: number }) {
  return <audio controls preload="none" src={url} aria-label={t("录音 {n}，录于 {time}", { n: at + 1, time: clock(taken) })} />;
}

/** In place of a picture: not here yet, not taken by the site, or not to be had without a network. */
function None({ blob, broken = false }: { blob: Attached; broken?: boolean }) {
  const word = blob.st === "refused" ? t("未采纳") : broken ? t("联网后显示") : t("还没有到");
  return <span class="none">{word}</span>;
}

/** A file of this device as an address for an image; undefined while it is looked for or when it is not here. */
function useOwn(sha256: string, part: "full" | "preview"): string | undefined {
  const sync = useSync();
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    let made = "";
    let here = true;
    const look = async () => {
      const bytes = await (await sync.files()).bytes(sha256, part);
      if (!bytes || !here) return;
      made = URL.createObjectURL(new Blob([bytes]));
      setUrl(made);
    };
    look().catch(() => undefined);
    return () => {
      here = false;
      if (made) URL.revokeObjectURL(made);
    };
  }, [sync, sha256, part]);
  return url;
}

/** The site's address of a file, where it may have one; `broken` once it could not be had. */
function useSite(rid: string, blob: Attached, query: "" | "?thumb"): { url: string; broken: boolean; fail: () => void } {
  const sync = useSync();
  const [broken, setBroken] = useState(false);
  useEffect(() => setBroken(false), [blob.st, blob.thumb, query]);
  const there = blob.st === "stored" || (blob.thumb && query === "?thumb");
  const url = there ? `/s/${sync.site}/blobs/${encodeURIComponent(rid)}/${blob.sha256}${query}` : "";
  return { url, broken, fail: () => setBroken(true) };
}

const isSound = (mime: string) => mime.startsWith("audio/");
const altOf = (photo: Photo, at: number) => t("照片 {n}，拍于 {time}", { n: at + 1, time: clock(photo.taken) });