/** 巡查组织 (PTL-05, PTL-07, PTL-09, PTL-11): the round monitor, drawn irregular rounds, camera findings, ties, zone codes. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

const PATROL: readonly Role[] = ["INS", "EFF"];
const OFFICE: readonly Role[] = ["OFF", "ADM"];
/** Who may record what cameras show is a rule of the hall; the screen says so to others. */
const VIDEO: readonly Role[] = ["INS", "EFF", "OFF"];

export const feature: Feature = {
  id: "rounds",
  effects,
  screens: [
    { path: "/rounds", title: () => t("巡查进度"), load: () => import("./monitor"), roles: [...PATROL, "OFF"] },
    { path: "/irregular", title: () => t("不定时巡查计划"), load: () => import("./irregular"), roles: ["EFF"] },
    { path: "/irregular/new", title: () => t("新建不定时巡查计划"), load: () => import("./new-irregular"), roles: ["EFF"] },
    { path: "/irregular/:id", title: () => t("不定时巡查计划"), load: () => import("./irregular"), roles: ["EFF"] },
    { path: "/video", title: () => t("视频巡查"), load: () => import("./video"), roles: VIDEO },
    { path: "/ties", title: () => t("回避登记"), load: () => import("./ties"), roles: [...PATROL, "TEAM", "CHECK", "SUP"] },
    { path: "/zone-codes", title: () => t("分区巡查码"), load: () => import("./codes"), roles: OFFICE },
  ],
  tabs: [],
  actions: [
    { path: "/rounds", label: () => t("巡查进度"), icon: "patrol", roles: [...PATROL, "OFF"] },
    { path: "/irregular", label: () => t("不定时巡查计划"), icon: "lock", roles: ["EFF"] },
    { path: "/video", label: () => t("视频巡查"), icon: "camera", roles: ["EFF", "OFF"] },
    { path: "/ties", label: () => t("回避登记"), icon: "swap", roles: [...PATROL, "TEAM", "CHECK", "SUP"] },
    { path: "/zone-codes", label: () => t("分区巡查码"), icon: "screen", roles: OFFICE },
  ],
  lists: () => import("./lists"),
};
