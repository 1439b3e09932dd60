/** 社会监督员 (SUP-01..04): their own place, and who engages and answers them. Follows the first paint (more.ts). */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

const ENGAGERS: readonly Role[] = ["OFF", "EFF", "CHECK", "LEAD", "TOP"];
const READERS: readonly Role[] = ["SUP", "OFF", "EFF"];

export const feature: Feature = {
  id: "supervisor",
  effects,
  screens: [
    { path: "/supervisors", title: () => t("社会监督员"), load: () => import("./supervisors"), roles: ENGAGERS },
    { path: "/supervisors/new", title: () => t("推荐监督员"), load: () => import("./nominate"), roles: ["OFF", "EFF", "CHECK"] },
    { path: "/supervisors/:id", title: () => t("社会监督员"), load: () => import("./supervisors"), roles: ENGAGERS },
    { path: "/reports", title: () => t("监督报告"), load: () => import("./reports"), roles: READERS },
    { path: "/reports/new", title: () => t("写一份报告"), load: () => import("./new-report"), roles: ["SUP"] },
    { path: "/reports/:id", title: () => t("监督报告"), load: () => import("./reports"), roles: READERS },
  ],
  tabs: [{ id: "reports", path: "/reports", label: () => t("报告"), icon: "edit" }],
  actions: [
    { path: "/supervisors", label: () => t("社会监督员"), icon: "check", roles: ENGAGERS },
    { path: "/reports", label: () => t("监督报告"), icon: "bulletin", roles: ["OFF", "EFF"] },
  ],
  lists: () => import("./lists"),
};
