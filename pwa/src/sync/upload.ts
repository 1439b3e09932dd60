/** One upload by tus 1.0, with the kept client. A chunk of its own outside the service worker's list: it is of no use without a network. */
import { DetailedError, Upload, type PreviousUpload, type UrlStorage } from "tus-js-client";
import type { Job } from "./carry.ts";
import { sign } from "./keys.ts";
import type { Env } from "./env.ts";
import { parse } from "./http.ts";
import { Offline, Problem } from "./problem.ts";
import type { Begun, BlobStore } from "./blobs.ts";
import type { Device } from "./store.ts";
import { ERRORS } from "./texts.gen.ts";
import type { ProblemBody } from "./types.gen.ts";

/** What a device that was ended signs with every request about one file (PROTOCOL.md §7). */
export function uploadBytes(site: string, dev: string, sha256: string): string {
  return `zg-upload\n${site}\n${dev}\n${sha256}`;
}

/** Who sends: the device of whoever is signed in; one that was ended proves itself. */
export async function headersOf({ site, dev, key }: Device & { site: string }, { file, ended }: Pick<Job, "file" | "ended">): Promise<Record<string, string>> {
  const signature = ended && (await sign(key, uploadBytes(site, dev, file.sha256)));
  return { "Zaigang-Device": dev, ...(signature && { "Zaigang-Signature": signature }) };
}

/** Sends a part of a file, from where it last stopped. Throws `Problem` or `Offline`. */
export async function send(env: Env, blobs: BlobStore, who: Device & { site: string }, job: Job): Promise<void> {
  const { file, part, bytes, piece, signal, progress } = job;
  const headers = await headersOf(who, job);
  return new Promise<void>((done, fail) => {
    const upload = new Upload(new Blob([bytes]), {
      endpoint: `${env.origin}/s/${who.site}/blobs`,
      headers,
      metadata: { sha256: file.sha256, mime: part === "thumb" ? "image/jpeg" : file.mime, op: file.ops[0] ?? "", part },
      chunkSize: piece,
      uploadDataDuringCreation: true,
      retryDelays: null,
      urlStorage: new Urls(blobs),
      fingerprint: () => Promise.resolve(`${file.sha256}:${part}`),
      removeFingerprintOnSuccess: true,
      onProgress: progress,
      onSuccess: () => done(),
      onError: (error) => fail(problemOf(error)),
    });
    signal.addEventListener("abort", () => {
      void upload.abort();
      fail(new Offline("hidden"));
    });
    const begin = async () => {
      const [before] = await upload.findPreviousUploads();
      if (before) upload.resumeFromPreviousUpload(before);
      if (!signal.aborted) upload.start();
    };
    begin().catch(fail);
  });
}

/** What the site said, or that it was not reached. */
function problemOf(error: Error | DetailedError): Error {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  const body = response && (parse(response.getBody()) as Partial<ProblemBody> | undefined);
  if (!response || typeof body?.type !== "string" || !(body.type in ERRORS)) return new Offline(error.message);
  return new Problem(body.type, response.getStatus(), body.retry === true, body.params);
}

/** Where tus-js-client remembers uploads: its own choice, localStorage, is missing in workers and shared by all accounts. */
class Urls implements UrlStorage {
  constructor(private readonly blobs: BlobStore) {}

  async findAllUploads(): Promise<PreviousUpload[]> {
    return (await this.blobs.begun()).map(([urlStorageKey, upload]) => ({ ...(upload as unknown as PreviousUpload), urlStorageKey }));
  }

  async findUploadsByFingerprint(fingerprint: string): Promise<PreviousUpload[]> {
    return (await this.findAllUploads()).filter(({ urlStorageKey }) => urlStorageKey === fingerprint);
  }

  removeUpload(key: string): Promise<void> {
    return this.blobs.end(key);
  }

  async addUpload(fingerprint: string, upload: PreviousUpload): Promise<string> {
    await this.blobs.begin(fingerprint, upload as unknown as Begun);
    return fingerprint;
  }
}
