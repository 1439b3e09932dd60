/** The rows the roster reads, by short names. */
import type { RowBody } from "../../sync/types.gen";

export type { Duty, DutyDraft, Hall, Person, Post, Qualification, SessionDuty, Unit } from "../../sync/types.gen";
export type RosterConsent = RowBody["roster.consent"];
