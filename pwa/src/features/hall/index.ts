/** 大厅: which devices are out and what they still hold, records that wait for a decision, rescue files. Screens are loaded when opened. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";

const DEVICES: readonly Role[] = ["ADM", "OFF", "CHECK"];
const HELD: readonly Role[] = ["ADM", "OFF", "CHECK"];
const RESCUE: readonly Role[] = ["ADM"];

export const feature: Feature = {
  id: "hall",
  effects: {
    "held.accept": ({ rid }) => [{ kind: "op.held", rid, body: null }],
    "held.reject": ({ rid }) => [{ kind: "op.held", rid, body: null }],
  },
  screens: [
    { path: "/devices", title: () => t("设备"), load: () => import("./devices"), roles: DEVICES },
    { path: "/devices/:id", title: () => t("设备"), load: () => import("./devices"), roles: DEVICES },
    { path: "/held", title: () => t("待定记录"), load: () => import("./held"), roles: HELD },
    { path: "/held/:id", title: () => t("待定记录"), load: () => import("./held"), roles: HELD },
    { path: "/rescue", title: () => t("导入救援文件"), load: () => import("./rescued"), roles: RESCUE },
  ],
  tabs: [],
  actions: [
    { path: "/devices", label: () => t("设备"), icon: "screen", roles: DEVICES },
    { path: "/held", label: () => t("待定记录"), icon: "approve", roles: HELD },
    { path: "/rescue", label: () => t("导入救援文件"), icon: "download", roles: RESCUE },
  ],
  lists: () => import("./lists"),
};
