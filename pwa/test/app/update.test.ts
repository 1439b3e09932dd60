import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** A page with a service worker registration, as far as updates touch it. */
function page({ controller = true, policies = [] as string[] } = {}) {
  const container = new EventTarget() as EventTarget & Record<string, unknown>;
  const registration = new EventTarget() as EventTarget & Record<string, unknown>;
  const worker = Object.assign(new EventTarget(), { postMessage: vi.fn() });
  registration["update"] = vi.fn(() => Promise.resolve());
  registration["waiting"] = null;
  container["register"] = vi.fn(() => Promise.resolve(registration));
  const active = { postMessage: vi.fn() };
  container["ready"] = Promise.resolve({ active });
  container["controller"] = controller ? {} : null;
  const doc = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const reload = vi.fn();
  const windowEvents = new EventTarget();
  vi.stubGlobal("navigator", { serviceWorker: container });
  vi.stubGlobal("document", doc);
  vi.stubGlobal("location", { reload, origin: "https://hall.test", pathname: "/display" });
  const loaded = ["https://hall.test/assets/en-AbCd123.js", "https://elsewhere.test/x.js"].map((name) => ({ name }));
  vi.spyOn(performance, "getEntriesByType").mockReturnValue(loaded as PerformanceEntryList);
  vi.stubGlobal("addEventListener", windowEvents.addEventListener.bind(windowEvents));
  vi.stubGlobal("trustedTypes", {
    createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => {
      policies.push(name);
      return rules;
    },
  });
  /** A new version has been fetched and waits. */
  const arrive = () => {
    registration["installing"] = worker;
    registration.dispatchEvent(new Event("updatefound"));
    registration["waiting"] = worker;
    worker.dispatchEvent(new Event("statechange"));
  };
  return { container, registration, active, worker, reload, windowEvents, arrive, policies };
}

const load = () => import("../../src/app/update.ts");

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a browser that cannot start the app without a network", () => {
  const BROWSERS = { plain: "Mozilla/5.0", wechat: "Mozilla/5.0 MicroMessenger/8.0" };
  const words = async () => ({ update: await load(), ...(await import("../../src/app/banners.tsx")) });

  it.each([
    [BROWSERS.plain, "此浏览器不能离线启动，请换用系统浏览器打开。"],
    [BROWSERS.wechat, "微信内不能离线启动，请在浏览器打开。"],
  ])("is told so where it knows no service workers: %s", async (userAgent, said) => {
    vi.stubGlobal("navigator", { userAgent });
    const { update, offlineWord } = await words();
    expect(offlineWord()).toBe(said);
    await update.startUpdates();
    expect(update.canStartOffline.value).toBe(false);
  });

  it.each([
    [BROWSERS.plain, "此浏览器不能离线启动，请换用系统浏览器打开。"],
    [BROWSERS.wechat, "微信内不能离线启动，请在浏览器打开。"],
  ])("is told so once it has refused ours: %s", async (userAgent, said) => {
    const { container } = page({ controller: false });
    Object.assign(navigator, { userAgent });
    container["register"] = vi.fn(() => Promise.reject(new DOMException("refused", "SecurityError")));
    const { update, offlineWord } = await words();
    expect(offlineWord()).toBeNull();
    await update.startUpdates();
    expect(offlineWord()).toBe(said);
  });

  it("is none where an earlier worker already holds the page", async () => {
    const { container } = page();
    container["register"] = vi.fn(() => Promise.reject(new TypeError("no network")));
    const { update, offlineWord } = await words();
    await update.startUpdates();
    expect(offlineWord()).toBeNull();
  });
});

describe("a new version", () => {
  it("hears what the page loaded before it was there, and only of this site", async () => {
    const { active } = page();
    await (await load()).startUpdates();
    await vi.advanceTimersByTimeAsync(0);
    expect(active.postMessage).toHaveBeenCalledWith(["/display", "/assets/en-AbCd123.js"]);
  });

  it("is registered past every cache, through the one policy the page allows", async () => {
    const { container, policies } = page();
    await (await load()).startUpdates();
    expect(container["register"]).toHaveBeenCalledWith("/sw.js", { updateViaCache: "none" });
    expect(policies).toEqual(["zaigang"]);
  });

  it("is offered when it waits, and never loaded by itself", async () => {
    const { arrive, reload, worker } = page();
    const update = await load();
    await update.startUpdates();
    expect(update.waiting.value).toBeNull();
    arrive();
    expect(update.waiting.value).toBe(worker);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(reload).not.toHaveBeenCalled();
    expect(worker.postMessage).not.toHaveBeenCalled();
  });

  it("is not offered at the first install, when nothing old is running", async () => {
    const { arrive } = page({ controller: false });
    const update = await load();
    await update.startUpdates();
    arrive();
    expect(update.waiting.value).toBeNull();
  });

  it("takes over by a tap, once", async () => {
    const { arrive, reload, worker, container } = page();
    const update = await load();
    await update.startUpdates();
    arrive();
    update.applyUpdate();
    expect(worker.postMessage).toHaveBeenCalledWith("SKIP_WAITING");
    container.dispatchEvent(new Event("controllerchange"));
    await vi.advanceTimersByTimeAsync(5000);
    expect(reload).toHaveBeenCalledOnce();
  });

  it("takes over also where the browser never says that it has", async () => {
    const { arrive, reload } = page();
    const update = await load();
    await update.startUpdates();
    arrive();
    update.applyUpdate();
    expect(reload).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2000);
    expect(reload).toHaveBeenCalledOnce();
  });

  it("is looked for when the app comes to the front, but not at every glance", async () => {
    const { registration, windowEvents } = page();
    await (await load()).startUpdates();
    windowEvents.dispatchEvent(new Event("focus"));
    expect(registration["update"]).not.toHaveBeenCalled();
    vi.setSystemTime(Date.now() + 16 * 60_000);
    windowEvents.dispatchEvent(new Event("focus"));
    windowEvents.dispatchEvent(new Event("pageshow"));
    expect(registration["update"]).toHaveBeenCalledOnce();
  });
});

describe("looking for a new version when the app comes to the front", () => {
  const QUARTER_MS = 15 * 60_000;
  const DECADE_MS = 3_652 * 86_400_000;

  it("happens once a quarter of an hour", async () => {
    const { registration, windowEvents } = page();
    await (await load()).startUpdates();
    windowEvents.dispatchEvent(new Event("focus"));
    vi.setSystemTime(Date.now() + QUARTER_MS);
    for (let times = 0; times < 2; times++) windowEvents.dispatchEvent(new Event("focus"));
    expect(registration["update"]).toHaveBeenCalledTimes(1);
  });

  it("goes on after the clock stood ten years ahead", async () => {
    const { registration, windowEvents } = page();
    const now = Date.now();
    vi.setSystemTime(now + DECADE_MS);
    await (await load()).startUpdates();
    vi.setSystemTime(now + QUARTER_MS);
    for (let times = 0; times < 2; times++) windowEvents.dispatchEvent(new Event("focus"));
    expect(registration["update"]).toHaveBeenCalledTimes(1);
  });
});
