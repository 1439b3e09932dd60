/** 暗访检查: missions and the recorder for visitors, review for the lead, published results for the unit. */
import type { Feature } from "../../app/feature";
import { t, tc } from "../../i18n";
import { effects } from "./effect";

export const feature: Feature = {
  id: "visit",
  effects,
  screens: [
    { path: "/missions", title: () => tc("多", "任务"), load: () => import("./missions"), roles: ["TEAM", "SUP"] },
    // The title says nothing: it stands on the screen beside a counter.
    { path: "/missions/:mission", title: () => t("备忘"), load: () => import("./recorder"), roles: ["TEAM", "SUP"] },
    { path: "/visits", title: () => t("暗访检查"), load: () => import("./review"), roles: ["CHECK"] },
    { path: "/visits/:visit", title: () => t("暗访记录"), load: () => import("./review"), roles: ["CHECK"] },
    { path: "/visit-results", title: () => t("检查结果"), load: () => import("./results"), roles: ["HEAD", "OFF", "LEAD", "DIS"] },
    { path: "/visit-results/:visit", title: () => t("检查结果"), load: () => import("./results"), roles: ["HEAD", "OFF", "LEAD", "DIS"] },
  ],
  tabs: [
    { id: "missions", path: "/missions", label: () => tc("多", "任务"), icon: "mission" },
    { id: "check", path: "/visits", label: () => t("检查"), icon: "check" },
    { id: "bulletin", path: "/visit-results", label: () => t("检查结果"), icon: "bulletin" },
  ],
  actions: [
    { path: "/visit-results", label: () => t("检查结果"), icon: "bulletin", roles: ["HEAD", "OFF", "DIS"] },
  ],
  lists: () => import("./lists"),
};
