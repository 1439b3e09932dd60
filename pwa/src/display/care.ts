/** What a wall screen does for itself, because nobody stands beside it: stays awake, starts afresh at night, and when it has gone deaf. */
import { effect } from "@preact/signals";
import { applyUpdate, startUpdates, waiting } from "../app/update";
import type { Feed } from "./feed";
import { WATCHDOG_MS, untilNight } from "./model";

const WATCH_EVERY_MS = 30_000;
/** A fresh start that did not help is not repeated at once. */
const AGAIN_AFTER_MS = 10 * 60_000;
const LAST = "zg.display.restart";

/** The server answers, and it is ours: a captive portal says 200 in HTML. */
async function reachable(): Promise<boolean> {
  try {
    const response = await fetch("/healthz", { cache: "no-store", redirect: "error" });
    return response.ok && !(response.headers.get("Content-Type") ?? "").includes("html");
  } catch {
    return false;
  }
}

/** A page that could not be loaded again is worth more than a fresh one. */
async function restart(): Promise<void> {
  if (navigator.serviceWorker?.controller || (await reachable())) location.reload();
}

function restartedLately(): boolean {
  return Date.now() - Number(sessionStorage.getItem(LAST) ?? 0) < AGAIN_AFTER_MS;
}

/** Heard nothing for three minutes although the server answers: start afresh. */
async function watchdog(feed: Feed, started_mono: number): Promise<void> {
  const silent_ms = feed.heard() ? (feed.age() ?? 0) : performance.now() - started_mono;
  if (silent_ms < WATCHDOG_MS || restartedLately() || !(await reachable())) return;
  sessionStorage.setItem(LAST, String(Date.now()));
  location.reload();
}

/** Holds the screen awake; the browser drops the lock whenever the page is covered, so it is asked for again. */
function stayAwake(): void {
  const ask = (): void => {
    if (document.visibilityState === "visible") void navigator.wakeLock?.request("screen").catch(() => undefined); // a low battery may refuse
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}

/** The nightly fresh start, in the hall's own night; returns how to stop. */
function startAtNight(feed: Feed): () => void {
  return effect(() => {
    const tz = feed.rows("hall").value.get("hall")?.body.tz;
    if (!tz) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    const arm = (): void => {
      timer = setTimeout(() => {
        void restart();
        arm(); // a night without a server is not the last one
      }, untilNight(feed.now(), tz));
    };
    arm();
    return () => clearTimeout(timer);
  });
}

/** Nobody works in this browser beside the wall: every page of a person holds the lock of its engine, or waits for it (sync/election.ts). */
async function alone(): Promise<boolean> {
  const { held = [], pending = [] } = await navigator.locks.query();
  return ![...held, ...pending].some(({ name }) => name?.startsWith("zg-sync:"));
}

/** Takes a new version where nobody would be interrupted by it, else looks again later; and follows the person who took it by a tap. */
function takeOver(): () => void {
  const reload = (): void => location.reload();
  const look = async (): Promise<void> => {
    if (await alone()) applyUpdate();
  };
  navigator.serviceWorker.addEventListener("controllerchange", reload);
  const timer = setInterval(() => void look(), AGAIN_AFTER_MS);
  void look();
  return () => {
    navigator.serviceWorker.removeEventListener("controllerchange", reload);
    clearInterval(timer);
  };
}

/** On the newest version as soon as it may; returns how to stop. Without a service worker the board runs all the same, only not from its cache. */
export function keepNewest(): () => void {
  void startUpdates();
  return effect(() => (waiting.value ? takeOver() : undefined));
}

/** For any wall screen, paired or not. */
export function keepUp(): void {
  stayAwake();
  keepNewest();
}

/** For a board at work; returns how to stop. */
export function watchOver(feed: Feed): () => void {
  const started_mono = performance.now();
  const stopNight = startAtNight(feed);
  const timer = setInterval(() => void watchdog(feed, started_mono), WATCH_EVERY_MS);
  return () => {
    stopNight();
    clearInterval(timer);
  };
}
