/** Photos made small on the phone before they are kept (≤ 1600 px, ≤ 400 KB), and a minute of sound. */

export const SOUND_MS = 60_000;
const EDGE_MAX = 1600;
const BYTES_MAX = 400_000;
const PREVIEW_EDGE = 240;
const PREVIEW_BYTES_MAX = 20_480;
const QUALITIES = [0.82, 0.7, 0.55, 0.4];
const SOUNDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];

type Bytes = Uint8Array<ArrayBuffer>;

/** A photo as it is kept: drawn anew, so that place and camera stay behind. Throws when the browser cannot read it. */
export async function shrink(file: Blob): Promise<{ full: Bytes; preview: Bytes }> {
  const picture = await createImageBitmap(file);
  try {
    return { full: await within(picture, EDGE_MAX, BYTES_MAX), preview: await within(picture, PREVIEW_EDGE, PREVIEW_BYTES_MAX) };
  } finally {
    picture.close();
  }
}

/** The best that fits; a picture nobody can compress so far gets smaller. */
async function within(picture: ImageBitmap, edge: number, bytes_max: number): Promise<Bytes> {
  const scale = Math.min(1, edge / Math.max(picture.width, picture.height));
  const size = { width: Math.max(1, Math.round(picture.width * scale)), height: Math.max(1, Math.round(picture.height * scale)) };
  for (const quality of QUALITIES) {
    const bytes = await jpeg(picture, size, quality);
    if (bytes.length <= bytes_max) return bytes;
  }
  return within(picture, Math.round((Math.max(size.width, size.height) * 3) / 4), bytes_max);
}

interface Size {
  width: number;
  height: number;
}

async function jpeg(picture: ImageBitmap, { width, height }: Size, quality: number): Promise<Bytes> {
  const made = typeof OffscreenCanvas === "function" ? await offscreen(picture, width, height, quality) : await onscreen(picture, width, height, quality);
  return new Uint8Array(await made.arrayBuffer());
}

function offscreen(picture: ImageBitmap, width: number, height: number, quality: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  draw(canvas.getContext("2d"), picture, width, height);
  return canvas.convertToBlob({ type: "image/jpeg", quality });
}

function onscreen(picture: ImageBitmap, width: number, height: number, quality: number): Promise<Blob> {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  draw(canvas.getContext("2d"), picture, width, height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/jpeg", quality));
}

/** On white: a JPEG has no transparency. */
function draw(pen: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null, picture: ImageBitmap, width: number, height: number): void {
  if (!pen) throw new Error("no canvas");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(picture, 0, 0, width, height);
}

export interface Recording {
  stop: () => void;
  done: Promise<{ bytes: Bytes; mime: string }>;
}

export function canRecord(): boolean {
  return typeof MediaRecorder === "function" && !!navigator.mediaDevices && SOUNDS.some((type) => MediaRecorder.isTypeSupported(type));
}

/** Begins to record; ends by itself after a minute. Throws when the person or the browser does not allow it. */
export async function record(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mimeType = SOUNDS.find((type) => MediaRecorder.isTypeSupported(type))!;
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const done = new Promise<{ bytes: Bytes; mime: string }>((resolve, fail) => {
    recorder.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      new Blob(parts).arrayBuffer().then((buffer) => resolve({ bytes: new Uint8Array(buffer), mime: mimeType.split(";")[0]! }), fail);
    };
  });
  const stop = () => {
    if (recorder.state !== "inactive") recorder.stop();
  };
  setTimeout(stop, SOUND_MS);
  recorder.start();
  return { stop, done };
}
