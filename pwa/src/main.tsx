/** Start: language and look, the last account from this device, then the screen. Nothing here waits for the network. */
import { render } from "preact";
import { App, storageFailed } from "./app/app";
import { watchInstall } from "./app/install";
import { startLook } from "./app/look";
import { startRouter } from "./app/router";
import { resume } from "./app/session";
import { startLocale } from "./i18n";
import "./ui/tokens.css";
import "./ui/parts.css";
import "./ui/lists.css";
import "./ui/desk.css";
import "./ui/shell.css";

async function start(): Promise<void> {
  startLook();
  startRouter();
  watchInstall();
  await Promise.all([
    startLocale(),
    resume().catch(() => {
      storageFailed.value = true;
    }),
  ]);
  render(<App />, document.getElementById("app")!);
  const [{ startUpdates }, { startKeeper }] = await Promise.all([import("./app/update"), import("./app/keeper")]);
  startKeeper();
  await startUpdates();
}

void start();
