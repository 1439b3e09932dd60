/** 公示屏内容 (DSP-01): what the office says on the lobby board beside the windows. Follows the first paint (more.ts). */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

const EDITORS: readonly Role[] = ["OFF", "ADM"];

export const feature: Feature = {
  id: "board",
  effects,
  screens: [
    { path: "/board", title: () => t("公示屏内容"), load: () => import("./board"), roles: EDITORS },
    { path: "/board/:id", title: () => t("公示屏内容"), load: () => import("./board"), roles: EDITORS },
  ],
  tabs: [],
  actions: [{ path: "/board", label: () => t("公示屏内容"), icon: "screen", roles: EDITORS }],
  lists: () => import("./lists"),
};
