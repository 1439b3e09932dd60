/** Asking the site for registers and indices: online only, nothing is kept on the device. */
import { giveFile } from "../../app/device";
import { gateText } from "../../app/gate";
import { locale } from "../../i18n";
import { browserEnv } from "../../sync/env";
import { ask, askJson } from "../../sync/http";
import type { IndexPage, RegisterDetail, RegisterList, RegisterPage } from "../../sync/types.gen";

export type Query = Readonly<Record<string, string>>;
export type FileKind = "xlsx" | "csv" | "pdf";

/** The address of something of the desk, in the reader's language. */
export function address(site: string, path: string, query: Query = {}): string {
  const asked = new URLSearchParams({ ...query, locale: locale.value });
  return `/s/${site}/${path}?${asked.toString()}`;
}

export const askRegisters = (site: string) =>
  askJson<RegisterList>(browserEnv(), address(site, "registers"), {}, (got) => Array.isArray(got.registers));

export const askPage = (site: string, name: string, query: Query) =>
  askJson<RegisterPage>(browserEnv(), address(site, `register/${name}`, query), {}, (got) => Array.isArray(got.rows));

export const askRow = (site: string, name: string, rid: string, query: Query) =>
  askJson<RegisterDetail>(browserEnv(), address(site, `register/${name}/${encodeURIComponent(rid)}`, query), {}, (got) => Array.isArray(got.related));

export const askIndices = (site: string, query: Query) =>
  askJson<IndexPage>(browserEnv(), address(site, "indices", query), {}, (got) => Array.isArray(got.series));

/** Fetches a file and hands it to the person. Throws `Problem` or `Offline`. */
export async function takeFile(site: string, name: string, kind: FileKind, query: Query): Promise<void> {
  const path = address(site, `register/${name}.${kind}`, query);
  const env = browserEnv();
  const answer = await env.fetch(env.origin + path, {}).catch(() => null);
  // The usual way tells what is wrong, in the usual words.
  if (!answer?.ok) return void (await ask(env, path));
  const content = await answer.blob();
  await giveFile(fileName(answer.headers.get("content-disposition")) ?? `${name}.${kind}`, content, content.type);
}

function fileName(disposition: string | null): string | undefined {
  const named = /filename\*=UTF-8''([^;]+)/.exec(disposition ?? "")?.[1];
  return named && decodeURIComponent(named);
}

/** What went wrong, in words. */
export const wrongText = (error: unknown): string => gateText(error);
