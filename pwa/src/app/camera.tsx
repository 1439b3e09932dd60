/** Reads a QR code with the phone's camera: offered, never the only way. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { Notice } from "../ui";

const LOOK_MS = 250;

/** What reads a QR code in a picture. */
interface QrReader {
  detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]>;
}
interface Maker {
  new (options: { formats: ["qr_code"] }): QrReader;
  getSupportedFormats(): Promise<readonly string[]>;
}

/**
 * The browser's own reader, else one that is fetched when first needed: WebKit and Firefox have none, some desktops one that reads nothing.
 * Raises where it cannot be fetched.
 */
export async function qrReader(): Promise<QrReader> {
  const own = (globalThis as { BarcodeDetector?: Maker }).BarcodeDetector;
  const formats = await own?.getSupportedFormats().catch((): string[] => []);
  const Reader = own && formats?.includes("qr_code") ? own : (await import("qr/decode.js")).BarcodeDetector;
  return new Reader({ formats: ["qr_code"] });
}

/** Whether there is a camera to ask for. */
export const canScan = (): boolean => Boolean(navigator.mediaDevices);

/** The camera's picture, looked at a few times a second; nothing of it is kept or sent. */
export function Camera({ onFound }: { onFound: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [lacks, setLacks] = useState<"camera" | "reader" | null>(null);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let here = true;
    const look = async (reader: QrReader): Promise<void> => {
      const [code] = video.current ? await reader.detect(video.current).catch(() => []) : [];
      if (!here) return;
      if (code) {
        here = false;
        return onFound(code.rawValue);
      }
      timer = setTimeout(() => void look(reader), LOOK_MS);
    };
    const start = async (): Promise<void> => {
      const reader = await qrReader().catch(() => setLacks("reader"));
      if (!here || !reader) return;
      const seen = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!here || !video.current) return seen.getTracks().forEach((track) => track.stop());
      stream = seen;
      video.current.srcObject = seen;
      await video.current.play();
      void look(reader);
    };
    start().catch(() => setLacks("camera"));
    return () => {
      here = false;
      clearTimeout(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  if (lacks === "reader") return <Notice tone="warn" title={t("本机还没有取到扫码部件")}>{t("联网后再试；现在可用手机自带的相机扫码并点开链接。")}</Notice>;
  if (lacks) return <Notice tone="warn" title={t("没有得到相机")}>{t("请允许本应用使用相机，或用手机自带的相机扫码并点开链接。")}</Notice>;
  return <video ref={video} style={{ width: "100%" }} muted playsInline tabIndex={0} aria-label={t("相机画面")} />;
}
