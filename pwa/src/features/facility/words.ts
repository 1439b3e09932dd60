/** Words of inspections and repairs. */
import { names, t } from "../../i18n";
import type { Sync } from "../../sync/api";
import type { Fault, RepairStep, RepairTask } from "../../sync/types.gen";
import type { Tone } from "../../ui";
import { postTitle } from "../hall/names";

const STATE_WORDS: Record<RepairTask["state"], () => string> = {
  reported: () => t("已报修"),
  assigned: () => t("已派修"),
  repaired: () => t("已修，待检查"),
  checked: () => t("已修好"),
  dropped: () => t("不予维修"),
};
export const stateWord = (state: RepairTask["state"]): string => STATE_WORDS[state]();
export const STATE_TONES: Record<RepairTask["state"], Tone> = { reported: "warn", assigned: "info", repaired: "warn", checked: "ok", dropped: "idle" };

const STEP_WORDS: Record<RepairStep["step"], () => string> = {
  reported: () => t("已报修"),
  assigned: () => t("派修"),
  repaired: () => t("报告修好"),
  checked: () => t("检查通过"),
  returned: () => t("退回再修"),
  dropped: () => t("不予维修"),
};
export const stepWord = (step: RepairStep["step"]): string => STEP_WORDS[step]();

export const KINDS = ["fault", "missing"] as const;
export const kindWord = (kind: NonNullable<Fault["kind"]>): string => (kind === "fault" ? t("故障") : t("缺失"));
export const SEVERITIES = ["minor", "serious", "grave"] as const;
const SEVERITY_WORDS: Record<RepairTask["severity"], () => string> = { minor: () => t("轻微"), serious: () => t("较重"), grave: () => t("严重") };
export const severityWord = (severity: RepairTask["severity"]): string => SEVERITY_WORDS[severity]();
export const SEVERITY_TONES: Record<RepairTask["severity"], Tone> = { minor: "info", serious: "warn", grave: "bad" };

/** "12号窗口", "A区"; the whole hall for none. */
export function placeWord(sync: Sync, place: string): string {
  if (!place) return t("全厅");
  const post = sync.rows("post").value.get(place)?.body;
  if (post) return postTitle(post);
  return names(sync.rows("hall").value.get("hall")?.body.zones.find((zone) => zone.id === place)?.names) || place;
}

/** What is broken: the item of the list, else the first words of the report. */
export const whatWord = (repair: RepairTask): string => names(repair.names) || repair.text;
