/** 专项整治 and 整改 (CAMP, RCT): campaigns, self-checks, the list of problems. */
import type { Feature, Role } from "../../app/feature";
import { t } from "../../i18n";
import { effects } from "./effect";

const LEADS: readonly Role[] = ["EFF", "CHECK", "OFF", "LEAD", "TOP"];
const FINDERS: readonly Role[] = ["INS", "HEAD", ...LEADS];

export const feature: Feature = {
  id: "campaign",
  effects,
  screens: [
    { path: "/problems", title: () => t("问题清单"), load: () => import("./problems") },
    { path: "/problems/new", title: () => t("登记问题"), load: () => import("./find"), roles: FINDERS },
    { path: "/problems/:id", title: () => t("问题清单"), load: () => import("./problems") },
    { path: "/problem-board", title: () => t("问题看板"), load: () => import("./board"), roles: FINDERS },
    { path: "/campaigns", title: () => t("专项整治"), load: () => import("./campaigns"), roles: ["STF", ...FINDERS] },
    { path: "/campaigns/new", title: () => t("新建专项整治"), load: () => import("./new-campaign"), roles: LEADS },
    { path: "/campaigns/:id", title: () => t("专项整治"), load: () => import("./campaigns"), roles: ["STF", ...FINDERS] },
    { path: "/campaigns/:id/edit", title: () => t("修改方案"), load: () => import("./new-campaign"), roles: LEADS },
    { path: "/campaigns/:id/self-check", title: () => t("自查自纠"), load: () => import("./self-check"), roles: ["STF", ...FINDERS] },
    { path: "/campaigns/:id/output", title: () => t("登记成果"), load: () => import("./output"), roles: ["STF", ...FINDERS] },
  ],
  tabs: [],
  actions: [
    { path: "/problems", label: () => t("问题清单"), icon: "todo", roles: ["STF", "DIS", ...FINDERS] },
    { path: "/campaigns", label: () => t("专项整治"), icon: "flag", roles: FINDERS },
  ],
  lists: () => import("./lists"),
};
