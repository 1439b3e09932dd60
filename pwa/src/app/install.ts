/** The browser's offer to put the app on the home screen. It comes once, early: it is caught at the start and used when the person asks. */
import { signal } from "@preact/signals";

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}
/** The browser's offer to install, when it made one. */
export const installOffer = signal<(() => Promise<unknown>) | null>(null);

export function watchInstall(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    const offer = event as InstallPrompt;
    installOffer.value = () => {
      installOffer.value = null;
      return offer.prompt();
    };
  });
}
