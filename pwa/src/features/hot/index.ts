/** 热点难点 (EMG-06): what was frequent in a period, and the orders to sections that follow from it; 应急预案 to be ready (EMG-09). */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

/** Those who give orders, and the heads who answer them. */
const READERS: readonly Role[] = ["OFF", "EFF", "LEAD", "TOP", "HEAD"];
/** Everybody of the hall: who is there first needs the plan. */
const HALL: readonly Role[] = ["STF", "INS", "CHECK", "DIS", "ADM", ...READERS];

export const feature: Feature = {
  id: "hot",
  effects,
  screens: [
    { path: "/hot", title: () => t("热点难点"), load: () => import("./hot"), roles: READERS },
    { path: "/hot/:id", title: () => t("热点难点"), load: () => import("./hot"), roles: READERS },
    { path: "/incident-plans", title: () => t("应急预案"), load: () => import("./plans"), roles: HALL },
  ],
  tabs: [],
  actions: [
    { path: "/hot", label: () => t("热点难点"), icon: "flag", roles: READERS },
    { path: "/incident-plans", label: () => t("应急预案"), icon: "ledger", roles: HALL },
  ],
  lists: () => import("./lists"),
};
