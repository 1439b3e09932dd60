/** What the wall adds to the people's client: the screen on which an administrator or the office confirms a wall screen's code. */
import type { Feature } from "../app/feature";
import { t } from "../i18n";

export const feature: Feature = {
  id: "display",
  effects: {},
  screens: [{ path: "/pair", title: () => t("配对大屏"), load: () => import("./confirm"), roles: ["ADM", "OFF"] }],
  tabs: [],
  actions: [{ path: "/pair", label: () => t("配对大屏"), icon: "screen", roles: ["ADM", "OFF"] }],
};
