/** 离岗告示 and 顶岗 (AWY, AB). Screens are loaded when opened; this file is part of the first load. */
import type { Feature } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

export const feature: Feature = {
  id: "presence",
  effects,
  screens: [
    { path: "/post", title: () => t("在岗"), load: () => import("./home") },
    { path: "/overview", title: () => t("总览"), load: () => import("./overview"), roles: ["OFF", "LEAD", "TOP", "EFF", "HEAD", "DIS"] },
  ],
  tabs: [
    { id: "post", path: "/post", label: () => t("在岗"), icon: "post" },
    { id: "overview", path: "/overview", label: () => t("总览"), icon: "overview" },
  ],
  lists: () => import("./lists"),
};
