import { describe, expect, it } from "vitest";
import { toChildArray, type VNode } from "preact";
import { CallLine } from "../../src/features/incident/call";
import { effects } from "../../src/features/incident/effect";
import { inOrder, KINDS, mayTick, nextCall, placesFor, presetLevel, waitsFor } from "../../src/features/incident/model";
import { at, base, HALL, MINUTE_MS, op, screen } from "./world";

const reported = op("incident.report", "i1", { kind: "dispute", place: "p1", found_at: at("10:00"), level: 4 }, at("10:00"));
const tick = (duty: "handling" | "report" | "feedback", clock: string) => op("incident.tick", "i1", { duty, at: at(clock) }, at(clock));
const after = (...ops: Parameters<typeof screen>[1]) => screen(base(), [reported, ...ops], effects, "ann")("incident");

describe("a first report", () => {
  it("offers the reporter's own posts first, then the zones, and a level for every kind", () => {
    const read = screen(base(), [], effects, "ann");
    expect(placesFor(HALL, read("post"), read("duty"), "ann", at("10:00")).map((place) => place.id)).toEqual(["p1", "z1", "z2"]);
    expect(placesFor(HALL, read("post"), read("duty"), "cat", at("10:00")).map((place) => place.id)).toEqual(["z1", "z2"]);
    expect(KINDS.map(presetLevel).every((level) => level >= 1 && level <= 4)).toBe(true);
    expect([presetLevel("fire"), presetLevel("dispute")]).toEqual([1, 4]);
  });

  it("is there at once, with the head of the place as first responsible", () => {
    expect(after().get("i1")?.body).toMatchObject({ state: "reported", reporter: "ann", responder: "cat", done: [], escalated: "" });
  });
});

describe("without a network of ours", () => {
  const links = (hall: typeof HALL, report?: string) => {
    const line = CallLine({ hall, ...(report ? { report } : {}) }) as VNode<{ children: preact.ComponentChildren }> | null;
    return toChildArray(line?.props.children).flatMap((one) => (typeof one === "object" ? [(one as VNode<{ href: string }>).props.href] : []));
  };

  it("calls the hall's number, or writes it the report as a text message whole (EMG-07)", () => {
    const hall = { ...HALL, phone: "0571-1234 5678" };
    const report = "系统故障 & 3楼? 12号窗口";
    const [call, sms] = links(hall, report);
    expect(call).toBe("tel:057112345678");
    expect(sms).toMatch(/^sms:057112345678\?body=[^&?#]+$/);
    expect(decodeURIComponent(sms?.split("?body=")[1] ?? "")).toBe(report);
    expect(links(hall)).toHaveLength(1);
    expect(links({ ...HALL, phone: "" }, report)).toEqual([]);
  });
});

describe("three in-place duties", () => {
  it("go from reported to handling; what resolves and closes it the server says", () => {
    const states = [[], [tick("handling", "10:05")], [tick("handling", "10:05"), tick("report", "10:06")], [tick("feedback", "10:05"), tick("report", "10:06"), tick("handling", "10:07")]].map(
      (ops) => after(...ops).get("i1")?.body.state,
    );
    expect(states).toEqual(["reported", "handling", "handling", "handling"]);
  });

  it("keep the earliest tick of a duty, in the order of the three", () => {
    const done = after(tick("report", "10:06"), tick("handling", "10:05"), tick("handling", "10:20")).get("i1")?.body.done;
    expect(done?.map((one) => [one.duty, one.at, one.by])).toEqual([["handling", at("10:05"), "ann"], ["report", at("10:06"), "ann"]]);
  });

  it("may be ticked by whoever reported, is responsible, heads the unit or patrols", () => {
    const incident = after().get("i1")?.body;
    const posts = screen(base(), [], effects, "ann")("post");
    if (!incident) throw new Error("no incident");
    expect(mayTick(incident, "ann", ["STF"], "u1", posts)).toBe(true);
    expect(mayTick(incident, "bob", ["STF"], "u1", posts)).toBe(false);
    expect(mayTick(incident, "xin", ["HEAD"], "u1", posts)).toBe(true);
    expect(mayTick(incident, "eve", ["HEAD"], "u2", posts)).toBe(false);
    expect(mayTick(incident, "ins", ["INS"], "u9", posts)).toBe(true);
    expect(mayTick(incident, "top", ["TOP"], "u9", posts)).toBe(true);
    expect(mayTick({ ...incident, calls: [{ step: "responder", people: ["bob"], at: at("10:03") }] }, "bob", ["STF"], "u1", posts)).toBe(true);
  });
});

describe("escalation", () => {
  it("names who is called next, until somebody handles it", () => {
    const incident = after().get("i1")?.body;
    if (!incident) throw new Error("no incident");
    expect(nextCall(incident, HALL)).toEqual({ who: "responder", at: at("10:00") + 3 * MINUTE_MS });
    expect(nextCall({ ...incident, escalated: "responder" }, HALL)).toEqual({ who: "head", at: at("10:05") });
    expect(nextCall({ ...incident, escalated: "lead" }, HALL)).toBeNull();
    const handled = after(tick("handling", "10:01")).get("i1")?.body;
    expect(handled && nextCall(handled, HALL)).toBeNull();
  });

  it("lists the open and grave before the rest", () => {
    const more = [
      op("incident.report", "i2", { kind: "fire", place: "z1", found_at: at("09:00"), level: 1 }, at("09:00")),
      op("incident.report", "i3", { kind: "system", place: "z2", found_at: at("08:00"), level: 1 }, at("08:00")),
      op("incident.report", "i4", { kind: "system", place: "z2", found_at: at("07:00"), level: 1 }, at("07:00")),
    ];
    const states = { i1: "handling", i2: "reported", i3: "closed", i4: "resolved" } as const;
    const rows = new Map([...after(...more)].map(([rid, view]) => [rid, { ...view, body: { ...view.body, state: states[rid as keyof typeof states] } }]));
    expect(inOrder(rows).map((one) => one.rid)).toEqual(["i2", "i1", "i4", "i3"]);
  });

  it("waits for whom it names or has called until it is handled, and to be summed up for the first responsible alone", () => {
    const incident = after().get("i1")?.body;
    if (!incident) throw new Error("no incident");
    const waiting = (more: Partial<typeof incident>) => ["ann", "bob", "cat"].filter((uid) => waitsFor({ ...incident, ...more }, uid));
    const calls = [{ step: "responder" as const, people: ["cat", "bob"], at: at("10:03") }];
    const feedback = [{ duty: "feedback" as const, by: "ann", at: at("10:01") }];
    expect(waiting({})).toEqual(["cat"]);
    expect(waiting({ calls })).toEqual(["bob", "cat"]);
    expect(waiting({ calls, done: feedback, state: "handling" })).toEqual(["bob", "cat"]);
    expect(waiting({ calls, done: [{ ...feedback[0], duty: "handling", by: "cat", at: at("10:04") }], state: "handling" })).toEqual([]);
    expect(waiting({ state: "resolved" })).toEqual(["cat"]);
    expect(waiting({ drill: true })).toEqual([]);
  });
});
