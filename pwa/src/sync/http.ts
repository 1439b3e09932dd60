/**
 * Requests to the site. Anything that is not the site's own answer, in shape and type, counts as having no network: a captive portal
 * that says 200 with a login page has received nothing (promise 3).
 */
import type { Env } from "./env.ts";
import { ERRORS, type ProblemBody, type PullEnd, type PullHead, type Row } from "./types.gen.ts";

/** The site answered, and said no. `id` is a key of ERRORS. */
export class Problem extends Error {
  constructor(
    readonly id: string,
    readonly status: number,
    readonly retry: boolean,
    readonly params: Record<string, string | number> = {},
  ) {
    super(id);
  }
}

/** The site was not reached. */
export class Offline extends Error {}

/** No byte for this long means the link is dead; a slow link that still moves may take its time. */
const STALL_MS = 20_000;

interface Ask {
  method?: "GET" | "POST" | "DELETE";
  body?: unknown;
  /** The server may keep quiet this much longer before it answers (long poll). */
  wait_ms?: number;
  signal?: AbortSignal;
}

/** Asks the site and returns the text of its answer. Throws `Problem` or `Offline`. */
export async function ask(env: Env, path: string, options: Ask = {}): Promise<string> {
  const stalled = new AbortController();
  let cancel = env.after(STALL_MS + (options.wait_ms ?? 0), () => stalled.abort());
  const moved = () => {
    cancel();
    cancel = env.after(STALL_MS, () => stalled.abort());
  };
  const stop = () => stalled.abort();
  options.signal?.addEventListener("abort", stop);
  try {
    const response = await env.fetch(env.origin + path, init(options, stalled.signal));
    const text = await readAll(response, moved);
    if (response.ok && isOurs(response)) return text;
    throw problemOf(response.status, text) ?? new Offline(`status ${response.status}`);
  } catch (error) {
    if (error instanceof Problem || error instanceof Offline) throw error;
    throw new Offline(String(error));
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
  end: PullEnd;
}

/** Reads the lines of a pull. */
export function parsePage(text: string): Page {
  const lines = text.trimEnd().split("\n").map(parse) as (PullHead | Row | PullEnd | undefined)[];
  const [head, end] = [lines[0], lines[lines.length - 1]];
  const rows = lines.slice(1, -1).filter((line): line is Row => line?.t === "r");
  if (head?.t !== "h" || end?.t !== "e" || rows.length !== lines.length - 2) throw new Offline("a page without its head or its end");
  return { head, rows, end };
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

async function readAll(response: Response, moved: () => void): Promise<string> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    moved();
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
}

function isOurs(response: Response): boolean {
  return /^application\/((x-)?nd)?json\b/.test(response.headers.get("Content-Type") ?? "") || response.status === 204;
}

function problemOf(status: number, text: string): Problem | undefined {
  const body = parse(text) as Partial<ProblemBody> | undefined;
  if (status < 400 || typeof body?.type !== "string" || !(body.type in ERRORS)) return undefined;
  return new Problem(body.type, status, body.retry === true, body.params);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
