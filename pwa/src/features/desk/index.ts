/** 台账与指标: the hall's registers and indices for the desk. They need the network and say so; nothing of them stays on the device. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";

const READERS: readonly Role[] = ["OFF", "EFF", "INS", "HEAD", "LEAD", "TOP", "DIS"];
const INDEX_READERS: readonly Role[] = ["OFF", "EFF", "HEAD", "LEAD", "TOP"];

export const feature: Feature = {
  id: "desk",
  effects: {},
  screens: [
    { path: "/registers", title: () => t("台账"), load: () => import("./registers"), roles: READERS },
    { path: "/registers/:name", title: () => t("台账"), load: () => import("./registers"), roles: READERS },
    { path: "/indices", title: () => t("指标"), load: () => import("./indices"), roles: INDEX_READERS },
  ],
  tabs: [{ id: "ledger", path: "/registers", label: () => t("台账"), icon: "ledger" }],
  actions: [
    { path: "/overview", label: () => t("总览"), icon: "overview", roles: ["HEAD"] },
    { path: "/registers", label: () => t("台账"), icon: "ledger", roles: READERS },
    { path: "/indices", label: () => t("指标"), icon: "overview", roles: INDEX_READERS },
  ],
};
