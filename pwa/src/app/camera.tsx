/** Reads a QR code with the phone's camera, where the browser can: offered, never the only way. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { Notice } from "../ui";

const LOOK_MS = 250;

/** What a browser that can read codes offers (not all do). */
interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
type DetectorMaker = new (options: { formats: string[] }) => Detector;

const maker = (): DetectorMaker | undefined => (globalThis as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;

/** Whether this browser reads codes. */
export const canScan = (): boolean => maker() !== undefined && Boolean(navigator.mediaDevices);

/** The camera's picture, looked at a few times a second; nothing of it is kept or sent. */
export function Camera({ onFound }: { onFound: (text: string) => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setInterval> | undefined;
    let here = true;
    const look = async (detector: Detector): Promise<void> => {
      const [code] = video.current ? await detector.detect(video.current).catch(() => []) : [];
      if (!code || !here) return;
      here = false;
      onFound(code.rawValue);
    };
    const start = async (): Promise<void> => {
      const Maker = maker();
      const seen = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!here || !Maker || !video.current) return seen.getTracks().forEach((track) => track.stop());
      stream = seen;
      video.current.srcObject = seen;
      await video.current.play();
      const detector = new Maker({ formats: ["qr_code"] });
      timer = setInterval(() => void look(detector), LOOK_MS);
    };
    start().catch(() => setRefused(true));
    return () => {
      here = false;
      clearInterval(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  if (refused) return <Notice tone="warn" title={t("没有得到相机")}>{t("请允许本应用使用相机，或用手机自带的相机扫码并点开链接。")}</Notice>;
  return <video ref={video} style={{ width: "100%" }} muted playsInline aria-label={t("相机画面")} />;
}
