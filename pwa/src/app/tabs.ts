/** Home by role: which places a person gets, in which order. At most four, 我的 always last. */
import { t } from "../i18n";
import type { Feature, Role, TabId, TabSpec } from "./feature";
import { screenAt, SHELL_SCREENS } from "./screens";

/** Roles from the most particular to the most general, each with its places. */
const PLACES: readonly (readonly [readonly Role[], readonly TabId[]])[] = [
  [["LEAD", "TOP"], ["overview", "bulletin"]],
  [["OFF", "EFF"], ["overview", "ledger", "approve"]],
  [["INS"], ["patrol", "check", "findings"]],
  [["CHECK"], ["check", "findings"]],
  [["DIS"], ["overview", "ledger", "approve"]],
  [["HEAD"], ["post", "approve", "problems"]],
  [["STF"], ["post", "todo", "messages"]],
  [["TEAM"], ["missions"]],
  [["SUP"], ["missions", "reports"]],
];
const TABS_MAX = 4;

const ME: TabSpec = { id: "me", path: "/me", label: () => t("我的"), icon: "me" };
/** Places the shell itself fills. */
const SHELL_TABS: readonly TabSpec[] = [
  { id: "todo", path: "/todo", label: () => t("事项"), icon: "todo" },
  { id: "messages", path: "/messages", label: () => t("消息"), icon: "bell" },
];

/**
 * The places of a person with `roles`: those in the bar, and those that found no room there (they are listed under 我的). A place whose
 * screen these roles may not open is none: no tab leads nowhere.
 */
export function placesOf(roles: readonly string[], features: readonly Feature[]): { bar: TabSpec[]; more: TabSpec[] } {
  const specs = new Map([...SHELL_TABS, ...features.flatMap((feature) => feature.tabs)].map((spec) => [spec.id, spec]));
  const wanted = new Set(PLACES.filter(([of]) => of.some((role) => roles.includes(role))).flatMap(([, tabs]) => tabs));
  // Whoever knows the hall also gets the two lists; a mystery shopper sees missions and nothing else.
  if (roles.some((role) => role !== "TEAM" && role !== "SUP")) for (const spec of SHELL_TABS) wanted.add(spec.id);
  const screens = [...SHELL_SCREENS, ...features.flatMap((feature) => feature.screens)];
  const places = [...wanted].flatMap((id) => specs.get(id) ?? []).filter((spec) => screenAt(spec.path, roles, screens));
  return { bar: [...places.slice(0, TABS_MAX - 1), ME], more: places.slice(TABS_MAX - 1) };
}
