/** Entry of the wall: /display. Which hall, then the engine, then the code or the board. */
import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { LOCALES, loadCatalogue, startLocale, t } from "../i18n";
import { browserEnv } from "../sync/env";
import { askJson } from "../sync/http";
import type { Display } from "../sync/display";
import type { Config, Site } from "../sync/types.gen";
import { Board } from "./board";
import { keepUp, watchOver } from "./care";
import { feedOf, type Feed } from "./feed";
import "./display.css";

const SITE = "zg.display.site";
const AGAIN_MS = 5_000;

/** The engine, and what the board takes from it: made together, before the engine can have heard anything. */
const open = signal<{ display: Display; feed: Feed } | null>(null);
const sites = signal<readonly Site[]>([]);

/** The hall named in the address, else the one this screen was told last. */
function knownSite(): string | null {
  return new URLSearchParams(location.search).get("site") ?? localStorage.getItem(SITE);
}

/** Learns the halls; waits for the server as long as it takes. */
async function learnSites(): Promise<void> {
  for (;;) {
    try {
      sites.value = (await askJson<Config>(browserEnv(), "/config", {}, (got) => Array.isArray(got.sites))).sites;
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** The engine comes after the first paint: a weak box behind a screen shows at once that it is at work. */
async function show(site: string): Promise<void> {
  const before = open.peek()?.display;
  if (before?.site === site) return;
  open.value = null;
  await before?.close();
  localStorage.setItem(SITE, site);
  const { openDisplay } = await import("../sync/display");
  const display = await openDisplay(site);
  open.value = { display, feed: feedOf(display) };
}

/** The board of a paired screen, with its keeper; other layouts are fetched by the screens that show them (DSP-09). */
function PairedBoard({ feed }: { feed: Feed }) {
  useEffect(() => watchOver(feed), [feed]);
  const [said] = Array.from(feed.rows("screen").value.values(), (view) => view.body);
  return said && said.layout !== "hall" ? <Other feed={feed} layout={said.layout} unit={said.unit ?? ""} post={said.post ?? ""} /> : <Board feed={feed} />;
}

function Other(shown: { feed: Feed; layout: "whereabouts" | "door" | "overview"; unit: string; post: string }) {
  const [layouts, setLayouts] = useState<typeof import("./layouts")>();
  useEffect(() => void import("./layouts").then(setLayouts, () => undefined), []);
  return layouts ? <layouts.LayoutScreen {...shown} /> : <Waiting />;
}

/** The code, while nobody has confirmed this screen; its part is fetched only then. */
function Unpaired({ of }: { of: Display }) {
  const [screen, setScreen] = useState<typeof import("./pairing")>();
  useEffect(() => void import("./pairing").then(setScreen, () => undefined), []);
  if (!screen) return <Waiting />;
  return <screen.PairingScreen display={of} sites={sites.value} onSite={(site) => void show(site)} />;
}

function Waiting() {
  return (
    <main class="waiting">
      <p>{t("正在连接服务器，请稍候…")}</p>
    </main>
  );
}

function Wall() {
  const now = open.value;
  if (!now) return <Waiting />;
  return now.display.paired.value ? <PairedBoard feed={now.feed} /> : <Unpaired of={now.display} />;
}

async function start(): Promise<void> {
  keepUp();
  await startLocale();
  const root = document.getElementById("wall");
  if (root) render(<Wall />, root);
  for (const { id } of LOCALES) void loadCatalogue(id).catch(() => undefined); // the rotation then keeps to those it has
  const learned = learnSites();
  const site = knownSite();
  if (site === null) await learned;
  const first = site ?? sites.value[0]?.id;
  if (first) await show(first);
}

void start();
