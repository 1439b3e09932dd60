/** 检查方案 and provable draws (CHK-01..05): plans of a lead, and for everybody the draws that were revealed. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

const LEADS: readonly Role[] = ["CHECK"];

export const feature: Feature = {
  id: "check",
  effects,
  screens: [
    { path: "/plans", title: () => t("检查方案"), load: () => import("./plans"), roles: LEADS },
    { path: "/plans/new", title: () => t("新建检查方案"), load: () => import("./new-plan"), roles: LEADS },
    { path: "/plans/:id", title: () => t("检查方案"), load: () => import("./plans"), roles: LEADS },
    { path: "/leads", title: () => t("检查牵头人"), load: () => import("./leads"), roles: ["TOP"] },
    { path: "/visitors", title: () => t("检查人员"), load: () => import("./visitors"), roles: LEADS },
    { path: "/visitors/:id", title: () => t("检查人员"), load: () => import("./visitors"), roles: LEADS },
    { path: "/draws", title: () => t("抽取结果核验"), load: () => import("./draws") },
    { path: "/draws/:id", title: () => t("抽取结果核验"), load: () => import("./draws") },
  ],
  tabs: [],
  actions: [
    { path: "/plans", label: () => t("检查方案"), icon: "mission", roles: LEADS },
    { path: "/visitors", label: () => t("检查人员"), icon: "me", roles: LEADS },
    { path: "/leads", label: () => t("检查牵头人"), icon: "mission", roles: ["TOP"] },
    { path: "/draws", label: () => t("抽取结果核验"), icon: "check", roles: ["CHECK", "HEAD", "OFF", "EFF", "LEAD", "TOP"] },
  ],
  lists: () => import("./lists"),
};
