/** Parts the forms of the norms share: saving on the version that was read, long texts per locale, the foot of a form. */
import { useState } from "preact/hooks";
import { showReceipt } from "../../app/feature";
import { t } from "../../i18n";
import type { OpName, Sync } from "../../sync/api";
import type { OpArgs } from "../../sync/types.gen";
import { Button, Buttons, Confirm, TextArea, toast } from "../../ui";

type Names = Record<string, string>;
const LOCALES = ["zh_Hans", "zh_Hant_TW", "zh_Hant_HK", "en"] as const;

/** Saves a command on the version that was read, and shows the receipt. */
export async function saveOn<K extends OpName>(sync: Sync, kind: K, rid: string, args: OpArgs[K], ver: number | undefined): Promise<void> {
  try {
    showReceipt(await sync.save(kind, args, { rid, ...(ver ? { guard: { [rid]: ver } } : {}) }));
  } catch {
    toast(t("没有存下来，请再按一次。"));
  }
}

interface LongNamesProps {
  label: string;
  value: Names;
  required?: boolean;
  rows?: number;
  max: number;
  onChange: (value: Names) => void;
}

/** A longer text in four languages, as the hall writes it; never converted. */
export function LongNames({ label, value, required = false, rows = 2, max, onChange }: LongNamesProps) {
  const [all, setAll] = useState(Object.keys(value).length > 1);
  const words: Record<(typeof LOCALES)[number], string> = { zh_Hans: label, zh_Hant_TW: t("{label}（台湾繁体）", { label }), zh_Hant_HK: t("{label}（香港繁体）", { label }), en: t("{label}（英文）", { label }) };
  return (
    <>
      {(all ? LOCALES : LOCALES.slice(0, 1)).map((locale) => (
        <TextArea key={locale} label={words[locale]} required={required && locale === "zh_Hans"} rows={rows} max={max} value={value[locale] ?? ""} onChange={(text) => onChange({ ...value, [locale]: text })} />
      ))}
      {!all && (
        <Button tone="quiet" onPress={() => setAll(true)}>
          {t("填写其他语言")}
        </Button>
      )}
    </>
  );
}

interface FootProps {
  /** What is missing, in words; "" when it can be saved. */
  missing: string;
  verb?: string;
  onSave: () => Promise<void>;
  end?: { label: string; question: string; onEnd: () => Promise<void> };
}

export function Foot({ missing, verb = t("保存"), onSave, end }: FootProps) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const press = async () => {
    setBusy(true);
    await onSave();
    setBusy(false);
  };
  return (
    <>
      <p class="muted">{missing || t("以服务器答复为准；断网时先存本机。")}</p>
      <Buttons>
        <Button tone="main" disabled={missing !== "" || busy} onPress={() => void press()}>
          {verb}
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
              void end.onEnd();
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
