/** Documents printed on this device, with or without a network, and the check of printed ones (DOC, AWY-11). */
import type { Feature } from "../../app/feature";
import { t } from "../../i18n";

export const feature: Feature = {
  id: "papers",
  effects: {},
  screens: [
    { path: "/papers", title: () => t("打印单据"), load: () => import("./list") },
    { path: "/papers/:kind/:id", title: () => t("打印单据"), load: () => import("./paper") },
    { path: "/paper-check", title: () => t("核验单据"), load: () => import("./check") },
  ],
  tabs: [],
  actions: [
    { path: "/papers", label: () => t("打印单据"), icon: "download", roles: ["STF", "HEAD", "OFF", "INS", "EFF", "CHECK", "LEAD"] },
    { path: "/paper-check", label: () => t("核验单据"), icon: "approve" },
  ],
};
