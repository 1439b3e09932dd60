/** Parts the forms of the organisation share: names in four languages, saving with the version decided on, ending. */
import { useState } from "preact/hooks";
import { showReceipt, useSync } from "../../app/feature";
import { t } from "../../i18n";
import type { LocalReceipt, OpName } from "../../sync/api";
import type { OpArgs } from "../../sync/types.gen";
import { Button, Buttons, Confirm, TextField, toast } from "../../ui";

type Names = Record<string, string>;
const LOCALES = ["zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"] as const;

/** Only what says something is kept: an empty name falls back to the Simplified one (ORG-08). */
export const said = (names: Names): Names => Object.fromEntries(Object.entries(names).filter(([, text]) => text.trim() !== ""));

export function NamesFields({ label, value, required = false, onChange }: { label: string; value: Names; required?: boolean; onChange: (names: Names) => void }) {
  const [all, setAll] = useState(Object.keys(value).length > 1);
  const words: Record<(typeof LOCALES)[number], string> = { zh_Hans: label, zh_Hant_TW: t("{label}（台湾繁体）", { label }), zh_Hant_HK: t("{label}（香港繁体）", { label }), en: t("{label}（英文）", { label }) };
  const shown = all ? LOCALES : LOCALES.slice(0, 1);
  return (
    <>
      {shown.map((locale) => (
        <TextField key={locale} label={words[locale]} required={required && locale === "zh_Hans"} max={120} value={value[locale] ?? ""} onChange={(text) => onChange({ ...value, [locale]: text })} />
      ))}
      {!all && (
        <Button tone="quiet" onPress={() => setAll(true)}>
          {t("填写其他语言")}
        </Button>
      )}
    </>
  );
}

/** Saves a command on the version that was read, and shows the receipt. */
export function useSave<K extends OpName>(kind: K, id: string | null, ver: number | undefined): (rid: string, args: OpArgs[K]) => Promise<void> {
  const sync = useSync();
  return async (rid, args) => {
    try {
      const receipt: LocalReceipt = await sync.save(kind, args, { rid, ...(id !== null && ver ? { guard: { [id]: ver } } : {}) });
      showReceipt(receipt);
    } catch {
      toast(t("没有存下来，请再按一次。"));
    }
  };
}

interface FootProps {
  /** What is missing, in words; null when it can be saved. */
  missing: string | null;
  onSave: () => void;
  onCancel: () => void;
  end?: { label: string; question: string; onEnd: () => void };
}

export function Foot({ missing, onSave, onCancel, end }: FootProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      {missing && <p class="muted">{missing}</p>}
      <Buttons>
        <Button onPress={onCancel}>{t("取消")}</Button>
        <Button tone="main" disabled={missing !== null} onPress={onSave}>
          {t("保存")}
        </Button>
      </Buttons>
      {end && (
        <>
          <Button tone="danger" onPress={() => setAsking(true)}>
            {end.label}
          </Button>
          <Confirm
            open={asking}
            title={end.label}
            confirm={end.label}
            tone="danger"
            onConfirm={() => {
              setAsking(false);
              end.onEnd();
            }}
            onClose={() => setAsking(false)}
          >
            <p>{end.question}</p>
          </Confirm>
        </>
      )}
    </>
  );
}
