/** What the wall adds to the people's client: the screen that confirms a wall screen's code, and the one that takes its time mark. */
import type { Feature } from "../app/feature";
import { t } from "../i18n";

export const feature: Feature = {
  id: "display",
  effects: {},
  screens: [
    { path: "/pair", title: () => t("配对大屏"), load: () => import("./confirm"), roles: ["ADM", "OFF"] },
    { path: "/time-code", title: () => t("扫大屏时间码"), load: () => import("./scan") },
  ],
  tabs: [],
  actions: [
    { path: "/pair", label: () => t("配对大屏"), icon: "screen", roles: ["ADM", "OFF"] },
    { path: "/time-code", label: () => t("扫大屏时间码"), icon: "clock" },
  ],
};
