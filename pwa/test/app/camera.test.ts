/** Reading codes where the browser can and where it cannot (PTL-09, ATT-08): WebKit and Firefox have no BarcodeDetector, some desktops one that reads nothing. */
import { afterEach, expect, it, vi } from "vitest";
import encodeQR from "qr";
import { qrReader } from "../../src/app/camera";

const TEXT = "https://hall.test/zone?z=zaigang-zone:A:ABCDEFGHIJ";
const SCALE = 6;

/** A picture of a code, as a camera's frame would be. */
function picture(text: string): ImageData {
  const rows = encodeQR(text, "raw", { border: 4, ecc: "medium" });
  const size = rows.length * SCALE;
  const data = new Uint8ClampedArray(size * size * 4).fill(255);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (rows[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)]) data.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3);
  return { width: size, height: size, data, [Symbol.toStringTag]: "ImageData" } as unknown as ImageData;
}

class Own {
  static formats = ["qr_code"];
  static getSupportedFormats = () => Promise.resolve(Own.formats);
  detect = () => Promise.resolve([{ rawValue: "the browser's own" }]);
}

afterEach(() => vi.unstubAllGlobals());

it("asks the browser's own reader where it reads these codes", async () => {
  vi.stubGlobal("BarcodeDetector", Own);
  expect(await (await qrReader()).detect(picture(TEXT))).toEqual([{ rawValue: "the browser's own" }]);
});

it.each([["there is none", undefined], ["it reads no such code", class extends Own { static override getSupportedFormats = () => Promise.resolve([]); }]])("reads them itself where %s", async (_, maker) => {
  vi.stubGlobal("BarcodeDetector", maker);
  vi.stubGlobal("DOMRectReadOnly", class {});
  const reader = await qrReader();
  expect((await reader.detect(picture(TEXT))).map(({ rawValue }) => rawValue)).toEqual([TEXT]);
  expect(await reader.detect({ ...picture(TEXT), data: new Uint8ClampedArray(picture(TEXT).data.length).fill(255) } as ImageData)).toEqual([]);
});
