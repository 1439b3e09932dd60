/** What counts as the site's answer, and what as no network (promise 3). */
import { describe, expect, test } from "vitest";
import { ask, askJson, askParts, parsePage } from "../../src/sync/http.ts";
import { Offline, Problem } from "../../src/sync/problem.ts";
import { problem } from "./support/site.ts";
import { Browser, newWorld, report, turn, type TabEnv } from "./support/world.ts";

/** An environment whose every request gets this answer. */
function answering(answer: () => Response | Promise<Response>): TabEnv {
  const env = new Browser(newWorld()).env();
  env.fetch = async () => answer();
  return env;
}

const typed = (body: string | null, type: string, status = 200) => new Response(body, { status, headers: { "Content-Type": type } });

describe("counts as no network", () => {
  test.each([
    ["a page that says 200", () => typed("<html>", "text/html")],
    ["JSON that calls itself a page", () => typed('{"ok":1}', "text/html; charset=utf-8")],
    ["a proxy's error page", () => typed("<h1>502</h1>", "text/html", 502)],
    ["somebody else's JSON error", () => typed('{"type":"about:blank"}', "application/problem+json", 403)],
    ["a broken body", () => typed("{", "application/json")],
    ["another program's JSON", () => typed('{"hello":1}', "application/json")],
  ])("%s", async (_, answer) => {
    const asked = askJson<{ ok: number }>(answering(answer), "/x", {}, (got) => got.ok === 1);
    await expect(asked).rejects.toBeInstanceOf(Offline);
  });

  test("a line that is silent for twenty seconds", async () => {
    const env = new Browser(newWorld()).env();
    env.fetch = (_, init) => new Promise((__, reject) => init.signal!.addEventListener("abort", () => reject(new Error("aborted"))));
    const asked = ask(env, "/x");
    asked.catch(() => undefined);
    await env.world.time.pass(20_001);
    await expect(asked).rejects.toBeInstanceOf(Offline);
  });
});

test("a slow line that still moves is waited for", async () => {
  const env = new Browser(newWorld()).env();
  let push: (text: string | null) => void = () => undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(to) {
      push = (text) => (text === null ? to.close() : to.enqueue(new TextEncoder().encode(text)));
    },
  });
  env.fetch = async () => new Response(stream, { headers: { "Content-Type": "application/json" } });
  const asked = ask(env, "/x");
  for (const part of ["[1", ",2", ",3]"]) {
    await env.world.time.pass(15_000);
    push(part);
    await turn();
  }
  push(null);
  expect(await asked).toBe("[1,2,3]");
});

test("the site's own no keeps its name, its details and whether asking again may help", async () => {
  const locked = '{"type":"login_locked","status":429,"title":"","retry":true,"params":{"seconds":30}}';
  const answer = () => typed(locked, "application/problem+json", 429);
  await expect(ask(answering(answer), "/x")).rejects.toEqual(new Problem("login_locked", 429, true, { seconds: 30 }));
  await expect(ask(answering(() => problem("forbidden", 403)), "/x")).rejects.toEqual(new Problem("forbidden", 403, false));
});

describe("an answer has begun", () => {
  const told = async (answer: () => Response) => {
    const heard: string[] = [];
    const asked = askParts(answering(answer), "/x", { begun: () => void heard.push("begun") }, (part) => void (part && heard.push(part)));
    await asked.catch(() => undefined);
    return heard;
  };
  const cut = () => new Response(new ReadableStream({ pull: (body) => body.error(new TypeError("cut")) }), { headers: { "Content-Type": "application/json" } });

  test.each([
    ["once, before its first part", () => typed("[1]", "application/json"), ["begun", "[1]"]],
    ["also when its body is cut before the first byte", cut, ["begun"]],
    ["not where a portal answers", () => typed("<html>", "text/html"), []],
    ["not where the site refuses", () => problem("forbidden", 403), []],
  ])("%s", async (_, answer, heard) => expect(await told(answer)).toEqual(heard));
});

describe("a page of rows", () => {
  const [h, r, e] = ['{"t":"h"}', '{"t":"r","k":"x"}', '{"t":"e"}'];

  test("is its head, its rows and its end", () => {
    expect(parsePage(`${h}\n${r}\n${r}\n${e}\n`).rows).toHaveLength(2);
    expect(parsePage(`${h}\n${e}\n`).rows).toEqual([]);
  });

  test.each([
    ["nothing", ""],
    ["no end", `${h}\n${r}\n`],
    ["no head", `${r}\n${e}\n`],
    ["a line cut in the middle", `${h}\n{"t":"r","k\n${e}\n`],
    ["a line of another kind", `${h}\n{"t":"x"}\n${e}\n`],
  ])("is nothing with %s", (_, text) => {
    expect(() => parsePage(text)).toThrow(Offline);
  });
});

test("a portal that answers everything with JSON of its own marks nothing as sent", async () => {
  const world = newWorld();
  const browser = new Browser(world);
  const sync = await browser.signIn();
  await world.until(() => sync.status.value.state === "synced");
  browser.network = "no sockets";
  for (const session of world.site.sessions) session.close();
  let pushes = 0;
  browser.fetch = async (url) => {
    if (url.endsWith("/push")) pushes += 1;
    return typed('{"code":0,"last":{"seq":1}}', "application/json");
  };

  await sync.save("incident.report", report("门户"));

  await world.until(() => sync.status.value.state === "offline");
  await world.until(() => pushes > 1);
  expect(sync.outbox.value[0]!.received_at).toBeUndefined();
  expect(sync.status.value).toMatchObject({ state: "offline", count: 1, problem: null });
});
