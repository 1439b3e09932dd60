/**
 * Requests to the site. Anything that is not the site's own answer, in shape and type, counts as having no network: a captive portal
 * that says 200 with a login page has received nothing (promise 3).
 */
import type { Env } from "./env.ts";
import { Offline, Problem } from "./problem.ts";
import { ERRORS } from "./texts.gen.ts";
import type { Leaf, ProblemBody, PullEnd, PullHead, Row } from "./types.gen.ts";

/** No byte for this long means the link is dead; a slow link that still moves may take its time. */
const STALL_MS = 20_000;

interface Ask {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  /** The server may keep quiet this much longer before it answers (long poll). */
  wait_ms?: number;
  signal?: AbortSignal;
  /** The site has begun to answer, whatever becomes of the body. */
  begun?: () => void;
}

/** Asks the site and returns the text of its answer. Throws `Problem` or `Offline`. */
export async function ask(env: Env, path: string, options: Ask = {}): Promise<string> {
  let text = "";
  await askParts(env, path, options, (part) => void (text += part));
  return text;
}

/** Asks the site and hands over the text of its answer part by part, as it comes. Throws `Problem`, `Offline` or what `take` throws. */
export async function askParts(env: Env, path: string, options: Ask, take: (part: string) => Promise<void> | void): Promise<void> {
  const stalled = new AbortController();
  let cancel = env.after(STALL_MS + (options.wait_ms ?? 0), () => stalled.abort());
  const moved = () => {
    cancel();
    cancel = env.after(STALL_MS, () => stalled.abort());
  };
  const stop = () => stalled.abort();
  options.signal?.addEventListener("abort", stop);
  if (options.signal?.aborted) stop();
  try {
    const response = await env.fetch(env.origin + path, init(options, stalled.signal)).catch(offline);
    const good = response.ok && isOurs(response);
    let said = "";
    if (good) options.begun?.();
    await read(response, moved, good ? take : (part) => void (said += part));
    if (!good) throw problemOf(response.status, said) ?? new Offline(`status ${response.status}`);
  } finally {
    cancel();
    options.signal?.removeEventListener("abort", stop);
  }
}

/** Asks the site for JSON that passes `check`. */
export async function askJson<T>(env: Env, path: string, options: Ask, check: (value: Partial<T>) => boolean): Promise<T> {
  const value = parse(await ask(env, path, options)) as Partial<T> | undefined;
  if (!value || typeof value !== "object" || !check(value)) throw new Offline("not the site's answer");
  return value as T;
}

/** One whole page of a pull; a stream cut before its end line is no page. */
export interface Page {
  head: PullHead;
  rows: Row[];
  /** In the answer to a repair: leaves that are here whole. */
  leaves: Leaf[];
  end: PullEnd;
}

/** Reads the lines of a pull. */
export function parsePage(text: string): Page {
  const lines = text.trimEnd().split("\n").map(parse) as (PullHead | Row | Leaf | PullEnd | undefined)[];
  const [head, end] = [lines[0], lines[lines.length - 1]];
  const rows = lines.filter((line): line is Row => line?.t === "r");
  const leaves = lines.filter((line): line is Leaf => line?.t === "l");
  if (head?.t !== "h" || end?.t !== "e" || rows.length + leaves.length !== lines.length - 2) throw new Offline("a page without its head or its end");
  return { head, rows, leaves, end };
}

function offline(error: unknown): never {
  throw new Offline(String(error));
}

function init(options: Ask, signal: AbortSignal): RequestInit {
  const sends = options.body !== undefined;
  return {
    method: options.method ?? (sends ? "POST" : "GET"),
    ...(sends ? { body: JSON.stringify(options.body), headers: { "Content-Type": "application/json" } } : {}),
    cache: "no-store",
    credentials: "same-origin",
    redirect: "error",
    signal,
  };
}

async function read(response: Response, moved: () => void, take: (part: string) => Promise<void> | void): Promise<void> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  const next = () => reader?.read().catch(offline);
  for (let part = await next(); part && !part.done; part = await next()) {
    moved();
    await take(decoder.decode(part.value, { stream: true }));
  }
  await take(decoder.decode());
}

function isOurs(response: Response): boolean {
  return /^application\/((x-)?nd)?json\b/.test(response.headers.get("Content-Type") ?? "") || response.status === 204;
}

function problemOf(status: number, text: string): Problem | undefined {
  const body = parse(text) as Partial<ProblemBody> | undefined;
  if (status < 400 || typeof body?.type !== "string" || !(body.type in ERRORS)) return undefined;
  return new Problem(body.type, status, body.retry === true, body.params);
}

/** JSON, or undefined when it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
