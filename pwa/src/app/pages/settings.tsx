/** 设置: language, text size, colours, and what this is. */
import { LOCALES, date, locale, minguo, setLocale, t } from "../../i18n";
import { SOFTWARE } from "../../sync/types.gen";
import { Check, Chips, Facts, Card, Section } from "../../ui";
import { size, theme, type Size, type Theme } from "../look";
import type { ScreenProps } from "../feature";

export default function Settings({ sync }: ScreenProps) {
  const sizes: { value: Size; label: string }[] = [
    { value: "standard", label: t("标准") },
    { value: "large", label: t("大字") },
    { value: "elder", label: t("长辈版") },
  ];
  const themes: { value: Theme; label: string }[] = [
    { value: "auto", label: t("跟随系统") },
    { value: "light", label: t("浅色") },
    { value: "dark", label: t("深色") },
  ];
  return (
    <>
      <Chips label={t("语言")} options={LOCALES.map((one) => ({ value: one.id, label: one.own }))} value={locale.value} onChange={(id) => void setLocale(id)} />
      {locale.value === "zh_Hant_TW" && (
        <Check label={t("用民国纪年")} hint={t("例：{date}", { date: date(sync.now()) })} value={minguo.value} onChange={(on) => (minguo.value = on)} />
      )}
      <Chips label={t("字号")} options={sizes} value={size.value} onChange={(value) => (size.value = value)} />
      <Chips label={t("颜色")} options={themes} value={theme.value} onChange={(value) => (theme.value = value)} />
      <Section title={t("关于")}>
        <Card>
          <p>{t("在岗：政务服务大厅的纪律与公示，断网也能记录，联网后逐条送达。")}</p>
          <Facts facts={[[t("版本"), <span class="num">{SOFTWARE}</span>]]} />
        </Card>
      </Section>
    </>
  );
}
