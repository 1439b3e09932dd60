/** Language on the screen: texts, names, times. */
export { loadCatalogue } from "./catalogue";
export { LOCALES, fromTag, locale, negotiate, savedLocale, tagOf, type Locale } from "./locale";
export { problemText } from "./problem";
export { lookup, names, setLocale, startLocale, t, tc, type Names, type Params } from "./text";
export { clock, clockSeconds, date, dayAndWeekday, dayOf, dayWord, duration, exact, instant, minguo, monthDay, monthName, weekday, when, yearMonth, zone } from "./time";
