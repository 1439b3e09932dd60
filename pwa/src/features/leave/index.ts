/** 请销假 (LV, LVT) and the hall's calendar, hours and parameters (CAL, §16). Screens are loaded when opened. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

const DESK: readonly Role[] = ["OFF", "ADM"];
const STAFF: readonly Role[] = ["STF", "HEAD", "LEAD", "TOP", "OFF", "INS", "EFF", "CHECK", "DIS", "ADM"];

export const feature: Feature = {
  id: "leave",
  effects,
  screens: [
    { path: "/leave", title: () => t("我的请假"), load: () => import("./mine"), roles: STAFF },
    { path: "/leave/new", title: () => t("请假"), load: () => import("./request"), roles: STAFF },
    { path: "/leave/unit", title: () => t("请假日历"), load: () => import("./calendar"), roles: STAFF },
    { path: "/leave/policy", title: () => t("假别与审批"), load: () => import("./policy"), roles: DESK },
    { path: "/leave/policy/:kind", title: () => t("假别与审批"), load: () => import("./policy"), roles: DESK },
    { path: "/leave/policy/:kind/:id", title: () => t("假别与审批"), load: () => import("./policy"), roles: DESK },
    { path: "/leave/:id", title: () => t("请假单"), load: () => import("./one"), roles: STAFF },
    { path: "/approve", title: () => t("审批"), load: () => import("./approve"), roles: STAFF },
    { path: "/calendar", title: () => t("日历与开放时间"), load: () => import("./days"), roles: DESK },
    { path: "/parameters", title: () => t("大厅资料与参数"), load: () => import("./parameters"), roles: DESK },
    { path: "/parameters/:id", title: () => t("大厅资料与参数"), load: () => import("./parameters"), roles: DESK },
  ],
  tabs: [{ id: "approve", path: "/approve", label: () => t("审批"), icon: "approve" }],
  actions: [
    { path: "/leave/new", label: () => t("请假"), icon: "edit", roles: STAFF },
    { path: "/leave", label: () => t("我的请假与销假"), icon: "todo", roles: STAFF },
    { path: "/leave/unit", label: () => t("请假日历"), icon: "clock", roles: STAFF },
    { path: "/approve", label: () => t("请假审批"), icon: "approve", roles: ["LEAD", "TOP", "DIS"] },
    { path: "/calendar", label: () => t("日历与开放时间"), icon: "clock", roles: DESK },
    { path: "/parameters", label: () => t("大厅资料与参数"), icon: "edit", roles: DESK },
    { path: "/leave/policy", label: () => t("假别与审批"), icon: "edit", roles: DESK },
  ],
  home: () => import("./home"),
  lists: () => import("./lists"),
};
