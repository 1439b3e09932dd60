/** What the kinds of units are called. */
import { t } from "../../i18n";

const CATEGORY_WORDS: Record<string, () => string> = {
  department: () => t("区直部门"),
  utility: () => t("公用企业"),
  town: () => t("镇街"),
  "": () => t("未分类"),
};
/** The kinds of units a hall begins with; one of its own is shown as typed. */
export const categoryWord = (category: string): string => CATEGORY_WORDS[category]?.() ?? category;
