/** 巡查 (PTL) and its findings (CON, EVD). Screens are loaded when opened; this file is part of the first load. */
import type { Feature } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

export const feature: Feature = {
  id: "patrol",
  effects,
  screens: [
    { path: "/patrol", title: () => t("巡查"), load: () => import("./patrol"), roles: ["INS", "EFF"] },
    { path: "/zone", title: () => t("分区到场凭据"), load: () => import("./zone-screen"), roles: ["INS", "EFF"] },
    { path: "/findings", title: () => t("发现"), load: () => import("./found"), roles: ["INS", "EFF", "OFF"] },
    { path: "/findings/:id", title: () => t("发现"), load: () => import("./found"), roles: ["INS", "EFF", "OFF"] },
    { path: "/records", title: () => t("巡查核对结果"), load: () => import("./records") },
    { path: "/records/:id", title: () => t("巡查核对结果"), load: () => import("./records") },
  ],
  tabs: [
    { id: "patrol", path: "/patrol", label: () => t("巡查"), icon: "patrol" },
    { id: "findings", path: "/findings", label: () => t("发现"), icon: "flag" },
    { id: "problems", path: "/records", label: () => t("问题"), icon: "flag" },
  ],
  actions: [
    { path: "/patrol", label: () => t("巡查"), icon: "patrol", roles: ["EFF"] },
    { path: "/findings", label: () => t("发现"), icon: "flag", roles: ["EFF", "OFF"] },
    { path: "/records", label: () => t("巡查核对结果"), icon: "flag", roles: ["STF", "DIS"] },
  ],
  lists: () => import("./lists"),
};
