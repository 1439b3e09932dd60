/** 工作移交 (AB-02..06): what A hands to B, and what comes back. Follows the first paint (more.ts). */
import type { Feature } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

export const feature: Feature = {
  id: "handover",
  effects,
  screens: [
    { path: "/handover", title: () => t("工作移交"), load: () => import("./home") },
    { path: "/handover/new", title: () => t("新建工作移交单"), load: () => import("./write") },
    { path: "/handover/:id", title: () => t("工作移交单"), load: () => import("./home") },
  ],
  tabs: [],
  actions: [{ path: "/handover", label: () => t("工作移交"), icon: "swap", roles: ["STF", "HEAD", "OFF"] }],
  home: () => import("./asks"),
  lists: () => import("./lists"),
};
