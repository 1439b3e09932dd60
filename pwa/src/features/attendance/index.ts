/** 考勤 (ATT): one tap to sign in and out, the month, and what HEAD and the office decide. Follows the first paint (more.ts). */
import type { Feature } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

export const feature: Feature = {
  id: "attendance",
  effects,
  screens: [
    { path: "/attendance", title: () => t("我的考勤"), load: () => import("./month") },
    { path: "/attendance/x/:id", title: () => t("考勤异常"), load: () => import("./month") },
    { path: "/attendance/list", title: () => t("手工签到表"), load: () => import("./hand-list") },
    { path: "/attendance/unit", title: () => t("本单位考勤"), load: () => import("./unit"), roles: ["HEAD", "OFF"] },
    { path: "/attendance/grid", title: () => t("考勤月表"), load: () => import("./grid"), roles: ["OFF"] },
  ],
  tabs: [],
  actions: [
    { path: "/attendance", label: () => t("我的考勤"), icon: "clock", roles: ["STF", "HEAD", "OFF", "INS", "EFF"] },
    { path: "/attendance/unit", label: () => t("本单位考勤"), icon: "approve", roles: ["HEAD"] },
    { path: "/attendance/grid", label: () => t("考勤月表"), icon: "ledger", roles: ["OFF"] },
  ],
  home: () => import("./punch"),
  lists: () => import("./lists"),
};
