/** Words of the hall's norms. */
import { date, t, tc } from "../../i18n";
import type { Checklist, CodeRule, Handbook, Phrase } from "../../sync/types.gen";

export const SCENES: readonly Phrase["scene"][] = [
  "greet", "ask", "wait", "not_mine", "away", "missing", "refuse", "unclear", "interrupted", "system", "closing", "anger", "complaint", "phone", "farewell",
];
const SCENE_WORDS: Record<Phrase["scene"], () => string> = {
  greet: () => t("迎接"),
  ask: () => t("询问"),
  wait: () => t("请人等候"),
  not_mine: () => t("不归本岗办"),
  away: () => t("经办人不在"),
  missing: () => t("材料不齐"),
  refuse: () => t("不能办理"),
  unclear: () => t("对方没听懂"),
  interrupted: () => t("被打断"),
  system: () => t("系统故障"),
  closing: () => t("临近下班"),
  anger: () => t("对方着急"),
  complaint: () => t("对方要投诉"),
  phone: () => t("接电话"),
  farewell: () => t("道别"),
};
export const sceneWord = (scene: Phrase["scene"]): string => SCENE_WORDS[scene]();

export const GROUPS: readonly CodeRule["group"][] = ["bending", "leaking", "deserting", "slackness", "other"];
const GROUP_WORDS: Record<CodeRule["group"], () => string> = {
  bending: () => t("徇私越权"),
  leaking: () => t("泄露隐私"),
  deserting: () => t("脱岗空窗"),
  slackness: () => t("慵懒散漫"),
  other: () => t("其他"),
};
export const groupWord = (group: CodeRule["group"]): string => GROUP_WORDS[group]();

export const STEPS: readonly NonNullable<CodeRule["step"]>[] = ["none", "remind", "criticise", "internal", "admonish", "collective", "refer"];
const STEP_WORDS: Record<NonNullable<CodeRule["step"]>, () => string> = {
  none: () => t("不追究到人"),
  remind: () => t("当场提醒"),
  criticise: () => t("批评教育"),
  internal: () => t("内部告诫"),
  admonish: () => t("效能告诫"),
  collective: () => t("集体告诫"),
  refer: () => t("移送处理"),
};
export const stepWord = (step: NonNullable<CodeRule["step"]>): string => STEP_WORDS[step]();

export const PROOFS: readonly NonNullable<CodeRule["proof"]>[number][] = ["note", "photo", "recheck", "record", "witness"];
const PROOF_WORDS: Record<NonNullable<CodeRule["proof"]>[number], () => string> = {
  note: () => t("写明情况"),
  photo: () => t("照片"),
  recheck: () => t("再看一次"),
  record: () => t("书面或系统记录"),
  witness: () => t("两人在场"),
};
export const proofWord = (proof: NonNullable<CodeRule["proof"]>[number]): string => PROOF_WORDS[proof]();

export const RECORDERS = ["INS", "EFF", "CHECK", "OFF", "HEAD", "LEAD", "TOP"] as const;
const ROLE_WORDS: Record<(typeof RECORDERS)[number], () => string> = {
  INS: () => t("巡查人员"),
  EFF: () => t("效能建设小组"),
  CHECK: () => tc("role", "检查牵头人"),
  OFF: () => t("办公室"),
  HEAD: () => t("科室负责人"),
  LEAD: () => t("分管领导"),
  TOP: () => t("主要领导"),
};
export const roleWord = (role: string): string => (role in ROLE_WORDS ? ROLE_WORDS[role as keyof typeof ROLE_WORDS]() : role);

const USE_WORDS: Record<NonNullable<Checklist["use"]>, () => string> = { visit: () => t("暗访"), facility: () => t("场所检查"), quick: () => t("巡查快捷单") };
export const useWord = (use: NonNullable<Checklist["use"]>): string => USE_WORDS[use]();

/** "第 2 版，2026年11月23日 起"; a shipped example has no day worth telling. */
export const editionWord = (rid: string, book: Handbook): string => (book.example ? t("第 {n} 版", { n: rid }) : t("第 {n} 版，{day} 起", { n: rid, day: date(book.from_day) }));
