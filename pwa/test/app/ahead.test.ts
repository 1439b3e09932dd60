/** Screens fetched before they are asked for (app/ahead.ts): a start without a network is followed by one that comes, and so is a cut. */
import { afterEach, expect, test, vi } from "vitest";
import { fetchAhead } from "../../src/app/ahead.ts";
import type { Feature, Screen } from "../../src/app/feature.ts";
import { features } from "../../src/app/features.ts";

const before = features.value;

afterEach(() => {
  features.value = before;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A page whose worker has it, with one screen; what it has noted. */
function page(load: Screen["load"], onLine: boolean) {
  const notes = new Map<string, string>();
  const events = new EventTarget();
  const navigator = { onLine, serviceWorker: { controller: {}, ready: Promise.resolve({ active: { postMessage: vi.fn() } }) } };
  vi.stubGlobal("navigator", navigator);
  vi.stubGlobal("location", { origin: "https://hall.test", pathname: "/" });
  vi.stubGlobal("localStorage", { getItem: (name: string) => notes.get(name) ?? null, setItem: (name: string, text: string) => notes.set(name, text) });
  vi.stubGlobal("addEventListener", events.addEventListener.bind(events));
  vi.stubGlobal("removeEventListener", events.removeEventListener.bind(events));
  vi.stubGlobal("BarcodeDetector", Object.assign(vi.fn(), { getSupportedFormats: () => Promise.resolve(["qr_code"]) }));
  features.value = [{ screens: [{ path: "/later", title: () => "later", load }] } as unknown as Feature];
  const connect = () => {
    navigator.onLine = true;
    events.dispatchEvent(new Event("online"));
  };
  return { notes, connect };
}

test("an app started without a network fetches ahead once there is one", async () => {
  const load = vi.fn(() => Promise.resolve({ default: () => null }));
  const { notes, connect } = page(load, false);
  const done = fetchAhead(["STF"]);
  expect(load).not.toHaveBeenCalled();
  connect();
  await done;
  expect(load).toHaveBeenCalledOnce();
  expect(notes.size).toBe(1);
});

test("a network that goes while screens are fetched is waited for", async () => {
  const load = vi.fn<Screen["load"]>().mockRejectedValueOnce(new TypeError("Failed to fetch")).mockResolvedValue({ default: () => null });
  const { notes, connect } = page(load, true);
  const done = fetchAhead(["STF"]);
  await vi.waitUntil(() => load.mock.results[0]?.type === "return");
  await new Promise((go) => setTimeout(go));
  expect(notes.size).toBe(0);
  connect();
  await done;
  expect(load).toHaveBeenCalledTimes(2);
  expect(notes.size).toBe(1);
});

test("a fetch that failed is tried again without a word of the network: it came back before, or the server was away", async () => {
  vi.useFakeTimers();
  const load = vi.fn<Screen["load"]>().mockRejectedValueOnce(new TypeError("Failed to fetch")).mockResolvedValue({ default: () => null });
  const { notes } = page(load, true);
  const done = fetchAhead(["STF"]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect([load.mock.calls.length, notes.size]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(60_000);
  await done;
  expect([load.mock.calls.length, notes.size]).toEqual([2, 1]);
});
