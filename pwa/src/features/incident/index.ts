/** 突发事件 (EMG). Screens are loaded when opened; this file is part of the first load. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

/** Everybody of the hall; a mystery shopper holds no hall data and reports nothing here. */
const HALL: readonly Role[] = ["STF", "HEAD", "LEAD", "TOP", "OFF", "INS", "EFF", "CHECK", "DIS", "ADM"];

export const feature: Feature = {
  id: "incident",
  effects,
  screens: [
    { path: "/incident", title: () => t("报告突发事件"), load: () => import("./report"), roles: HALL },
    { path: "/incidents", title: () => t("突发事件"), load: () => import("./list"), roles: HALL },
    { path: "/incidents/:id", title: () => t("突发事件"), load: () => import("./list"), roles: HALL },
  ],
  tabs: [],
  actions: [
    { path: "/incident", label: () => t("报告突发事件"), icon: "urgent", roles: HALL, urgent: true, held: async (sync) => (await import("./now")).reportNow(sync) },
    { path: "/incidents", label: () => t("突发事件"), icon: "warning", roles: HALL },
  ],
  lists: () => import("./lists"),
};
