/** What follows a visit, loaded after the first paint: applications followed, sheets joined, results told and answered. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./later-effect";

const LEADS: readonly Role[] = ["CHECK"];
const VISITORS: readonly Role[] = ["TEAM", "SUP"];

export const feature: Feature = {
  id: "visit-later",
  effects,
  screens: [
    { path: "/cases", title: () => t("办件跟踪"), load: () => import("./cases"), roles: LEADS },
    { path: "/cases/:id", title: () => t("办件跟踪"), load: () => import("./cases"), roles: LEADS },
    // A visitor's titles say nothing: they stand on the screen beside a counter.
    { path: "/cases", title: () => t("备忘"), load: () => import("./cases"), roles: VISITORS },
    { path: "/cases/:id", title: () => t("备忘"), load: () => import("./cases"), roles: VISITORS },
    { path: "/visit-own", title: () => t("检查结果"), load: () => import("./own") },
    { path: "/visit-own/:id", title: () => t("检查结果"), load: () => import("./own") },
  ],
  tabs: [],
  actions: [{ path: "/cases", label: () => t("办件跟踪"), icon: "todo", roles: LEADS }],
  lists: () => import("./later-lists"),
};
