/** 通报 (PTL-10, CHK-10, DOC-13, DOC-15): drafts from confirmed facts, the editor of the desk, what was issued. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

const EDITORS: readonly Role[] = ["OFF", "EFF", "CHECK"];
const HALL: readonly Role[] = ["STF", "HEAD", "INS", "LEAD", "TOP", "DIS", "ADM", ...EDITORS];

export const feature: Feature = {
  id: "bulletin",
  effects,
  screens: [
    { path: "/bulletins", title: () => t("巡查与检查通报"), load: () => import("./bulletins"), roles: HALL },
    { path: "/bulletins/:id", title: () => t("巡查与检查通报"), load: () => import("./bulletins"), roles: HALL },
    { path: "/bulletins/:id/edit", title: () => t("编辑通报"), load: () => import("./editor"), roles: EDITORS },
  ],
  tabs: [],
  actions: [{ path: "/bulletins", label: () => t("巡查与检查通报"), icon: "bulletin", roles: HALL }],
  lists: () => import("./lists"),
};
