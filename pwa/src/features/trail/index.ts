/** 台账调整 (EVD-10): what late records would change in months already closed. Follows the first paint (more.ts). */
import type { Feature } from "../../app/feature";
import { t } from "../../i18n";

export const feature: Feature = {
  id: "trail",
  effects: {},
  screens: [
    { path: "/adjustments", title: () => t("结算后调整"), load: () => import("./adjustments"), roles: ["OFF", "HEAD"] },
    { path: "/unanswered", title: () => t("逾期未说明"), load: () => import("./unanswered"), roles: ["OFF", "HEAD"] },
  ],
  tabs: [],
  actions: [
    { path: "/adjustments", label: () => t("结算后调整"), icon: "ledger", roles: ["OFF", "HEAD"] },
    { path: "/unanswered", label: () => t("逾期未说明"), icon: "clock", roles: ["OFF", "HEAD"] },
  ],
  lists: () => import("./lists"),
};
