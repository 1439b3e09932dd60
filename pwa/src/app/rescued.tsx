/** Handing the rescue file to a person: the records alone, or with the photos and sounds that are still here only. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import type { Sync } from "../sync/api";
import { browserEnv } from "../sync/env";
import { Button, toast } from "../ui";
import { giveFile } from "./device";
import { sizeWord } from "./words";

/** What a photo takes more in the file than here. */
const GROWS = 1.4;

/** Everything unsent as one file; false, with a word to the person, when it could not be made. */
async function giveUnsent(sync: Sync, files: boolean): Promise<boolean> {
  try {
    const made = await sync.exportUnsent(files);
    await giveFile(made.name, made.file);
    if (made.gone) toast(t("有 {n} 件照片、录音已不在本机，没有导出。", { n: made.gone }));
    return true;
  } catch {
    toast(t("没有导出。请联网登录一次后再试。"));
    return false;
  }
}

/** Buttons for it; with photos the size is said before, and when there is no room for that, only the records can be had. */
export function GiveUnsent({ sync, word, given }: { sync: Sync; word: string; given?: () => void }) {
  const waiting = sync.waiting.value;
  const bytes = useSignal(0);
  const fits = useSignal(true);
  const busy = useSignal(false);
  useEffect(() => {
    void measure();
    async function measure() {
      const sizes = waiting ? (await (await sync.files()).unsent()).map(({ size }) => size) : [];
      bytes.value = Math.round(GROWS * sizes.reduce((sum, size) => sum + size, 0));
      const { free } = await browserEnv().room();
      fits.value = free < 0 || free > bytes.value;
    }
  }, [sync, waiting]);
  const give = async (files: boolean) => {
    busy.value = true;
    if (await giveUnsent(sync, files)) given?.();
    busy.value = false;
  };
  const size = sizeWord(bytes.value);
  return (
    <>
      <Button icon="download" disabled={busy.value} onPress={() => void give(false)}>
        {word}
      </Button>
      {waiting > 0 && bytes.value > 0 && (
        <Button icon="download" disabled={busy.value || !fits.value} onPress={() => void give(true)}>
          {fits.value ? t("连同 {n} 件照片、录音导出（约 {size}）", { n: waiting, size }) : t("存储空间不够放下照片、录音（约 {size}）", { size })}
        </Button>
      )}
    </>
  );
}
