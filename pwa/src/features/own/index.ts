/** 关于我的记录 (GEN-08, EVD-12): everything recorded about a person, on which clock it rests, and the right to answer; the own password.
 * Follows the first paint. */
import type { Feature } from "../../app/feature";
import { t } from "../../i18n";

export const feature: Feature = {
  id: "own",
  effects: {},
  screens: [
    { path: "/own", title: () => t("关于我的记录"), load: () => import("./file") },
    { path: "/password", title: () => t("密码"), load: () => import("./password") },
  ],
  tabs: [],
  actions: [{ path: "/own", label: () => t("关于我的记录"), icon: "me", roles: ["STF", "HEAD", "OFF", "INS", "EFF", "LEAD", "TOP", "CHECK", "DIS", "ADM"] }],
};
