/** A QR code, drawn here: nothing of it leaves the screen. The encoder is fetched when the first one is needed. */
import { useEffect, useState } from "preact/hooks";

/** Black modules of `text` as one path, a unit square each. */
async function qrPath(text: string, ecc: "low" | "medium"): Promise<{ size: number; path: string }> {
  const { default: encodeQR } = await import("qr");
  const rows = encodeQR(text, "raw", { border: 2, ecc });
  const path = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return { size: rows.length, path };
}

/** `text` as a code to scan; `label` for those who cannot see it. A long text is drawn with less redundancy, so that its modules stay large. */
export function Qr({ text, label }: { text: string; label: string }) {
  const [qr, setQr] = useState<{ size: number; path: string }>();
  useEffect(() => {
    let here = true;
    // Without the encoder there is no code: what stands beside it says the rest.
    void qrPath(text, text.length > 100 ? "low" : "medium").then((made) => here && setQr(made), () => undefined);
    return () => {
      here = false;
    };
  }, [text]);
  if (!qr) return <div class="qr" />;
  return (
    <svg class="qr" viewBox={`0 0 ${qr.size} ${qr.size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path d={qr.path} fill="#000" />
    </svg>
  );
}
