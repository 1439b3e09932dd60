/** The documents of this client: their templates, the same files the server prints from, and what fills them. */
import type { Locale } from "../../i18n";
import type { RowKind } from "../../sync/api";
import attCorrectionText from "../../../../locales/papers/att_correction.json";
import attMonthText from "../../../../locales/papers/att_month.json";
import awayCardText from "../../../../locales/papers/away_card.json";
import bulletinInText from "../../../../locales/papers/bulletin_in.json";
import bulletinPubText from "../../../../locales/papers/bulletin_pub.json";
import campaignSummaryText from "../../../../locales/papers/campaign_summary.json";
import commonText from "../../../../locales/papers/common.json";
import facilityCheckText from "../../../../locales/papers/facility_check.json";
import handoverText from "../../../../locales/papers/handover.json";
import incidentReportText from "../../../../locales/papers/incident_report.json";
import leaveReturnText from "../../../../locales/papers/leave_return.json";
import leaveSlipText from "../../../../locales/papers/leave_slip.json";
import outageFormText from "../../../../locales/papers/outage_form.json";
import patrolRoundText from "../../../../locales/papers/patrol_round.json";
import rectifyOrderText from "../../../../locales/papers/rectify_order.json";
import rectifyReplyText from "../../../../locales/papers/rectify_reply.json";
import visitRecordText from "../../../../locales/papers/visit_record.json";
import whereaboutsText from "../../../../locales/papers/whereabouts.json";
import { campaignSummary, incidentReport, outageForm, rectifyOrder, rectifyReply } from "./checks";
import type { Template } from "./compose";
import { attCorrection, attMonth, handover, leaveReturn, leaveSlip } from "./forms";
import { facilityCheck, visitRecord } from "./inspections";
import { awayCard, whereabouts } from "./notices";
import type { Data } from "./reader";
import { bulletinIn, bulletinPub, patrolRound } from "./supervision";
import { Speaker, type Words } from "./values";

const COMMON: Record<Locale, Words> = commonText;

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
  rectify_order: { template: rectifyOrderText, data: rectifyOrder, rows: ["problem"], about: ["unit", "problem", "due"] },
  rectify_reply: { template: rectifyReplyText, data: rectifyReply, rows: ["problem"], about: ["unit", "problem", "result"] },
  incident_report: { template: incidentReportText, data: incidentReport, rows: ["incident"], about: ["kind", "place", "found"] },
  campaign_summary: { template: campaignSummaryText, data: campaignSummary, rows: ["camp.summary"], about: ["campaign"] },
  outage_form: { template: outageFormText, data: outageForm, rows: [], about: ["form"] },
  patrol_round: { template: patrolRoundText, data: patrolRound, rows: ["round"], about: ["slot", "type", "inspector"] },
  facility_check: { template: facilityCheckText, data: facilityCheck, rows: ["facility"], about: ["place", "when", "score"] },
  visit_record: { template: visitRecordText, data: visitRecord, rows: ["visit"], about: ["unit", "window", "when"] },
  bulletin_in: { template: bulletinInText, data: bulletinIn, rows: ["bulletin.in"], about: ["name", "issue"] },
  bulletin_pub: { template: bulletinPubText, data: bulletinPub, rows: ["bulletin.pub"], about: ["name", "issue"] },
};

export const speaker = (template: Template, locale: Locale, minguo = false): Speaker =>
  new Speaker(locale, template.words[locale], COMMON[locale], minguo && locale === "zh_Hant_TW");
