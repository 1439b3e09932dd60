/** What the sheet of a notice holds, and what it says. Pure but for the contact, which this device remembers. */
import type { Sync } from "../../sync/api";
import type { Announce } from "../../sync/types.gen";
import type { ReturnPreset } from "./model";
import type { Reason } from "./notice";

/** What was chosen, as it was meant: a time stays that time, however long the sheet lies open. */
export interface Form {
  reason: Reason;
  /** null: the moment it is sent. */
  leaves_at: number | null;
  back: ReturnPreset | "custom" | null;
  back_at: number | null;
  /** null: the proposed one; empty: nobody. */
  stand_in: string | null;
  destination: string;
  text: string;
  /** null: the known one. */
  contact: string | null;
  handed: string;
  paper?: string;
}

export const EMPTY: Form = { reason: "step_away", leaves_at: null, back: null, back_at: null, stand_in: null, destination: "", text: "", contact: null, handed: "" };

/** The sheet of a notice that was not accepted: its own times, as they were said. */
export function formOf(a: Announce): Form {
  return {
    reason: a.reason,
    leaves_at: a.leaves_at,
    back: "custom",
    back_at: a.back_at,
    stand_in: a.stand_in ?? "",
    destination: a.destination ?? "",
    text: a.text ?? "",
    contact: a.contact ?? "",
    handed: (a.handed ?? []).join("\n"),
    paper: a.paper ?? "",
  };
}

/** What is settled outside the form: who leaves which posts until when, who stands in, and how the leaver is reached. */
type Settled = Pick<Announce, "posts" | "person" | "back_at"> & { unit: string | undefined; stand_in: string; contact: string };

/** The notice as it is sent at `now`; what was left empty is not said. */
export function announceOf(form: Form, { posts, person, back_at, unit, stand_in, contact }: Settled, now: number): Announce {
  const a: Announce = { posts, reason: form.reason, leaves_at: form.leaves_at ?? now, back_at, person };
  if (unit) a.unit = unit;
  if (stand_in) a.stand_in = stand_in;
  const texts = { text: form.text.trim(), destination: form.destination.trim(), contact: contact.trim(), paper: (form.paper ?? "").trim() };
  for (const [key, value] of Object.entries(texts)) if (value) a[key as keyof typeof texts] = value;
  const handed = form.handed.split("\n").map((line) => line.trim()).filter(Boolean);
  if (handed.length > 0) a.handed = handed;
  return a;
}

const CONTACT = "away.contact";

/** How this person is reached while away (AWY-01): as typed last on this device, also when that was nothing; else the phone of the file. */
export async function knownContact(sync: Sync): Promise<string> {
  return (await sync.draft.load<string>(CONTACT))?.value ?? sync.rows("person.file").value.get(sync.uid)?.body.phone ?? "";
}

/** Remembers what was typed, for the next notice. */
export async function keepContact(sync: Sync, { contact }: Form): Promise<void> {
  if (contact !== null) await sync.draft.save(CONTACT, contact.trim());
}
