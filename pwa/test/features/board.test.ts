/** Items of the lobby board: how long they stand, what they still lack; the twin of server/domain/board/rules.py (DSP-01). */
import { expect, test } from "vitest";
import { effects } from "../../src/features/board/effect";
import { daysOf, lackOf, monthBefore, stateAmong, stateOf, type Lack } from "../../src/features/board/model";
import type { BoardItem, PutBoardItem } from "../../src/sync/types.gen";
import { at, base, op, screen } from "./world";

const notice: PutBoardItem = { kind: "notice", first: "2026-11-23", title: { zh_Hans: "周六开放" }, words: { zh_Hans: "上午照常。" }, checked: true };
const totals = { month: "2026-10", cases: 400, in_time: 396, rated: 120, satisfied: 118 };
const leader: PutBoardItem = { kind: "leader", first: "2026-11-23", until: "2026-11-23", person: "ma" };
const contact: PutBoardItem = { kind: "channel", first: "2026-11-23", phone: "12345", link: "https://hall.example/say" };

test.each<[PutBoardItem, Lack | null]>([
  [notice, null],
  [{ ...notice, title: {} }, "title"],
  [{ ...notice, words: { en: "Open" } }, "words"],
  [{ ...notice, words: { zh_Hans: "长".repeat(101) } }, "long"],
  [{ ...notice, words: { zh_Hans: "长", en: "x".repeat(181) } }, "long"],
  [{ ...notice, words: { zh_Hans: "请拨13912345678" } }, "private"],
  [{ ...notice, checked: false }, "checked"],
  [{ ...notice, first: "" }, "first"],
  [{ ...notice, until: "2026-11-22" }, "days"],
  [leader, null],
  [{ ...leader, person: "" }, "person"],
  [{ ...leader, until: "2026-12-24" }, "days"],
  [{ ...leader, until: "2026-12-23" }, null],
  [contact, null],
  [{ ...contact, phone: "", link: "" }, "channel"],
  [{ ...contact, phone: "13912345678" }, "phone"],
  [{ ...contact, link: "hall.example" }, "link"],
  [{ kind: "figures", totals }, null],
  [{ kind: "figures", totals: { ...totals, satisfied: 121 } }, "counts"],
  [{ kind: "figures", totals: { ...totals, month: "2026-1" } }, "counts"],
])("%j lacks %s", (item, lack) => {
  expect(lackOf(item)).toBe(lack);
});

test("the totals of a month stand all through the next one", () => {
  expect(daysOf({ totals })).toEqual({ first: "2026-11-01", until: "2026-11-30" });
  expect(daysOf({ totals: { ...totals, month: "2026-12" } })).toEqual({ first: "2027-01-01", until: "2027-01-31" });
  expect(daysOf({ first: "2026-11-23" })).toEqual({ first: "2026-11-23", until: "9999-12-31" });
  expect([monthBefore("2026-11-23"), monthBefore("2026-01-05")]).toEqual(["2026-10", "2025-12"]);
});

test("an item is over after its last day, or when it was taken off", () => {
  const item = { kind: "notice", first: "2026-11-23", until: "2026-11-24", by: "zhou", at: 1 } satisfies BoardItem;
  expect(["2026-11-22", "2026-11-24", "2026-11-25"].map((day) => stateOf(item, day))).toEqual(["waiting", "on", "over"]);
  expect(stateOf({ ...item, ended: true }, "2026-11-23")).toBe("ended");
});

test("of duty leaders in force the one put there last is shown; notices stand beside each other", () => {
  const leader = (at: number): BoardItem => ({ kind: "leader", first: "2026-11-23", until: "2026-11-24", by: "zhou", at });
  const all = [leader(1), leader(2), { ...leader(3), ended: true }, { ...leader(4), kind: "notice" as const }, { ...leader(5), kind: "notice" as const }];
  expect(all.map((item) => stateAmong(item, all, "2026-11-23"))).toEqual(["newer", "on", "ended", "on", "on"]);
});

test("the office sees its own item at once, without the network", () => {
  const seen = screen(base(), [op("board.put", "i1", notice, at("10:00"))], effects, "cat")("board.item").get("i1");
  expect(seen?.body).toMatchObject({ kind: "notice", first: "2026-11-23", until: "9999-12-31", title: notice.title });
  expect(seen?.body).not.toHaveProperty("checked");
});
