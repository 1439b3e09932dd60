/** The shell's own screens; none of them is part of the first load. */
import { t } from "../i18n";
import type { Screen } from "./feature";

export const SHELL_SCREENS: readonly Screen[] = [
  { path: "/me", title: () => t("我的"), load: () => import("./pages/me") },
  { path: "/todo", title: () => t("事项"), load: () => import("./pages/inbox").then((pages) => ({ default: pages.Todo })) },
  { path: "/messages", title: () => t("消息"), load: () => import("./pages/inbox").then((pages) => ({ default: pages.Messages })) },
  { path: "/outbox", title: () => t("发件箱"), load: () => import("./pages/outbox") },
  { path: "/outbox/:id", title: () => t("一条记录"), load: () => import("./pages/record") },
  { path: "/storage", title: () => t("存储"), load: () => import("./pages/storage") },
  { path: "/settings", title: () => t("设置"), load: () => import("./pages/settings") },
];
