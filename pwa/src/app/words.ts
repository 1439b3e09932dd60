/** The shell's own words: roles, states of records, sizes. The same words everywhere (promise 2). */
import { t, tc } from "../i18n";
import type { OutboxItem } from "../sync/api";
import type { Tone } from "../ui";
import type { Role } from "./feature";

/** Catalogue §0.5. */
export function roleWord(role: string): string {
  const words: Record<Role, () => string> = {
    STF: () => t("工作人员"),
    HEAD: () => t("科室负责人"),
    LEAD: () => t("分管领导"),
    TOP: () => t("主要领导"),
    OFF: () => t("办公室"),
    INS: () => t("巡查人员"),
    EFF: () => t("效能建设小组"),
    TEAM: () => t("暗访员"),
    CHECK: () => tc("role", "检查牵头人"),
    SUP: () => t("社会监督员"),
    DIS: () => t("纪检人员"),
    ADM: () => t("系统管理员"),
    BOARD: () => t("大屏"),
  };
  return role in words ? words[role as Role]() : role;
}

/** Where one record stands. */
export function itemWord(item: OutboxItem): { tone: Tone; label: string } {
  if (item.settled) return { tone: "idle", label: settledWord(item.settled.way) };
  switch (item.state) {
    case "saved":
      return { tone: "info", label: t("已存本机") };
    case "sending":
      return { tone: "info", label: t("发送中") };
    case "applied":
      return { tone: "ok", label: t("已送达") };
    case "held":
      return { tone: "warn", label: t("已送达，待处理") };
    case "refused":
      return { tone: "bad", label: t("未采纳") };
  }
}

export function settledWord(way: "amended" | "explained" | "dropped"): string {
  const words = { amended: () => t("已修改重提"), explained: () => t("已转为说明"), dropped: () => t("已放弃") };
  return words[way]();
}

/** "860 字节", "1.4 KB", "2.0 MB"; no line ends before the unit. */
export function sizeWord(bytes: number): string {
  if (bytes < 1000) return t("{n} 字节", { n: bytes }).replace(" ", "\u00a0");
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)}\u00a0KB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)}\u00a0MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)}\u00a0GB`;
}
