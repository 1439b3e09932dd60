/** 本厅规范: phrase book and handbook in everybody's hand, offline; checklists, codes, tags as data the desk edits (§6, PRH, LNG). */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

const EDITORS: readonly Role[] = ["OFF", "EFF", "ADM", "CHECK", "HEAD"];
const READERS: readonly Role[] = ["STF", "HEAD", "INS", "EFF", "OFF", "CHECK", "LEAD", "TOP", "ADM"];

export const feature: Feature = {
  id: "norms",
  effects,
  screens: [
    { path: "/phrases", title: () => t("用语库"), load: () => import("./phrases"), roles: READERS },
    { path: "/handbook", title: () => t("纪律手册"), load: () => import("./handbook"), roles: READERS },
    { path: "/norms", title: () => t("本厅规范"), load: () => import("./editor"), roles: EDITORS },
    { path: "/norms/:kind", title: () => t("本厅规范"), load: () => import("./editor"), roles: EDITORS },
    { path: "/norms/:kind/:id", title: () => t("本厅规范"), load: () => import("./editor"), roles: EDITORS },
  ],
  tabs: [],
  actions: [
    { path: "/phrases", label: () => t("用语库"), icon: "text", roles: READERS },
    { path: "/handbook", label: () => t("纪律手册"), icon: "ledger", roles: READERS },
    { path: "/norms", label: () => t("本厅规范"), icon: "edit", roles: EDITORS },
  ],
  lists: () => import("./lists"),
};
