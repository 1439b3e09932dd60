/** 场所设施 (FAC): inspections by checklist, faults reported by anybody, repairs until somebody else has seen them work. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

const INSPECTORS: readonly Role[] = ["INS", "EFF", "OFF"];

export const feature: Feature = {
  id: "facility",
  effects,
  screens: [
    { path: "/facility", title: () => t("场所检查"), load: () => import("./inspections"), roles: INSPECTORS },
    { path: "/facility/:id", title: () => t("场所检查"), load: () => import("./inspections"), roles: INSPECTORS },
    { path: "/facility/new/:list", title: () => t("场所检查"), load: () => import("./inspect"), roles: INSPECTORS },
    { path: "/repairs", title: () => t("报修与维修"), load: () => import("./repairs") },
    { path: "/repairs/new", title: () => t("报修"), load: () => import("./report") },
    { path: "/repairs/:id", title: () => t("报修与维修"), load: () => import("./repairs") },
  ],
  tabs: [],
  actions: [
    { path: "/facility", label: () => t("场所检查"), icon: "check", roles: INSPECTORS },
    { path: "/repairs", label: () => t("报修与维修"), icon: "warning", roles: ["STF", "HEAD", ...INSPECTORS, "LEAD", "TOP"] },
  ],
  lists: () => import("./lists"),
};
