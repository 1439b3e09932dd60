import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

/** A browser around the service worker: one origin, its caches, a network that can be cut. */
class World {
  readonly handlers = new Map<string, (event: unknown) => void>();
  readonly kept = new Map<string, Map<string, Response>>();
  readonly skipped = vi.fn();
  /** Pages open in this browser, by id. */
  readonly open = new Set<string>();
  online = true;
  network = new Map<string, () => Response>();

  readonly caches = {
    open: (name: string) => {
      const box = this.kept.get(name) ?? new Map<string, Response>();
      this.kept.set(name, box);
      return Promise.resolve({
        put: (path: string, response: Response) => Promise.resolve(void box.set(path, response)),
        keys: () => Promise.resolve([...box.keys()].map((path) => ({ url: `https://hall.test${path}` }))),
        match: (path: string) => Promise.resolve(box.get(path)?.clone()),
      });
    },
    match: (path: string) => Promise.resolve([...this.kept.values()].map((box) => box.get(path)).find(Boolean)?.clone()),
    keys: () => Promise.resolve([...this.kept.keys()]),
    delete: (name: string) => Promise.resolve(this.kept.delete(name)),
  };

  fetch = vi.fn((asked: string | { url: string }) => {
    const path = typeof asked === "string" ? asked : new URL(asked.url).pathname;
    const answer = this.network.get(path);
    if (!this.online || !answer) return Promise.reject(new TypeError("offline"));
    return Promise.resolve(answer());
  });

  async start(files: Record<string, string>, version: string): Promise<void> {
    vi.resetModules();
    this.handlers.clear();
    const hash = (text: string) => createHash("sha256").update(text).digest("base64").slice(0, 4);
    const listOf = (of: (path: string) => boolean) => Object.fromEntries(Object.entries(files).flatMap(([path, text]) => (of(path) ? [[path, hash(text)]] : [])));
    const later = (path: string) => /\/(en-|x\.|display)/.test(path);
    const list = JSON.stringify(listOf(later));
    this.serve({ "/later.json": list });
    vi.stubGlobal("__FILES__", { ...listOf((path) => !later(path)), "/later.json": hash(list) });
    vi.stubGlobal("__VERSION__", version);
    vi.stubGlobal("location", { origin: "https://hall.test" });
    vi.stubGlobal("caches", this.caches);
    vi.stubGlobal("fetch", this.fetch);
    vi.stubGlobal("self", {
      addEventListener: (name: string, handler: (event: unknown) => void) => this.handlers.set(name, handler),
      skipWaiting: this.skipped,
      clients: {
        claim: () => Promise.resolve(),
        matchAll: (asked: { includeUncontrolled: boolean }) =>
          Promise.resolve(asked.includeUncontrolled ? [...this.open].map((id) => ({ id })) : []),
      },
    });
    await import("../../src/sw/sw.ts");
  }

  serve(files: Record<string, string>): void {
    for (const [path, text] of Object.entries(files)) this.network.set(path, () => new Response(text));
  }

  async fire(name: string, data?: unknown): Promise<void> {
    const work: Promise<unknown>[] = [];
    this.handlers.get(name)!({ data, waitUntil: (promise: Promise<unknown>) => work.push(promise) });
    await Promise.all(work);
  }

  /** What the worker answers, or null when it leaves the request to the browser. */
  async ask(path: string, { mode = "no-cors", method = "GET" } = {}): Promise<string | null> {
    let answer: Promise<Response> | null = null;
    const request = { url: `https://hall.test${path}`, mode, method };
    this.handlers.get("fetch")!({ request, respondWith: (promise: Promise<Response>) => (answer = promise) });
    return answer ? (await (answer as Promise<Response>)).text() : null;
  }
}

const V1 = { "/assets/a-1.js": "one", "/display.html": "wall", "/index.html": "page one" };
let world: World;
afterEach(() => {
  vi.unstubAllGlobals();
});
beforeEach(async () => {
  world = new World();
  world.serve(V1);
  await world.start(V1, "v1");
});

describe("the service worker", () => {
  it("starts the app and the wall without a network, at any address", async () => {
    await world.fire("install");
    await world.fire("message", ["/display"]);
    world.online = false;
    expect(await world.ask("/", { mode: "navigate" })).toBe("page one");
    expect(await world.ask("/patrol/2026", { mode: "navigate" })).toBe("page one");
    expect(await world.ask("/display", { mode: "navigate" })).toBe("wall");
    expect(await world.ask("/assets/a-1.js")).toBe("one");
  });

  it("never touches the site's own answers", async () => {
    await world.fire("install");
    expect(await world.ask("/s/yunting/pull?cur=")).toBeNull();
    expect(await world.ask("/s/yunting/register.xlsx", { mode: "navigate" })).toBeNull();
    expect(await world.ask("/config")).toBeNull();
    expect(await world.ask("/index.html", { method: "POST" })).toBeNull();
  });

  it("keeps nothing of a captive portal that answers everything with its own page", async () => {
    for (const path of Object.keys(V1)) world.network.set(path, () => new Response("<html>pay for Wi-Fi</html>"));
    await expect(world.fire("install")).rejects.toThrow("/assets/a-1.js");
  });

  it("waits until a person asks for the new version", async () => {
    await world.fire("install");
    expect(world.skipped).not.toHaveBeenCalled();
    world.handlers.get("message")!({ data: "hello" });
    expect(world.skipped).not.toHaveBeenCalled();
    world.handlers.get("message")!({ data: "SKIP_WAITING" });
    expect(world.skipped).toHaveBeenCalledOnce();
  });

  it("fetches only what has changed, and drops the old version when it takes over", async () => {
    await world.fire("install");
    world.fetch.mockClear();
    const V2 = { ...V1, "/index.html": "page two" };
    world.serve(V2);
    await world.start(V2, "v2");
    await world.fire("install");
    expect(world.fetch.mock.calls.map(([asked]) => asked)).toEqual(["/index.html"]);
    await world.fire("activate");
    expect([...world.kept.keys()]).toEqual(["zg-v2"]);
    world.online = false;
    expect(await world.ask("/", { mode: "navigate" })).toBe("page two");
  });

  it("keeps an older version's files until the last page that runs on them has gone", async () => {
    const [old, newer] = ["/assets/form-AbCd123.js", "/assets/form-XyZw987.js"];
    world.serve({ [old]: "old form" });
    await world.start({ ...V1, [old]: "old form" }, "v1");
    await world.fire("install");
    await world.fire("activate");
    world.open.add("form").add("other");

    const next = async (version: string) => {
      world.serve({ [newer]: "new form" });
      await world.start({ ...V1, [newer]: "new form" }, version);
      world.network.delete(old);
      await world.fire("install");
    };
    await next("v2");
    await world.fire("activate");
    world.open.delete("other");
    world.open.add("other, loaded again");
    await world.fire("message", ["/assets/a-1.js"]);
    world.online = false;
    expect(await world.ask(old)).toBe("old form");
    expect(await world.ask(newer)).toBe("new form");

    world.online = true;
    await next("v2"); // the worker was ended by the browser, and has forgotten all it did not keep
    world.open.delete("form");
    world.kept.set("zg-v3", new Map()); // the next version is being installed
    await world.fire("message", ["/assets/a-1.js"]);
    expect([...world.kept.keys()]).toEqual(["zg-v2", "zg-v3"]);
  });

  it("keeps another language once somebody here has used it, and by every version after", async () => {
    const english = "/assets/en-AbCd123.js";
    world.serve({ [english]: "hello" });
    await world.start({ ...V1, [english]: "hello" }, "v1");
    await world.fire("install");
    world.online = false;
    await expect(world.ask(english)).rejects.toThrow("offline");
    world.online = true;
    await world.fire("message", ["/assets/a-1.js", english, "/s/yunting/pull"]);
    world.online = false;
    expect(await world.ask(english)).toBe("hello");
    world.online = true;
    const newer = "/assets/en-XyZw987.js";
    world.serve({ [newer]: "hello again" });
    await world.start({ ...V1, [newer]: "hello again" }, "v2");
    await world.fire("install");
    world.online = false;
    expect(await world.ask(newer)).toBe("hello again");
  });

  it("asks the network for a file whose copy was taken away", async () => {
    await world.fire("install");
    world.kept.clear();
    expect(await world.ask("/assets/a-1.js")).toBe("one");
  });
});
