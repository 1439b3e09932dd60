/** 排班与组织 (ORG): today's roster and the swap of A and B for everybody, the week for the office and heads, the organisation and its import. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

const HALL: readonly Role[] = ["STF", "HEAD", "LEAD", "TOP", "OFF", "INS", "EFF", "ADM", "CHECK"];
const WRITERS: readonly Role[] = ["OFF", "ADM", "HEAD"];
const KEEPERS: readonly Role[] = ["OFF", "ADM"];

export const feature: Feature = {
  id: "roster",
  effects,
  screens: [
    { path: "/roster", title: () => t("今日岗位"), load: () => import("./today"), roles: HALL },
    { path: "/roster/week", title: () => t("排班"), load: () => import("./week"), roles: WRITERS },
    { path: "/organisation", title: () => t("组织"), load: () => import("./organisation"), roles: KEEPERS },
    { path: "/organisation/import", title: () => t("导入与导出"), load: () => import("./import"), roles: KEEPERS },
    { path: "/organisation/:kind", title: () => t("组织"), load: () => import("./organisation"), roles: KEEPERS },
    { path: "/organisation/:kind/:id", title: () => t("组织"), load: () => import("./organisation"), roles: KEEPERS },
  ],
  tabs: [],
  actions: [
    { path: "/roster", label: () => t("今日岗位"), icon: "swap", roles: HALL },
    { path: "/roster/week", label: () => t("排班"), icon: "ledger", roles: WRITERS },
    { path: "/organisation", label: () => t("组织"), icon: "post", roles: KEEPERS },
  ],
  lists: () => import("./lists"),
};
