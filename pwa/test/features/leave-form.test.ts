import { describe, expect, it } from "vitest";
import { announceOf, EMPTY, formOf, keepContact, knownContact, type Form } from "../../src/features/presence/leave-form";
import type { Sync } from "../../src/sync/api";
import { at } from "./world";

/** Ann's device: its drafts in memory, and the phone of her file. */
function device(phone?: string): Sync {
  const kept = new Map<string, unknown>();
  const draft = {
    load: (key: string) => Promise.resolve(kept.has(key) ? { value: kept.get(key), saved_at: 0 } : undefined),
    save: (key: string, value: unknown) => Promise.resolve(void kept.set(key, value)),
  };
  const files = new Map(phone ? [["ann", { body: { phone } }]] : []);
  return { uid: "ann", draft, rows: () => ({ value: files }) } as unknown as Sync;
}
const said = (form: Partial<Form>, contact: string) =>
  announceOf({ ...EMPTY, ...form }, { posts: ["p1"], person: "ann", back_at: at("10:30"), unit: undefined, stand_in: "bob", contact }, at("10:00"));

describe("how the leaver is reached (AWY-01)", () => {
  it("is in the notice of two taps: the phone of the file", async () => {
    expect(said({}, await knownContact(device("8021")))).toEqual({ posts: ["p1"], reason: "step_away", leaves_at: at("10:00"), back_at: at("10:30"), person: "ann", stand_in: "bob", contact: "8021" });
  });

  it("is not said where it is not known", async () => {
    expect(said({}, await knownContact(device()))).not.toHaveProperty("contact");
  });

  it("is what was typed last on this device, also when that was nothing", async () => {
    const sync = device("8021");
    await keepContact(sync, { ...EMPTY, contact: " 8033 " });
    expect(await knownContact(sync)).toBe("8033");
    await keepContact(sync, EMPTY);
    expect(await knownContact(sync)).toBe("8033");
    await keepContact(sync, { ...EMPTY, contact: "" });
    expect(await knownContact(sync)).toBe("");
  });
});

describe("the notice as it is sent", () => {
  it("says the time that was chosen, however long the sheet lay open; only 现在 is the moment it is sent (AWY-01, AWY-06)", () => {
    const sent = (form: Form, now: string) => announceOf(form, { posts: [], person: "ann", back_at: at("12:00"), unit: undefined, stand_in: "", contact: "" }, at(now)).leaves_at;
    expect([sent(EMPTY, "10:00"), sent(EMPTY, "10:21")]).toEqual([at("10:00"), at("10:21")]);
    const left = { ...EMPTY, leaves_at: at("09:50") };
    expect([sent(left, "10:00"), sent(left, "11:00")]).toEqual([at("09:50"), at("09:50")]);
    expect(sent(formOf(announceOf(left, { posts: [], person: "ann", back_at: at("12:00"), unit: undefined, stand_in: "", contact: "" }, at("10:00"))), "11:00")).toBe(at("09:50"));
  });

  it("says what was written, line by line, and nothing that was left empty", () => {
    const form = { reason: "meeting" as const, leaves_at: at("10:10"), destination: " 大厅会议室 ", text: "例会", handed: "退件两份\n\n 来电待回 ", paper: " " };
    expect(said(form, " ")).toEqual({
      posts: ["p1"], reason: "meeting", leaves_at: at("10:10"), back_at: at("10:30"), person: "ann", stand_in: "bob",
      destination: "大厅会议室", text: "例会", handed: ["退件两份", "来电待回"],
    });
  });
});
