/** The documents of this client: their templates, the same files the server prints from, and what fills them. */
import type { Locale } from "../../i18n";
import type { RowKind } from "../../sync/api";
import attCorrectionText from "../../../../locales/papers/att_correction.json";
import attMonthText from "../../../../locales/papers/att_month.json";
import awayCardText from "../../../../locales/papers/away_card.json";
import commonText from "../../../../locales/papers/common.json";
import handoverText from "../../../../locales/papers/handover.json";
import leaveReturnText from "../../../../locales/papers/leave_return.json";
import leaveSlipText from "../../../../locales/papers/leave_slip.json";
import whereaboutsText from "../../../../locales/papers/whereabouts.json";
import type { Template } from "./compose";
import { attCorrection, attMonth, handover, leaveReturn, leaveSlip } from "./forms";
import { awayCard, whereabouts } from "./notices";
import type { Data } from "./reader";
import { Speaker, type Words } from "./values";

export const COMMON: Record<Locale, Words> = commonText;

/** `rows`: where its records are; `about`: the values a list names it by. */
export interface Paper {
  template: Template;
  data: Data;
  rows: readonly RowKind[];
  about: readonly string[];
}

export const PAPERS: Record<string, Paper> = {
  away_card: { template: awayCardText, data: awayCard, rows: ["away.office", "away.unit"], about: ["who", "label", "back"] },
  whereabouts: { template: whereaboutsText, data: whereabouts, rows: [], about: ["unit"] },
  handover: { template: handoverText, data: handover, rows: ["handover"], about: ["a", "b", "span"] },
  leave_slip: { template: leaveSlipText, data: leaveSlip, rows: ["leave"], about: ["person", "type", "span"] },
  leave_return: { template: leaveReturnText, data: leaveReturn, rows: ["leave"], about: ["person", "type", "span"] },
  att_month: { template: attMonthText, data: attMonth, rows: ["att.sheet"], about: ["person", "month"] },
  att_correction: { template: attCorrectionText, data: attCorrection, rows: ["att.correction"], about: ["person", "day", "edge"] },
};

export const speaker = (template: Template, locale: Locale, minguo = false): Speaker =>
  new Speaker(locale, template.words[locale], COMMON[locale], minguo && locale === "zh_Hant_TW");
