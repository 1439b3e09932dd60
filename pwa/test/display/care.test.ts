import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { waiting } from "../../src/app/update";
import { keepNewest, watchOver } from "../../src/display/care";
import type { Feed } from "../../src/display/feed";

const MINUTE_MS = 60_000;
/** 02:00 in Shanghai. */
const NIGHT = Date.parse("2026-11-22T18:00:00Z");

let reloads = 0;
let answer: () => Promise<Response>;
let stop = (): void => undefined;

const ours = () => Promise.resolve(new Response('{"status":"ok"}', { headers: { "Content-Type": "application/json" } }));
const portal = () => Promise.resolve(new Response("<html>", { headers: { "Content-Type": "text/html" } }));
const nobody = () => Promise.reject(new TypeError("no network"));

/** A board that last heard the server at page load. */
function deaf(): Feed {
  const hall = signal(new Map([["hall", { rid: "hall", ver: 1, pending: false, body: { tz: "Asia/Shanghai" } }]]));
  return { rows: () => hall, now: () => Date.now(), age: () => performance.now() - born, heard: () => true } as unknown as Feed;
}
let born = 0;

beforeEach(() => {
  vi.useFakeTimers({ now: NIGHT });
  born = performance.now();
  reloads = 0;
  const kept = new Map<string, string>();
  vi.stubGlobal("location", { reload: () => (reloads += 1) });
  vi.stubGlobal("sessionStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("fetch", () => answer());
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a board that has heard nothing for three minutes", () => {
  it("starts afresh when the server answers, and not again at once", async () => {
    answer = ours;
    stop = watchOver(deaf());
    await vi.advanceTimersByTimeAsync(2.5 * MINUTE_MS);
    expect(reloads).toBe(0);
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect(reloads).toBe(1);
    await vi.advanceTimersByTimeAsync(9 * MINUTE_MS);
    expect(reloads).toBe(1);
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(reloads).toBe(2);
  });

  it.each([
    ["nobody answers", nobody],
    ["a captive portal answers", portal],
  ])("stays as it is when %s", async (_, says) => {
    answer = says;
    stop = watchOver(deaf());
    await vi.advanceTimersByTimeAsync(20 * MINUTE_MS);
    expect(reloads).toBe(0);
  });
});

describe("a new version, on a wall", () => {
  let container: EventTarget;
  let worker: { postMessage: ReturnType<typeof vi.fn> };
  let locks: { held: { name: string }[]; pending: { name: string }[] };

  beforeEach(() => {
    container = new EventTarget();
    worker = { postMessage: vi.fn() };
    locks = { held: [{ name: "zg-journal:x" }], pending: [] };
    vi.stubGlobal("navigator", { serviceWorker: container, locks: { query: () => Promise.resolve(locks) } });
    waiting.value = null;
    stop = keepNewest();
  });
  const arrive = () => (waiting.value = worker as unknown as ServiceWorker);

  it("is taken by itself where nobody works in the same browser", async () => {
    arrive();
    await vi.advanceTimersByTimeAsync(0);
    expect(worker.postMessage.mock.calls).toEqual([["SKIP_WAITING"]]);
    container.dispatchEvent(new Event("controllerchange"));
    expect(reloads).toBe(1);
  });

  it.each(["held", "pending"] as const)("is not taken while a person's tab is open beside it, its lock %s", async (which) => {
    locks[which].push({ name: "zg-sync:yunting:ann" });
    arrive();
    await vi.advanceTimersByTimeAsync(25 * MINUTE_MS);
    expect(worker.postMessage).not.toHaveBeenCalled();
    locks[which].pop();
    await vi.advanceTimersByTimeAsync(10 * MINUTE_MS);
    expect(worker.postMessage).toHaveBeenCalledOnce();
  });

  it("is followed when that person takes it", async () => {
    locks.held.push({ name: "zg-sync:yunting:ann" });
    arrive();
    await vi.advanceTimersByTimeAsync(MINUTE_MS);
    expect(reloads).toBe(0);
    container.dispatchEvent(new Event("controllerchange"));
    expect(reloads).toBe(1);
  });
});

describe("the nightly fresh start", () => {
  const hearing = (): Feed => ({ ...deaf(), age: () => 0 });

  it("comes at 03:40 of the hall", async () => {
    answer = ours;
    stop = watchOver(hearing());
    await vi.advanceTimersByTimeAsync(99 * MINUTE_MS);
    expect(reloads).toBe(0);
    await vi.advanceTimersByTimeAsync(2 * MINUTE_MS);
    expect(reloads).toBe(1);
  });

  it("does not throw away a page that could not be loaded again", async () => {
    answer = nobody;
    stop = watchOver(hearing());
    await vi.advanceTimersByTimeAsync(120 * MINUTE_MS);
    expect(reloads).toBe(0);
    answer = ours;
    await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE_MS);
    expect(reloads).toBe(1);
  });

  it("needs no server where a service worker keeps the page", async () => {
    answer = nobody;
    vi.stubGlobal("navigator", { serviceWorker: { controller: {} } });
    stop = watchOver(hearing());
    await vi.advanceTimersByTimeAsync(101 * MINUTE_MS);
    expect(reloads).toBe(1);
  });
});
