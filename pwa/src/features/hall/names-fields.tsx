/** A name in four languages, as the hall writes it; never converted (ORG-08). */
import { useState } from "preact/hooks";
import { LOCALES, t, type Locale } from "../../i18n";
import { Button, TextField } from "../../ui";

type Names = Record<string, string>;

/** Only what says something is kept: an empty name falls back to the Simplified one (ORG-08). */
export const said = (names: Names): Names => Object.fromEntries(Object.entries(names).filter(([, text]) => text.trim() !== ""));

export function NamesFields({ label, value, required = false, onChange }: { label: string; value: Names; required?: boolean; onChange: (names: Names) => void }) {
  const [all, setAll] = useState(Object.keys(value).length > 1);
  const words: Record<Locale, string> = { zh_Hans: label, zh_Hant_TW: t("{label}（台湾繁体）", { label }), zh_Hant_HK: t("{label}（香港繁体）", { label }), en: t("{label}（英文）", { label }) };
  const shown = all ? LOCALES : LOCALES.slice(0, 1);
  return (
    <>
      {shown.map(({ id: locale }) => (
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
