/**
 * Writes the journal's files. Handles that reach the disk when they say so exist in workers only, and one at a time: a lock over all tabs gives
 * the turns. A whole file is written aside first, so that a cut leaves the old or the new one.
 */
interface Order {
  n: number;
  name: string;
  /** What to write; null takes the file away. */
  text: string | null;
  /** Instead of what is there, not after it. */
  whole: boolean;
}

/** What workers have and pages have not; answers come as promises in Safari before 16.4. */
interface SyncFile {
  createSyncAccessHandle(): Promise<{
    getSize(): number | Promise<number>;
    truncate(size: number): void | Promise<void>;
    write(bytes: Uint8Array, options: { at: number }): number;
    flush(): void | Promise<void>;
    close(): void | Promise<void>;
  }>;
}

const FOLDER = "zg";

onmessage = ({ data }: MessageEvent<Order>) => {
  const done = navigator.locks.request(`zg-journal:${data.name}`, () => carryOut(data));
  done.then(
    () => postMessage({ n: data.n }),
    (error: unknown) => postMessage({ n: data.n, error: String(error) }),
  );
};

async function carryOut({ name, text, whole }: Order): Promise<void> {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
  if (text === null) return forget(folder, name);
  if (!whole) return write(folder, name, text, false);
  await write(folder, `${name}.new`, text, true);
  await write(folder, name, text, true);
  await folder.removeEntry(`${name}.new`);
}

async function write(folder: FileSystemDirectoryHandle, name: string, text: string, whole: boolean): Promise<void> {
  const file = await folder.getFileHandle(name, { create: true });
  const handle = await (file as unknown as SyncFile).createSyncAccessHandle();
  try {
    if (whole) await handle.truncate(0);
    handle.write(new TextEncoder().encode(text), { at: whole ? 0 : await handle.getSize() });
    await handle.flush();
  } finally {
    await handle.close();
  }
}

async function forget(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (const one of [name, `${name}.new`]) await folder.removeEntry(one).catch(() => undefined);
}
