/** A longer text in the languages of the hall. */
import { useState } from "preact/hooks";
import { LOCALES, t, type Locale } from "../../i18n";
import { Button, TextArea } from "../../ui";

type Names = Record<string, string>;

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
  const words: Record<Locale, string> = { zh_Hans: label, zh_Hant_TW: t("{label}（台湾繁体）", { label }), zh_Hant_HK: t("{label}（香港繁体）", { label }), en: t("{label}（英文）", { label }) };
  return (
    <>
      {(all ? LOCALES : LOCALES.slice(0, 1)).map(({ id: locale }) => (
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
