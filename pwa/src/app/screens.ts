/** The shell's own screens, none of them part of the first load; and which screen an address opens for whom. */
import { t } from "../i18n";
import type { Role, Screen } from "./feature";
import { match } from "./router";

export const SHELL_SCREENS: readonly Screen[] = [
  { path: "/me", title: () => t("我的"), load: () => import("./pages/me") },
  { path: "/todo", title: () => t("事项"), load: () => import("./pages/inbox").then((pages) => ({ default: pages.Todo })) },
  { path: "/messages", title: () => t("消息"), load: () => import("./pages/inbox").then((pages) => ({ default: pages.Messages })) },
  { path: "/outbox", title: () => t("发件箱"), load: () => import("./pages/outbox") },
  { path: "/outbox/:id", title: () => t("一条记录"), load: () => import("./pages/record") },
  { path: "/storage", title: () => t("存储"), load: () => import("./pages/storage") },
  { path: "/pin", title: () => t("解锁 PIN"), load: () => import("./pages/pin") },
  { path: "/settings", title: () => t("设置"), load: () => import("./pages/settings") },
];

/** Whether a person with `roles` may open it; without roles of its own it is everybody's. */
export const isFor = (one: { roles?: readonly Role[] }, roles: readonly string[]): boolean => !one.roles || one.roles.some((role) => roles.includes(role));

/** The screen of an address for a person with `roles`, with what its path names. */
export function screenAt(path: string, roles: readonly string[], screens: readonly Screen[]): { screen: Screen; params: Record<string, string> } | null {
  for (const screen of screens) {
    const params = match(screen.path, path);
    if (params && isFor(screen, roles)) return { screen, params };
  }
  return null;
}
