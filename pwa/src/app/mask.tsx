/** Covers faces and papers on a photo of this device before it is sent (PRV-10): where one taps or draws, coarse squares are left. */
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { Button, Buttons } from "../ui";
import "./mask.css";

/** Squares along the longer edge: what is under them cannot be told from the rest of the square. */
const SQUARES = 20;
/** Of the longer edge, to each side of the finger. */
const REACH = 0.07;

interface MaskProps {
  picture: Blob;
  label: string;
  onDone: (covered: Blob) => void;
}

export default function Mask({ picture, label, onDone }: MaskProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const brush = useRef<Brush | null>(null);
  const [touched, setTouched] = useState(false);
  const begin = async () => {
    brush.current = await brushOn(canvas.current!, picture);
    setTouched(false);
  };
  useEffect(() => void begin(), [picture]);
  const paint = (event: PointerEvent, from: "here" | "before") => {
    if (!event.buttons || !canvas.current) return;
    const { left, top, width } = canvas.current.getBoundingClientRect();
    const scale = canvas.current.width / width;
    brush.current?.([(event.clientX - left) * scale, (event.clientY - top) * scale], from);
    setTouched(true);
  };
  const done = () => canvas.current?.toBlob((blob) => blob && onDone(blob), "image/jpeg", 0.92);
  return (
    <div class="mask">
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          paint(event, "here");
        }}
        onPointerMove={(event) => paint(event, "before")}
      />
      <small>{t("点按或涂抹要遮住的地方。遮住后只保存遮住的照片。")}</small>
      <Buttons>
        <Button disabled={!touched} onPress={() => void begin()}>
          {t("重来")}
        </Button>
        <Button tone="main" disabled={!touched} onPress={done}>
          {t("保存")}
        </Button>
      </Buttons>
    </div>
  );
}

type Point = readonly [x: number, y: number];
/** Covers around a point of the picture, and all the way from the one before it. */
type Brush = (to: Point, from: "here" | "before") => void;

async function brushOn(canvas: HTMLCanvasElement, picture: Blob): Promise<Brush> {
  const image = await createImageBitmap(picture);
  const { width, height } = image;
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d")!;
  pen.drawImage(image, 0, 0);
  const edge = Math.max(width, height);
  const coarse = Object.assign(document.createElement("canvas"), { width: Math.ceil((width / edge) * SQUARES), height: Math.ceil((height / edge) * SQUARES) });
  const small = coarse.getContext("2d")!;
  small.imageSmoothingQuality = "high";
  small.drawImage(image, 0, 0, coarse.width, coarse.height);
  image.close();
  let last: Point = [0, 0];
  return (to, from) => {
    const [x, y] = from === "here" ? to : last;
    const steps = Math.max(1, Math.ceil(Math.hypot(to[0] - x, to[1] - y) / (edge * REACH)));
    pen.save();
    pen.beginPath();
    for (let n = 0; n <= steps; n += 1) {
      const at: Point = [x + ((to[0] - x) * n) / steps, y + ((to[1] - y) * n) / steps];
      pen.moveTo(...at);
      pen.arc(...at, edge * REACH, 0, 2 * Math.PI);
    }
    pen.clip();
    pen.imageSmoothingEnabled = false;
    pen.drawImage(coarse, 0, 0, width, height);
    pen.restore();
    last = to;
  };
}
