/** What this device and browser can do. */

/** Without HTTPS (or loopback) a browser offers neither signing keys nor a service worker. */
export const isSecure = (): boolean => isSecureContext && typeof crypto.subtle === "object";

export const isIos = (): boolean => /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);
export const isWeChat = (): boolean => /MicroMessenger/i.test(navigator.userAgent);

/** Runs from the home screen. */
export const isInstalled = (): boolean => matchMedia("(display-mode: standalone)").matches || (navigator as { standalone?: boolean }).standalone === true;

/** Hand `content` to the person as a file; through the share sheet where a download leads nowhere (home-screen apps on iOS). */
export async function giveFile(name: string, content: BlobPart, type = "application/json"): Promise<void> {
  const file = new File([content], name, { type });
  if (isIos() && navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file] }).catch(() => undefined); // closing the share sheet is no error
    return;
  }
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Put `text` on the clipboard; false when the browser refuses. */
export async function copy(text: string): Promise<boolean> {
  return navigator.clipboard?.writeText(text).then(
    () => true,
    () => false,
  ) ?? false;
}
